r"""The README's commands are executed, in its order, against a server that runs as the README says.

A block ```console is run: lines that begin with `$ ` are commands (a `\` at the end continues one), the lines after
them are what its output begins with, line by line; `…` on a line of its own stands for any number of lines. All blocks
share one folder and one set of variables. Blocks in other languages are shown and not run.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.e2e.server import Running, environment, serving
from tests.house.source import ROOT

ADDRESS = "127.0.0.1:8080"  # where a server is that was started without flags
END = "end-of-command"
CURL = f"""#!{sys.executable}
import sys, urllib.error, urllib.request
arguments, headers, data, method, url = iter(sys.argv[1:]), {{}}, None, None, ""
for each in arguments:
    if each == "-H":
        name, _, value = next(arguments).partition(":")
        headers[name] = value.strip()
    elif each == "-d":
        data = next(arguments).encode()
    elif each == "-X":
        method = next(arguments)
    elif not each.startswith("-"):
        url = each
try:
    answer = urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method))
except urllib.error.HTTPError as error:
    answer = error
sys.stdout.buffer.write(answer.read())
"""


class Command(NamedTuple):
    """`line` is where it stands in the README; `output` what its output begins with."""

    line: int
    text: str
    output: tuple[str, ...]


def commands(text: str) -> Iterator[Command]:
    for block in re.finditer(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        at = text.count("\n", 0, block.start()) + 2
        found: list[tuple[int, str, list[str]]] = []
        for offset, line in enumerate(block[1].splitlines()):
            if found and not found[-1][2] and found[-1][1].endswith("\\"):
                found[-1] = (found[-1][0], f"{found[-1][1]}\n{line.removeprefix('> ')}", [])
            elif line.startswith("$ "):
                found.append((at + offset, line[2:], []))
            else:
                assert found, f"README.md:{at + offset}: a console block begins with a command, after `$ `"
                found[-1][2].append(line)
        yield from (Command(line, command, tuple(output)) for line, command, output in found)


def begins(output: list[str], expected: tuple[str, ...]) -> bool:
    """Whether each line of the output begins with the expected one at its place."""
    if not expected:
        return True
    if expected[0].strip() == "…":
        return any(begins(output[skipped:], expected[1:]) for skipped in range(len(output) + 1))
    return bool(output) and output[0].startswith(expected[0]) and begins(output[1:], expected[1:])


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A server in a folder of its own, on a port of its own."""
    folder = tmp_path / "server"
    folder.mkdir()
    with serving(folder) as server:
        yield server


def test_the_readmes_commands_do_what_it_says(running: Running, tmp_path: Path) -> None:
    listed = list(commands((ROOT / "README.md").read_text(encoding="utf-8")))
    assert listed, "the README has no ```console block, so nothing that it says is held"
    address = f"127.0.0.1:{running.port}"
    outputs = _run([command.text.replace(ADDRESS, address) for command in listed], tmp_path, running)
    for command, (status, output) in zip(listed, outputs, strict=True):
        where = f"README.md:{command.line}: {command.text}\n{output}"
        assert status == 0, where
        expected = tuple(line.replace(ADDRESS, address) for line in command.output)
        assert begins(output.splitlines(), expected), where


def test_the_readme_is_one_screen() -> None:
    text = re.sub(r"^```.*?^```$", "", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert len(text.split()) <= 500


def test_a_command_keeps_to_its_block() -> None:
    text = "```sh\n$ not this\n```\n```console\n$ a \\\n> b\nout\n…\nlast\n$ c\n```\n"
    assert list(commands(text)) == [Command(5, "a \\\nb", ("out", "…", "last")), Command(10, "c", ())]
    assert begins(["output", "x", "lastly"], ("out", "…", "last"))
    assert not begins(["output", "x"], ("out", "…", "last"))
    assert not begins([], ("out",))


def test_what_the_readme_shows_as_shell_names_targets_and_commands_that_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)", text)) - {"target"} <= targets
    for file in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (ROOT / file).exists(), file


def _run(texts: list[str], folder: Path, server: Running) -> list[tuple[int, str]]:
    """(exit status, output) of each command, all in one shell that is told where the server is."""
    ready = folder / "ready-here.json"
    ready.write_text(json.dumps(server.ready))
    tools = folder / "bin"
    tools.mkdir()
    if shutil.which("curl") is None:
        (tools / "curl").write_text(CURL)
        (tools / "curl").chmod(0o700)
    path = os.pathsep.join([str(Path(sys.executable).parent), str(tools), os.environ["PATH"]])
    script = "\n".join(f'{text}\nprintf "\\n%s %d\\n" {END} $?' for text in texts)
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=folder,
        env=environment(PATH=path, SMARTCAL_TARGET=str(ready)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    pieces = re.split(rf"\n{END} (\d+)\n", done.stdout)
    return [(int(status), output) for output, status in zip(pieces[::2], pieces[1::2], strict=False)]
