"""Files that somebody has named for reading: whatever one is, and whatever is in it, is told in a line."""

import json
import os
import select
import stat
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

from smartcal_api.errors import UsageError

MOST_BYTES = 64 * 1024 * 1024
"""Of what may have no end, and of any file of which nothing else is said."""
_WRITER_SECONDS = 5.0
_PIECE = 256 * 1024


class Unreadable(UsageError):
    """`cause` says what is wrong with the file, `line` where, if that is known."""

    def __init__(self, path: Path, cause: str, line: int | None = None) -> None:
        self.cause, self.line = cause, line
        super().__init__(f"{path}{f':{line}' if line else ''}: {cause}.")


def read_bytes(path: Path, *, most: int = MOST_BYTES, regular: bool = False) -> bytes:
    """All of it; `-` is standard input. With `regular` it is a file, that can be read again. Raises `Unreadable`."""
    if str(path) == "-" and not regular:
        return _bounded(path, sys.stdin.buffer.read(min(most, MOST_BYTES) + 1), most=min(most, MOST_BYTES))
    if path.parts[:1] in (("http:",), ("https:",)):
        address = f"{path.parts[0]}//{'/'.join(path.parts[1:])}"
        raise Unreadable(path, f"is an address, and files are read; save it first: curl -o FILE {address}")
    try:
        # A pipe that nobody writes to would keep us waiting already here.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        raise Unreadable(path, f"can't be read: {getattr(error, 'strerror', None) or error}") from None
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode) or (regular and not stat.S_ISREG(mode)):
            raise Unreadable(path, f"can't be read: Is {'a directory' if stat.S_ISDIR(mode) else 'not a regular file'}")
        if not stat.S_ISREG(mode):
            return _stream(path, descriptor, most=min(most, MOST_BYTES), pipe=stat.S_ISFIFO(mode))
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return _bounded(path, file.read(most + 1), most=most)
    except OSError as error:
        raise Unreadable(path, f"can't be read: {error.strerror or error}") from None
    except MemoryError:
        raise Unreadable(path, "is too large for the memory of this machine") from None
    finally:
        os.close(descriptor)


def read_text(path: Path, *, most: int = MOST_BYTES, regular: bool = False) -> str:
    """UTF-8, with or without a byte order mark. Raises `Unreadable`."""
    content = read_bytes(path, most=most, regular=regular)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(path, "is not UTF-8", content.count(b"\n", 0, error.start) + 1) from None


def read_json(path: Path, *, most: int = MOST_BYTES) -> Any:
    """Raises `Unreadable`."""
    text = read_text(path, most=most)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(path, f"is not JSON: {error.msg}", error.lineno) from None
    except ValueError:  # Python's own bound
        raise Unreadable(path, "has a number with too many digits") from None
    except RecursionError:
        raise Unreadable(path, "is nested too deeply") from None


def read_toml(path: Path, *, regular: bool = False) -> dict[str, Any]:
    """Raises `Unreadable`."""
    text = read_text(path, most=1024 * 1024, regular=regular)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(path, str(error)) from None
    except ValueError:  # Python's own bound
        raise Unreadable(path, "has a number with too many digits") from None
    except RecursionError:
        raise Unreadable(path, "is nested too deeply") from None


def _bounded(path: Path, content: bytes, *, most: int) -> bytes:
    if len(content) > most:
        raise Unreadable(path, f"has more than {most // 1024 // 1024} MiB, or no end")
    return content


def _stream(path: Path, descriptor: int, *, most: int, pipe: bool) -> bytes:
    """A pipe or a device to its end; whoever writes to a pipe may take their time, but has to be there."""
    until = time.monotonic() + _WRITER_SECONDS
    readable = select.poll()
    readable.register(descriptor, select.POLLIN)
    content, written = bytearray(), not pipe
    while len(content) <= most:
        readable.poll(100)
        try:
            piece = os.read(descriptor, _PIECE)
        except BlockingIOError:
            written = True
            continue
        content += piece
        written = written or bool(piece)
        if not piece and written:
            return bytes(content)
        if not written and time.monotonic() > until:
            raise Unreadable(path, "is a pipe that nobody writes to")
    return _bounded(path, bytes(content), most=most)
