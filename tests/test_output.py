"""A file that somebody has named for writing is replaced only if it is ours by its content, or empty."""

import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from smartcal_api.errors import UsageError
from smartcal_api.output import Output, head, replace_file

OURS, PRECIOUS = b"ours: 1", b"precious"


def output(path: Path, **more: object) -> Output:
    return Output(path, "--flag", "a report", lambda each: head(each).startswith(b"ours"), **more)


@pytest.mark.parametrize("content", [None, b"", OURS])
def test_what_is_not_there_or_empty_or_ours_is_written_whole_and_leaves_nothing_beside_it(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    output(path, mode=0o600).write(b"ours: 2")
    assert (path.read_bytes(), os.listdir(tmp_path)) == (b"ours: 2", ["file"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def _another_file(path: Path) -> None:
    path.write_bytes(PRECIOUS)


def _linked_file(path: Path) -> None:
    path.with_name("target").write_bytes(PRECIOUS)
    path.symlink_to("target")


def _no_folder(path: Path) -> None:
    path.symlink_to("no/such/folder")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_another_file, "--flag: .* is not a report that smartcal wrote, .* --replace"),
        (_linked_file, "is not a report"),
        (Path.mkdir, "is a directory"),
        (_no_folder, "there is no folder"),
        (lambda path: os.mknod(path, stat.S_IFSOCK), "neither a file nor a pipe"),
    ],
)
def test_whatever_else_is_there_is_refused_and_stays_as_it_is(
    tmp_path: Path, make: Callable[[Path], object], words: str
) -> None:
    path = tmp_path / "file"
    make(path)
    before = {each.name: (each.lstat().st_ino, each.lstat().st_mtime_ns) for each in tmp_path.iterdir()}
    for act in (output(path).check, lambda: output(path).write(b"ours: 2")):
        with pytest.raises(UsageError, match=words):
            act()
    assert {each.name: (each.lstat().st_ino, each.lstat().st_mtime_ns) for each in tmp_path.iterdir()} == before


def test_with_replace_a_file_goes_and_a_link_stays_a_link(tmp_path: Path) -> None:
    path = tmp_path / "file"
    _linked_file(path)
    output(path, replace=True).write(b"ours: 2")
    assert path.is_symlink()
    assert (tmp_path / "target").read_bytes() == b"ours: 2"
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match="is a directory"):
        output(tmp_path / "folder", replace=True).check()


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(path.read_bytes()))
    reader.start()
    output(path).check()
    output(path).write(b"ours: 2" * 50_000)
    reader.join()
    assert read == [b"ours: 2" * 50_000]
    assert path.is_fifo()


def test_our_own_standard_output_is_gone_on_with_whatever_file_it_is(capfd: pytest.CaptureFixture[str]) -> None:
    os.write(1, b"before ")
    output(Path("/dev/stdout")).write(b"ours: 2")
    assert capfd.readouterr().out == "before ours: 2"


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(OURS)
    with pytest.raises(TypeError):
        replace_file(path, "no bytes", mode=0o600)  # type: ignore[arg-type]
    assert (path.read_bytes(), os.listdir(tmp_path)) == (OURS, ["file"])
