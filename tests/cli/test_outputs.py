"""What all commands have in common: JSON alone on standard output, colour on a terminal, a help with an example."""

import json
import re
import shlex
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from smartcal_api.cli.examples import EXAMPLES
from smartcal_api.cli.main import cli
from smartcal_api.conformance.verdict import Verdict
from smartcal_api.http.fault_kinds import KINDS
from smartcal_api.remote import Control
from smartcal_api.remote.target import read_target
from smartcal_api.webhooks.receiver import Receiver
from tests.cli.conftest import Ended
from tests.cli.test_impact import NEW, OLD
from tests.cli.test_verdict import case, write
from tests.e2e.server import Running, serving
from tests.house.reference_page import every_command
from tests.traffic.test_traffic import COMBINED

Command = Callable[..., Ended]
COMMANDS = {words: command for words, command, _ in every_command()}
PROVE = "prove --defect last-link-too-far --seeds 1 --right 0 --quick"
# In this order, against one server; {name} stands for what an answer before it had. The command, and what it ends with.
ANSWERED = [
    ("trigger booking.created invitee.name=Ann", 0),
    ("deliveries", 0),
    ("deliveries list --limit 1", 0),
    ("deliveries redeliver {event}", 0),
    ("deliveries misbehave duplicate", 0),
    ("logs", 0),
    ("clock show", 0),
    ("clock freeze", 0),
    ("clock advance 1h", 0),
    ("clock set 2099-01-01T00:00:00Z", 0),
    ("clock resume", 0),
    ("fault add status status=503 next=1", 0),
    ("fault list", 0),
    ("fault clear", 0),
    ("snapshot save before", 0),
    ("snapshot list", 0),
    ("snapshot diff before", 0),
    ("snapshot restore before", 0),
    ("snapshot delete before", 0),
    ("key create --scopes read", 0),
    ("key list", 0),
    ("key revoke {fingerprint}", 0),
    ("sandbox create name=made", 0),
    ("sandbox list", 0),
    ("sandbox delete made", 0),
    ("reset", 0),
    ("contract", 0),
    ("listen --until 1", 0),
]
READ = [
    ("verdict show verdict.json", 1),
    ("verdict merge verdict.json", 1),
    ("verdict trend .", 0),
    ("verdict gate verdict.json", 1),
    (PROVE, 0),
    ("lint openapi.yaml", 0),
    ("diff old.yaml openapi.yaml", 1),
    ("impact access.log --old old.yaml", 1),
    ("routes", 0),
    ("laws", 0),
    ("check-receiver {receiver} --secret another", 1),
]
# As things happen, each a document of its own on a line; any other says all in one.
STREAMS = {"listen", "check-receiver", "logs"}
# What it puts load on a deployment with is an extra that tests do without; load-tests/ asks it for JSON.
APART = {"load-test"}


def of_words(text: str) -> str:
    """The words of the command that stands there: the longest that there is."""
    words = text.split()
    return next(" ".join(words[:n]) for n in (3, 2, 1) if " ".join(words[:n]) in COMMANDS)


def documents(command: str, out: str) -> list[Any]:
    """What `jq .` would read; for all but streams that is one."""
    lines = out.splitlines() if of_words(command) in STREAMS else [out]
    assert lines, command
    return [json.loads(each) for each in lines]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Receiver(204) as receiver:
        flags = ("--webhook", receiver.url, "--events", "5", "--bookings", "0")
        with serving(tmp_path_factory.mktemp("server"), *flags) as server:
            yield server


def test_json_is_asked_of_every_command_that_has_it() -> None:
    having = {
        words
        for words, command in COMMANDS.items()
        if any("json" in getattr(each.type, "choices", ()) and "--format" in each.opts for each in command.params)
    }
    asked = {of_words(text) for text, _ in (*ANSWERED, *READ)}
    # A group has the flag for the commands below it.
    assert {each for each in having if not isinstance(COMMANDS[each], click.Group)} - asked - APART == set()


def test_of_a_server_json_and_nothing_else_is_printed(smartcal: Command, running: Running, tmp_path: Path) -> None:
    (tmp_path / "ready.json").write_text(json.dumps(running.ready))
    running.request("GET", "/api/v1/me")  # the journal has one
    known: dict[str, str] = {}
    for text, code in ANSWERED:
        command = text.format(**known)
        if command.startswith("listen"):
            threading.Thread(target=happen, args=(running,)).start()
        ended = smartcal(*shlex.split(command), "--target", "ready.json", "--format", "json")
        assert (ended.code, ended.err) == (code, ""), (command, ended)
        told = documents(command, ended.out)[0]
        if command == "deliveries":
            known["event"] = told["data"][0]["event"]
        if command.startswith("key create"):
            known["fingerprint"] = told["fingerprint"]


def happen(running: Running) -> None:
    """Something, once somebody besides the receiver of this module listens for it."""
    control = Control(read_target(running.ready, "ready.json"))
    while len(control.get("/sandboxes/default/subscriptions")["data"]) < 2:
        pass
    control.post("/sandboxes/default/triggers/event.created", {})
    control.close()


def test_of_files_json_and_nothing_else_is_printed(
    smartcal: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name, text in (("old.yaml", OLD), ("openapi.yaml", NEW), ("access.log", COMBINED)):
        (tmp_path / name).write_text(text)
    write(tmp_path / "verdict.json", case("AUTH 1 xa", Verdict.HELD), case("AUTH 2 xa", Verdict.BROKEN))
    with Receiver(204) as receiver:
        for text, code in READ:
            ended = smartcal(*shlex.split(text.format(receiver=receiver.url)), "--format", "json")
            assert ended.code == code, (text, ended)
            documents(text, ended.out)


@pytest.mark.parametrize(
    ("terminal", "environment", "coloured"),
    [(True, "", True), (True, "1", False), (False, "", False)],
)
def test_colour_is_for_a_terminal_without_no_color(
    smartcal: Command,
    running: Running,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    terminal: bool,
    environment: str,
    coloured: bool,
) -> None:
    (tmp_path / "ready.json").write_text(json.dumps(running.ready))
    smartcal("trigger", "event.created", "--target", "ready.json")
    monkeypatch.setenv("NO_COLOR", environment)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    ended = smartcal("deliveries", "--limit", "1", "--target", "ready.json")
    assert ("\x1b[" in ended.out) is coloured, ended


def test_the_help_of_every_command_says_what_it_does_and_shows_an_example() -> None:
    assert EXAMPLES.keys() == COMMANDS.keys()
    for words, command, context in every_command():
        said = command.get_help(context)
        assert re.match(r"[A-Z][^\n]+[.:]$", (command.help or "").partition("\n")[0]), (words, command.help)
        assert said.endswith(f"For example:\n    {EXAMPLES[words]}"), (words, said)
    assert [kind for kind in KINDS if kind not in COMMANDS["fault add"].help.split("docs/")[0]] == []  # type: ignore[union-attr]


@pytest.mark.parametrize("words", EXAMPLES)
def test_an_example_is_a_command_that_can_be_given(words: str) -> None:
    """Its words and flags are known, and the values are of their types."""
    _, *given = shlex.split(re.sub(r'^eval "\$\((.*)\)"$', r"\1", EXAMPLES[words]))
    assert given[: len(words.split())] == words.split()
    named = of_words(" ".join(given))
    COMMANDS[named].make_context(named, given[len(named.split()) :], parent=click.Context(cli, **cli.context_settings))
