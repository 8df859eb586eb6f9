"""However an editor saves, what it has saved is served, and nothing is told of what it has not come to the end of."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from smartcal_api.app import Options
from smartcal_api.contract import Contract
from smartcal_api.server.reload import reload_on_save
from tests.control.plane import open_plane

Step = Callable[[], object]
Way = Callable[[Path, bytes, int], Iterator[Step]]
DOCUMENT = """openapi: 3.1.0
info: {{title: Mini, version: "{version}"}}
paths:
  /things:
    get:
      operationId: listThings
      responses:
        "200": {{description: Fine., content: {{application/json: {{schema: {{type: object}}}}}}}}
  /others:
    get:
      operationId: listOthers
      responses:
        "200": {{description: Fine., content: {{application/json: {{schema: {{type: object}}}}}}}}
"""


def text(version: int) -> bytes:
    """Of another length for each, as what a clock's tick can't tell apart is told apart by that."""
    return DOCUMENT.format(version="1." + "0" * (version % 7) + str(version)).encode()


def in_place(file: Path, content: bytes, number: int) -> Iterator[Step]:
    """Truncates it, and writes it in pieces, with a look or two between them."""
    opened = file.open("wb", buffering=0)
    pieces = 1 + number % 4
    size = -(-len(content) // pieces)
    for start in range(0, len(content), size):
        yield lambda start=start: opened.write(content[start : start + size])
        yield from [_nothing] * (number % 2)
    yield opened.close


def beside(file: Path, content: bytes, number: int) -> Iterator[Step]:
    """Writes another file, and puts it in the place of the first."""
    other = file.with_name(f".{file.name}.{number}.tmp")
    yield lambda: other.write_bytes(content)
    yield lambda: os.replace(other, file)


def moved_away(file: Path, content: bytes, number: int) -> Iterator[Step]:
    """Moves it to a backup, writes a new one, and drops the backup, as Vim does."""
    backup = file.with_name(f"{file.name}~")
    yield lambda: os.replace(file, backup)
    yield lambda: file.write_bytes(content[: len(content) // (1 + number % 3)])
    yield lambda: file.write_bytes(content)
    yield backup.unlink


def anew(file: Path, content: bytes, number: int) -> Iterator[Step]:
    """Deletes it, and makes it again."""
    yield file.unlink
    if number % 2:
        yield file.touch
    yield lambda: file.write_bytes(content)


@pytest.mark.parametrize("way", [in_place, beside, moved_away, anew])
def test_src_2_whatever_way_an_editor_saves_is_read_when_it_has_come_to_rest(
    way: Way,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
) -> None:
    """A step of the editor's for each look at the file, at every place of a look; `make saves` does it 200 times."""
    saves = request.config.getoption("--saves", 6)
    file = tmp_path / "mini.yaml"
    file.write_bytes(text(0))
    plane = open_plane(Contract.read(file))
    steps = (step for number in range(1, saves + 1) for step in _save(way, file, number))
    served: list[str] = []

    async def look(_: float) -> None:
        await asyncio.sleep(0)
        version = plane.front.application.contract.version
        served.extend([version] if version not in served[-1:] else [])
        step = next(steps, None)
        if step is None:
            raise asyncio.CancelledError
        step()

    monkeypatch.setattr("smartcal_api.server.reload.asyncio", SimpleNamespace(sleep=look, run=asyncio.run))
    with caplog.at_level(logging.WARNING, "smartcal"), pytest.raises(asyncio.CancelledError):
        asyncio.run(reload_on_save(plane.front, plane.registry, Options(), draft=False))
    assert "not taken up" not in caplog.text
    assert served == [_version(number) for number in range(saves + 1)]


def test_src_4_a_save_that_stays_broken_is_told_of_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "mini.yaml"
    file.write_bytes(text(0))
    plane = open_plane(Contract.read(file))
    contents = iter([b"", b"openapi: 3.1.0\n", os.urandom(64), b"[" * 5000, text(1)[:50]])
    looks = 0

    async def look(_: float) -> None:
        nonlocal looks
        await asyncio.sleep(0)
        if looks % 8 == 0:
            content = next(contents, None)
            if content is None:
                raise asyncio.CancelledError
            file.write_bytes(content)
        looks += 1

    monkeypatch.setattr("smartcal_api.server.reload.asyncio", SimpleNamespace(sleep=look, run=asyncio.run))
    with caplog.at_level(logging.WARNING, "smartcal"), pytest.raises(asyncio.CancelledError):
        asyncio.run(reload_on_save(plane.front, plane.registry, Options(), draft=False))
    assert caplog.text.count("not taken up") == 5
    assert "Traceback" not in caplog.text
    assert plane.front.application.contract.version == _version(0)


def _save(way: Way, file: Path, number: int) -> Iterator[Step]:
    """It begins at any place between two looks, and is left alone until it must have been seen."""
    yield from [_nothing] * (number % 3)
    yield from way(file, text(number), number)
    yield from [_nothing] * 6


def _nothing() -> None:
    pass


def _version(number: int) -> str:
    return text(number).partition(b'version: "')[2].partition(b'"')[0].decode()
