"""Files that somebody has named for writing: what isn't ours is never replaced, and each is all there or as it was.

Flags, the environment and a `smartcal.toml` may name any file of the user's, by mistake or by somebody else's intent.
"""

import os
import secrets
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from smartcal_api.errors import UsageError

Ours = Callable[[Path], bool]
"""Whether a file is one that we wrote, by its content."""
_HEAD_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Output:
    """`flag` has named the path; `kind` says what we write there, such as "a ready file".

    An empty file is nobody's loss, and a pipe or a terminal has nothing to lose. With `replace` anything goes that is
    a file.
    """

    path: Path
    flag: str
    kind: str
    ours: Ours
    replace: bool = False
    instead: str = "name another file, or add --replace to have it replaced"
    mode: int = 0o666

    def check(self) -> None:
        """Raises `UsageError`, with everything as it was, for what must not be replaced or can't be written."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            folder = self._place.parent
            if not folder.is_dir():
                raise UsageError(f"{self.flag}: can't write {self.path}: there is no folder {folder}.") from None
            return
        except OSError as error:
            raise self._failed(error) from None
        if is_stream(status):
            return
        if not stat.S_ISREG(status.st_mode):
            what = "a directory" if stat.S_ISDIR(status.st_mode) else "neither a file nor a pipe"
            raise UsageError(f"{self.flag}: {self.path} is {what}; name a file.")
        if status.st_size and not self.replace and not self._is_ours():
            raise UsageError(
                f"{self.flag}: {self.path} is not {self.kind} that smartcal wrote, so it is left as it is; "
                f"{self.instead}."
            )

    def write(self, content: bytes) -> None:
        """Checks once more, for what was free when a command began may not be when it ends; raises `UsageError`."""
        self.check()
        try:
            if self.path.exists() and is_stream(self.path.stat()):
                _send(self.path, content)
            else:
                replace_file(self._place, content, mode=self.mode)
        except OSError as error:
            raise self._failed(error) from None

    def _is_ours(self) -> bool:
        try:
            return self.ours(self.path)
        except OSError as error:
            raise self._failed(error) from None

    @property
    def _place(self) -> Path:
        """Where a symbolic link leads to: the link stays what it is."""
        return Path(os.path.realpath(self.path))

    def _failed(self, error: OSError) -> UsageError:
        return UsageError(f"{self.flag}: can't write {self.path}: {error.strerror or error}.")


def head(path: Path) -> bytes:
    """What a file begins with, to tell it by; raises `OSError`."""
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


def replace_file(path: Path, content: bytes, *, mode: int, durable: bool = False) -> None:
    """All of it or nothing, in the place of what was there; with `durable` also after a power cut. Raises `OSError`."""
    # In the same folder, so that the rename is atomic.
    beside = path.with_name(f".{path.name[:48]}.{secrets.token_hex(6)}")
    handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def is_stream(status: os.stat_result) -> bool:
    """What is written to and not replaced: a pipe, a terminal, and whatever our own output goes to."""
    return stat.S_ISFIFO(status.st_mode) or stat.S_ISCHR(status.st_mode) or _own(status) is not None


def _own(status: os.stat_result) -> int | None:
    """Our own standard output or error, if it is that: opened by its name, a file would be begun anew."""
    for descriptor in (1, 2):
        try:
            if os.path.samestat(status, os.fstat(descriptor)):
                return descriptor
        except OSError:  # closed
            continue
    return None


def _send(path: Path, content: bytes) -> None:
    own = _own(path.stat())
    if own is None:
        with path.open("wb", buffering=0) as stream:
            _write_all(stream.fileno(), content)
    else:
        sys.stdout.flush()
        _write_all(own, content)


def _write_all(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
