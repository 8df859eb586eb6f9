import socket
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import click
import pytest

from smartcal_api.cli.commands import EARLIER, FIRST, GROUPS, names
from smartcal_api.cli.main import cli
from tests.cli.conftest import Ended
from tests.e2e.server import run

Command = Callable[..., Ended]


@pytest.mark.parametrize("arguments", [("--help",), ("-h",)])
def test_its_help_is_a_map_of_every_command_on_one_screen(smartcal: Command, arguments: tuple[str, ...]) -> None:
    ended = smartcal(*arguments)
    assert ended.code == 0
    assert ended.out.startswith("Usage: smartcal")
    lines = ended.out.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80
    assert [each for each in lines if each in GROUPS] == list(GROUPS)
    for commands in GROUPS.values():
        for together, outcome in commands.items():
            assert any(each.split() == [*together.split(), *outcome.split()] for each in lines), together


def test_alone_it_shows_where_to_begin_and_how_to_see_the_rest(smartcal: Command) -> None:
    ended = smartcal()
    assert ended.code == 0
    shown = [line.split()[0] for line in ended.out.splitlines() if line.startswith("  ")]
    assert shown == list(GROUPS[FIRST])
    assert "`smartcal --help`" in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80


@pytest.mark.parametrize("name", EARLIER)
def test_an_earlier_name_works_and_says_what_it_is_now(smartcal: Command, name: str) -> None:
    now = " ".join(EARLIER[name])
    by_old, by_new = smartcal(name, "--help"), smartcal(*EARLIER[name], "--help")
    assert (by_old.code, by_new.code) == (0, 0)
    assert by_old.err == f"smartcal: `smartcal {name}` is `smartcal {now}` now; the old name goes with 0.2.\n"
    assert by_old.out.replace(f"smartcal {name}", f"smartcal {now}").split() == by_new.out.split()
    assert by_new.err == ""


