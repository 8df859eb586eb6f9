"""The commands that drive a running server, for somebody who has read no page: one line for all that is wrong."""

import http.server
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import click
import pytest
import yaml

from smartcal_api.cli.main import cli
from smartcal_api.contract import Contract
from tests.cli.conftest import Ended
from tests.e2e.server import Running, environment, serving
from tests.house.test_readme import CURL

Command = Callable[..., Ended]
DOORS = [
    ("clock", "show"),
    ("snapshot", "list"),
    ("fault", "list"),
    ("sandbox", "list"),
    ("logs",),
    ("reset",),
    ("trigger", "booking.created"),
]
# What is wrong, and what the line has to say of it.
WRONG = [
    (("clock", "advance", "2x"), "'2x' is not a duration, such as 90s, 1.5h or 30d."),
    (("clock", "advance"), "Missing argument 'DURATION'."),
    (("clock", "advance", "1d", "--timeout", "x"), "'x' is not a valid float."),
    (("clock", "set", "yesterday"), "'yesterday' is not an RFC 3339 timestamp"),
    (("clock", "set", "2020-01-01T00:00:00Z"), "only moves forward"),
    (("snapshot", "save", "../x"), "../x"),
    (("snapshot", "restore", "nope"), "no snapshot 'nope'"),
    (("snapshot", "diff", "nope"), "no snapshot 'nope'"),
    (("snapshot", "foo"), "No such command 'foo'. Try 'smartcal snapshot --help'."),
    (("fault", "add", "nope"), '"nope", which is not one of'),
    (("fault", "add", "status"), "'status' is missing"),
    (("fault", "clear", "fault-9"), "fault-9"),
    (("trigger", "nope"), "there are booking.created, "),
    (("trigger", "booking.created", "status"), "write it as name=value"),
    (("logs", "--tail"), "No such option"),
    (("logs", "--status", "9xx"), "9xx"),
    (("logs", "--operation", "listEvent"), "Did you mean 'listEvents'?"),
    (("deliveries", "--event-type", "booking.create"), "Did you mean 'booking.created'?"),
    (("deliveries", "misbehave", "duplicate", "--event-type", "bookingcreated"), "Did you mean 'booking.created'?"),
    (("deliveries", "misbehave", "duplicate", "--webhook", "whk_none"), "There is no subscription 'whk_none'."),
    (("snapshot", "restore", "before"), "no snapshot 'before'; there are none."),
    (("clock", "show", "--sandbox", "defalt"), "did you mean default?"),
    (("fault", "add", "drop", "operation=listEvents"), "'operation' is not a member; did you mean operations?"),
    (("logs", "--limit", "0"), "0 is less than the minimum of 1"),
    (("reset", "--sandbox", "nope"), "no sandbox 'nope'"),
    (("sandbox", "create", "events=-1"), "-1 is less than the minimum of 0"),
    (("sandbox", "delete", "default"), "lives as long as the server"),
]


class Quiet(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def ready(running: Running, tmp_path: Path) -> str:
    (tmp_path / "here.json").write_text(json.dumps(running.ready))
    return "here.json"


def refused(ended: Ended) -> str:
    assert (ended.code, ended.err.count("\n"), ended.out) == (2, 1, ""), ended
    assert ended.err.startswith("smartcal: ")
    return str(ended.err)


@pytest.mark.parametrize(
    "words",
    [("clock", "show"), ("snapshot", "list"), ("fault", "list"), ("sandbox", "list")],
    ids=lambda words: words[0],
)
def test_which_server_and_sandbox_stands_before_a_subcommand_or_behind_it(
    smartcal: Command, ready: str, words: tuple[str, str]
) -> None:
    group, name = words
    asked = [smartcal(group, "--target", ready, "--json", name), smartcal(group, name, "--target", ready, "--json")]
    assert [each.code for each in asked] == [0, 0], asked
    assert json.loads(asked[0].out).keys() == json.loads(asked[1].out).keys()
    wrong = smartcal(group, "--target", "none.json", name, "--target", ready)
    assert wrong.code == 0, "the one behind is the one"
    if group != "sandbox":
        assert "no sandbox 'nope'" in refused(smartcal(group, "--sandbox", "nope", "--target", ready, name))


@pytest.mark.parametrize(("words", "said"), WRONG, ids=[" ".join(words) for words, _ in WRONG])
def test_what_is_asked_wrongly_is_one_line_and_exit_2(
    smartcal: Command, ready: str, words: tuple[str, ...], said: str
) -> None:
    assert said in refused(smartcal(*words, "--target", ready) if words[-1] != "foo" else smartcal(*words))


@pytest.mark.parametrize("words", DOORS, ids=" ".join)
def test_a_server_that_is_not_there_is_one_line_and_exit_2(
    smartcal: Command, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "gone.json").write_text('{"root_url": "http://127.0.0.1:1"}')
    assert "no SmartCal server answers at http://127.0.0.1:1" in refused(smartcal(*words, "--target", "gone.json"))


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("http://127.0.0.1:9/", "http://127.0.0.1:9 is an address; name the ready file"),
        ("missing.json", "there is no ready file here"),
        (".", "can't be read: "),
        ("list.json", "is not a ready file"),
        ("bytes.json", "is not a ready file"),
        ("nonsense.json", "the control plane is at no http URL"),
    ],
)
def test_a_target_that_is_none_is_one_line_and_exit_2(
    smartcal: Command, tmp_path: Path, target: str, said: str
) -> None:
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe")
    (tmp_path / "nonsense.json").write_text('{"root_url": "nonsense"}')
    assert said in refused(smartcal("clock", "show", "--target", target))


