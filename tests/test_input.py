"""Whatever a file is that somebody has named for reading, and whatever is in it: one line, and exit code 2."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from smartcal_api.contract import Contract, Document
from smartcal_api.errors import ContractError
from smartcal_api.input import Unreadable, read_bytes
from tests.cli.conftest import Ended, smartcal

__all__ = ["smartcal"]

DEEP = 100_000
CONTENTS = {
    "a tag that is no integer": b'a: !!int "x"\n',
    "a tag that is not a number": b'a: !!float "abc"\n',
    "a tag that is no boolean": b'a: !!bool "maybe"\n',
    "a tag of its own": b"a: !thing 3\n",
    "a tag of Python": b"a: !!python/object/apply:os.getcwd []\n",
    "a tag of bytes": b"a: !!binary aGVsbG8=\n",
    "an integer without end": b"a: 1" + b"0" * 5_000 + b"\n",
    "an integer without end in JSON": b'{"a": 1' + b"0" * 5_000 + b"}",
    "an integer of 65 bits": b"a: 18446744073709551616\n",
    "a number that is infinite": b"a: 1e999\n",
    "a number that is infinite in JSON": b'{"a": 1e999}',
    "flows, deep": b"a: " + b"[" * 1_500 + b"]" * 1_500,
    "flows, very deep": b"a: " + b"[" * DEEP + b"]" * DEEP,
    "flows, deep, without end": b"a: " + b"{b: " * DEEP,
    "JSON, deep": b'{"a": ' + b"[" * 1_500 + b"]" * 1_500 + b"}",
    "JSON, very deep": b'{"a": ' + b'{"a": ' * DEEP + b"1" + b"}" * DEEP + b"}",
    "blocks, deep": b"a:\n  " + b"- " * 1_500 + b"1\n",
    "blocks, very deep": b"a:\n  " + b"- " * DEEP + b"1\n",
    "half of a surrogate pair": b'{"a": "\\ud83d"}',
    "halves in the wrong order": b'{"a": "\\ude80\\ud83d"}',
    "twice in JSON": b'{"a": 1, "a": 2}',
    "no UTF-8": b"a: \xff\n",
    "a NUL": b"a: \x00\n",
    "not a number in JSON": b'{"a": NaN, "a": Infinity}',
    "nothing": b"",
    "a list": b"[1]",
    "an alias": b"a: &a [1]\nb: *a\n",
}
COMMANDS = {
    "--spec": "routes --spec {}",
    "--data": "serve --port 0 --data {}",
    "--bundle": "serve --port 0 --bundle {}",
    "--receiver-ca": "serve --port 0 --receiver-ca {}",
    "--har": "verify --har {}",
    "--target": "verify --target {}",
    "a door's --target": "clock show --target {}",
    "--baseline": "verify --baseline {} --har nothing.har",
    "--compare": "verify --target {0} --compare {0}",
    "--cacert": "verify --url https://127.0.0.1:1 --cacert {}",
    "--key @FILE": "verify --url http://127.0.0.1:1 --key read=@{} --only nothing",
    "smartcal.toml": "version",
}


def refused(ended: Ended, what: str) -> None:
    assert ended.code == 2, (what, ended)
    assert ended.err.startswith("smartcal: "), (what, ended.err)
    assert ended.err.count("\n") == 1, (what, ended.err)
    assert len(ended.err) < 1_000, (what, ended.err)


@pytest.mark.parametrize("flag", COMMANDS)
def test_whatever_is_in_a_file_is_one_line_and_exit_2(
    smartcal: Callable[..., Ended], tmp_path: Path, flag: str
) -> None:
    path = tmp_path / ("smartcal.toml" if flag == "smartcal.toml" else "input.yaml")
    for what, content in CONTENTS.items():
        if content == b"" and flag == "smartcal.toml":
            continue  # no settings are settings
        path.write_bytes(content)
        ended = smartcal(*COMMANDS[flag].format(path).split())
        refused(ended, what)
        if flag in ("--spec", "--data"):
            assert f"{path}:" in ended.err, what
            assert ended.err.partition(f"{path}:")[2].split(":")[0].isdigit(), ended.err


def _pipe(path: Path) -> None:
    os.mkfifo(path)


KINDS = {
    "nothing": lambda _: None,
    "a folder": Path.mkdir,
    "a device without end": lambda path: path.symlink_to("/dev/zero"),
    "a link to itself": lambda path: path.symlink_to(path),
    "a socket": lambda path: os.mknod(path, 0o140600),
}


@pytest.mark.parametrize("flag", COMMANDS)
def test_whatever_a_file_is_is_one_line_and_exit_2(
    smartcal: Callable[..., Ended], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flag: str
) -> None:
    monkeypatch.setattr("smartcal_api.input._WRITER_SECONDS", 0.0)
    for what, make in (KINDS | {"a pipe that nobody writes to": _pipe}).items():
        path = tmp_path / ("smartcal.toml" if flag == "smartcal.toml" else f"input of {what}".replace(" ", "-"))
        if what == "nothing" and flag == "smartcal.toml":
            continue  # most have none
        make(path)
        ended = smartcal(*COMMANDS[flag].format(path).split())
        refused(ended, what)
        assert path.name in ended.err, (what, ended.err)
        if flag == "smartcal.toml":
            path.rmdir() if path.is_dir() else path.unlink()


def test_a_pipe_is_read_as_its_writer_writes_and_standard_input_by_its_dash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.write_bytes(b"a: 1\n" * 50_000))
    writer.start()
    assert read_bytes(path) == b"a: 1\n" * 50_000
    writer.join()
    (tmp_path / "in").write_bytes(b"a: 1\n")
    with (tmp_path / "in").open() as given:
        monkeypatch.setattr("sys.stdin", given)
        assert Document.read(Path("-")).data == {"a": 1}
    with pytest.raises(Unreadable, match=r"is an address, and files are read; .* https://example\.com/openapi\.yaml"):
        read_bytes(Path("https://example.com/openapi.yaml"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'{"a": "\ud83d\ude80"}', "🚀"),
        (r'{"a": "\uD83D\uDE80 \\ud83d\\ude80 \" \/ \u00e9"}', '🚀 \\ud83d\\ude80 " / é'),
        ('{\n\t"a":\t"x\\ty"\n}', "x\ty"),
        ('\ufeff{"a": 1.50}', 1.5),
        ('{"a": 18446744073709551615}', 2**64 - 1),
        ("{a: '\\ud83d'}", "\\ud83d"),
        ("a: !!str 5", "5"),
        ("a: !!int 5", 5),
        ('a: !!null ""', None),
        ("a: -0.5e3", -500.0),
    ],
)
def test_json_and_yaml_are_read_as_what_they_say(text: str, value: object) -> None:
    assert Document(Path("x"), text.encode()).data == {"a": value}


def test_places_in_json_are_told_whatever_its_strings_hold(contract: Contract) -> None:
    document = Document(Path("x.json"), b'{\n\t"a": "\\ud83d\\ude80",\n\t"b": {\n\t\t"c": 1}}')
    assert [document.line(pointer) for pointer in ("/a", "/b", "/b/c", "/none")] == [2, 3, 4, 1]
    with pytest.raises(ContractError, match=r"^x.json:3: /b: has 'c' twice$"):
        Document(Path("x.json"), b'{\n\t"a": "\\ud83d\\ude80",\n\t"b": {"c": 1, "c": 2}}')