def every_command(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from every_command(below, *path, name)


def test_what_prints_json_is_asked_for_it_by_one_spelling() -> None:
    for path, command in every_command(cli):
        options = {name: each for each in command.params for name in each.opts}
        if "--json" in options or "--format" in options:
            assert options["--json"].name == options["--format"].name, path
            assert "json" in options["--format"].type.choices, path  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", names())
def test_every_command_has_a_help(smartcal: Command, command: str) -> None:
    ended = smartcal(command, "--help")
    assert ended.code == 0
    assert ended.out.startswith(f"Usage: smartcal {command}")


@pytest.mark.parametrize("arguments", [("version",), ("--version",)])
def test_it_prints_its_version(smartcal: Command, arguments: tuple[str, ...]) -> None:
    ended = smartcal(*arguments)
    assert ended.code == 0
    assert ended.out.startswith(f"smartcal {version('smartcal-api')}")


def refused(ended: Ended, *words: str) -> None:
    assert ended.code == 2
    assert ended.out == ""
    assert ended.err.startswith("smartcal: ")
    assert ended.err.count("\n") == 1, ended.err
    assert ended.err.endswith("\n")
    assert all(word in ended.err for word in words), ended.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("serv", ["serv", "did you mean 'serve'"]),
        ("xyz", ["xyz", "there are serve, "]),
        ("--bogus", ["--bogus"]),
        ("serve --bogus", ["--bogus", "smartcal serve --help"]),
        ("serve --prot 1", ["--prot", "--port"]),
        ("serve extra", ["extra"]),
        ("serve --port", ["--port"]),
        ("serve --port abc", ["--port", "abc"]),
        ("serve --port 65536", ["--port", "65536", "65535"]),
        ("serve --port -1", ["--port"]),
        ("serve --host 203.0.113.1 --port 0", ["--host", "203.0.113.1"]),
        ("serve --host not/a/host --port 0", ["--host", "not/a/host"]),
        ("serve --host= --port 0", ["--host"]),
        ("serve --now noon", ["--now", "noon", "2026-03-02T09:00:00Z"]),
        ("serve --now 2026-03-02T09:00:00", ["--now", "offset"]),
        ("serve --now 2026-13-02T09:00:00Z", ["--now"]),
        ("serve --now 2016-12-31T23:59:60Z", ["--now"]),
        ("serve --now 1899-12-31T00:00:00Z", ["--now", "1900"]),
        ("serve --now=", ["--now"]),
        ("serve --events 1000001", ["--events", "1000000"]),
        ("serve --events -1", ["--events"]),
        ("serve --bookings 1e3", ["--bookings"]),
        ("serve --seed 99999999999999999999", ["--seed"]),
        ("serve --port 0 --events 1 --bookings 2", ["booking"]),
        ("serve --port 0 --spec nope.yaml", ["nope.yaml:1: /: can't be read"]),
        ("serve --port 0 --spec .", ["can't be read"]),
        ("serve --port 0 --store no/such/folder.db", ["no/such/folder.db"]),
        ("serve --port 0 --store .", ["can't be opened"]),
        ("serve --rate-limits maybe", ["--rate-limits", "'on', 'off'"]),
        ("serve --unknown-parameters x", ["--unknown-parameters", "'refuse', 'ignore'"]),
        ("serve --key read", ["--key", "SCOPES=VALUE"]),
        ("serve --key =x", ["--key", "SCOPES=VALUE"]),
        ("serve --key read=", ["--key", "SCOPES=VALUE"]),
        ("serve --key read=é", ["--key", "ASCII"]),
        ("serve --port 0 --key fly=x", ["--key", "'fly'", "read, write, webhooks, admin"]),
        ("serve --cors example.com", ["--cors", "example.com"]),
        ("serve --cors https://a.example/path", ["--cors"]),
        ("serve --cors http://[", ["--cors"]),
        ("serve --cors http://a:b", ["--cors"]),
        ("serve --cors off --cors https://a.example", ["--cors", "off"]),
        ("serve --public-url example.com", ["--public-url"]),
        ("serve --public-url ftp://a.example", ["--public-url"]),
        ("serve --public-url http://[x", ["--public-url"]),
        ("serve --public-url http://a.example:99999", ["--public-url"]),
        ("serve --public-url http://a.example?x", ["--public-url"]),
        ("serve --public-url http://例.example", ["--public-url"]),
        ('serve --public-url http://a.example/">', ["--public-url"]),
        ("serve --port 0 --ready-file .", ["--ready-file"]),
        ("store seed", ["PATH.db"]),
        ("store seed no/such/folder.db", ["no/such/folder.db"]),
        ("store seed x.db --now noon", ["--now"]),
        ("routes --spec nope.yaml", ["nope.yaml:1: /: can't be read"]),
        ("store keys fly", ["fly"]),
        ("store keys list nope.db", ["nope.db", "smartcal store seed nope.db"]),
        ("store keys add nope.db --scopes read", ["nope.db"]),
        ("store keys add nope.db", ["--scopes"]),
    ],
)
def test_whatever_is_wrong_is_one_line_and_exit_2(smartcal: Command, arguments: str, words: list[str]) -> None:
    refused(smartcal(*arguments.split(" ")), *words)


def test_a_port_that_is_taken_is_one_line_that_names_a_way_out(smartcal: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused(smartcal("serve", "--port", port), f"--port: {port} on 127.0.0.1 is taken", "0 for a free one")


@pytest.mark.parametrize("command", ["serve --port 0", "routes", "store seed x.db"])
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda text: text.replace("openapi: 3.1", "openapi: [3.1", 1), [": /: is not YAML: "]),
        (lambda text: text + "openapi: 3.1.0\n", [": /: has 'openapi' twice"]),
        (lambda text: text.replace("body_bytes: 1048576", "body_bytes: many", 1), [": /x-request-limits/body_bytes: "]),
        (lambda _: "- 1\n", [":1: /: is not a mapping"]),
    ],
)
def test_src_4_a_broken_contract_is_told_by_file_line_pointer_and_cause(
    smartcal: Command, tmp_path: Path, contract_text: str, command: str, spoil: Callable[[str], str], words: list[str]
) -> None:
    spoilt = spoil(contract_text)
    assert spoilt != contract_text
    (tmp_path / "broken.yaml").write_text(spoilt)
    ended = smartcal(*command.split(), "--spec", "broken.yaml")
    refused(ended, "broken.yaml:", *words)
    assert ended.err.split(":")[2].isdigit()


@pytest.fixture(scope="session")
def contract_text(contract: object) -> str:
    return contract.document.path.read_text(encoding="utf-8")  # type: ignore[attr-defined]


@pytest.mark.parametrize("arguments", [("serve", "--now", "noon"), ("serv",), ("routes", "--spec", "nope.yaml")])
def test_a_refusal_is_the_same_from_a_process_of_its_own(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = run(*arguments, folder=tmp_path)
    refused(Ended(ended.returncode, ended.stdout, ended.stderr))