def test_a_server_of_another_kind_is_one_line_and_exit_2(smartcal: Command, tmp_path: Path) -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), Quiet) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        (tmp_path / "other.json").write_text(json.dumps({"root_url": f"http://127.0.0.1:{other.server_port}"}))
        assert "is it a SmartCal control plane?" in refused(smartcal("clock", "show", "--target", "other.json"))
        other.shutdown()


def test_of_two_servers_a_command_is_about_the_one_that_it_names(smartcal: Command, ready: str, tmp_path: Path) -> None:
    with serving(tmp_path, "--now", "2031-01-01T00:00:00Z", "--freeze"):  # writes ready.json
        assert smartcal("clock", "show", "--target", "ready.json").out == "2031-01-01T00:00:00Z, frozen\n"
        assert "frozen" not in smartcal("clock", "show", "--target", ready).out


def test_where_there_is_nothing_to_list_that_is_said(smartcal: Command, ready: str) -> None:
    assert smartcal("snapshot", "list", "--target", ready).out == "no snapshots\n"
    assert smartcal("fault", "list", "--target", ready).out == "no fault is armed\n"
    nothing = smartcal("logs", "--status", "418", "--target", ready)
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "nothing was asked yet, or nothing that fits\n")


def test_what_helps_shows_of_each_command_is_whole_in_80_columns() -> None:
    cut = []
    for name in cli.list_commands(None):  # type: ignore[arg-type]  # ours lists without a context
        command = cli.get_command(None, name)  # type: ignore[arg-type]  # as above
        if isinstance(command, click.Group):
            text = command.get_help(click.Context(command, info_name=f"smartcal {name}", terminal_width=80))
            cut += [line for line in text.splitlines()[1:] if line.endswith("...")]
    assert cut == []


def test_contract_prints_it_as_it_is_shipped_or_as_a_server_serves_it(
    smartcal: Command, running: Running, ready: str, contract: Contract
) -> None:
    assert smartcal("contract").out == contract.document.text
    assert json.loads(smartcal("contract", "--format", "json").out) == contract.data
    served = smartcal("contract", "--target", ready)
    assert yaml.safe_load(served.out)["servers"][0]["url"] == running.ready["root_url"]
    assert json.loads(smartcal("contract", "--target", ready, "--format", "json").out) == yaml.safe_load(served.out)
    assert "answered 404; is it a SmartCal server, and is there such a sandbox?" in refused(
        smartcal("contract", "--target", ready, "--sandbox", "nope")
    )
    Path("gone.json").write_text(json.dumps({"root_url": "http://127.0.0.1:9"}))
    assert "no SmartCal server answers at" in refused(smartcal("contract", "--target", "gone.json"))
    assert "can't be read" in refused(smartcal("contract", "--spec", "none.yaml"))


SKETCHED = [
    ("clock", "advance", "1h"),
    ("clock", "freeze"),
    ("trigger", "booking.created", "invitee.name=Ann O'Hara"),
    ("fault", "add", "status", "status=503", "operations=listEvents", "next=1"),
    ("fault", "clear"),
    ("snapshot", "save", "a"),
    ("snapshot", "diff", "a"),
    ("sandbox", "create", "name=sketched"),
    ("sandbox", "delete", "sketched"),
    ("key", "create", "--scopes", "read,write", "--label", "$HOME `x`"),
    ("deliveries", "--limit", "3"),
    ("deliveries", "misbehave", "late", "--by", "10m"),
    ("logs", "--status", "4xx"),
    ("reset",),
]


class Recorder(http.server.BaseHTTPRequestHandler):
    """Takes any request down, and has no answer to it."""

    seen: ClassVar[list[tuple[str, str, Any, tuple[str, ...]]]] = []

    def answer(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = tuple(self.headers[each] for each in ("Authorization", "Content-Type") if self.command != "GET")
        self.seen.append((self.command, self.path, json.loads(sent) if sent else None, headers))
        self.send_response(503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815  # http.server's names

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_what_a_command_would_send_is_printed_for_a_shell_which_sends_the_same(
    smartcal: Command, tmp_path: Path
) -> None:
    if shutil.which("curl") is None:
        (tmp_path / "curl").write_text(CURL)
        (tmp_path / "curl").chmod(0o700)
    shell = environment(PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}", SMARTCAL_CONTROL_TOKEN="ctl_x")
    with http.server.HTTPServer(("127.0.0.1", 0), Recorder) as recorder:
        threading.Thread(target=recorder.serve_forever, daemon=True).start()
        root = f"http://127.0.0.1:{recorder.server_port}"
        (tmp_path / "there.json").write_text(json.dumps({"root_url": root, "control_token": "ctl_x"}))
        for words in SKETCHED:
            sketch = smartcal(*words, "--target", "there.json", "--curl")
            assert (sketch.code, sketch.out.count("\n"), sketch.err) == (0, 1, ""), sketch
            assert Recorder.seen == [], "nothing is sent"
            assert "ctl_x" not in sketch.out, "whoever reads over a shoulder doesn't see it"
            smartcal(*words, "--target", "there.json")
            subprocess.run(["sh", "-c", sketch.out], env=shell, capture_output=True, check=True)
            by_command, by_shell = Recorder.seen
            assert by_command == by_shell
            Recorder.seen.clear()
        recorder.shutdown()
    assert "more than one request" in refused(smartcal("listen", "--target", "there.json", "--curl"))
