"""The server of a test session: the first that needs it starts it, the session's own process stops it."""

import json
import os
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest

from smartcal_api.errors import UsageError
from smartcal_api.remote import ServerProcess, Target
from smartcal_api.remote.target import read_target

_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.02
_READY, _CLAIM, _OWNER, _FAILED = "ready.json", "claimed", "owner", "failed"


def folder_of(config: pytest.Config, key: pytest.StashKey[Path]) -> Path:
    """The folder in which the processes of a session meet, made by the one that ends last."""
    if key not in config.stash:
        folder = config.stash[key] = Path(tempfile.mkdtemp(prefix="smartcal-"))
        (folder / _OWNER).write_text(str(os.getpid()))
    return config.stash[key]


def join_shared(folder: Path, flags: list[str]) -> Target:
    """The session's server, started here where nobody has yet; raises `UsageError` where it doesn't start."""
    try:
        os.close(os.open(folder / _CLAIM, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return _wait(folder)
    try:
        owner = int((folder / _OWNER).read_text())
        return ServerProcess.start(folder, flags, owner=owner).target
    except UsageError as error:
        (folder / _FAILED).write_text(str(error))
        raise


def stop_shared(folder: Path) -> None:
    with suppress(OSError, ValueError, KeyError):
        os.kill(json.loads((folder / _READY).read_text())["pid"], signal.SIGTERM)
    shutil.rmtree(folder, ignore_errors=True)


def _wait(folder: Path) -> Target:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        with suppress(FileNotFoundError):
            return read_target(json.loads((folder / _READY).read_text(encoding="utf-8")), str(folder / _READY))
        with suppress(FileNotFoundError):
            raise UsageError((folder / _FAILED).read_text())
        time.sleep(_PAUSE_SECONDS)
    raise UsageError(f"the SmartCal server of this session did not answer within {_PATIENCE_SECONDS:g} s.")
