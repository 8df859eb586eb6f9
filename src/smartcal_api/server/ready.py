"""The ready file: how programs find a server that answers."""

import json
import logging
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from smartcal_api.contract import Contract
from smartcal_api.control import PREFIX as CONTROL
from smartcal_api.errors import UsageError
from smartcal_api.output import Output, head
from smartcal_api.sandbox.credentials import KeyRing, KnownClient, oauth_document
from smartcal_api.server.housekeeping import is_running
from smartcal_api.server.webhooks import KnownWebhook

_log = logging.getLogger("smartcal")


def ready_document(
    root: str,
    contract: Contract,
    keys: KeyRing,
    clients: tuple[KnownClient, ...],
    *,
    webhooks: tuple[KnownWebhook, ...],
    control_token: str | None,
) -> dict[str, Any]:
    """Where the server is, and every credential that works there."""
    return {
        "root_url": root,
        "base_url": root + contract.base,
        "control_url": root + CONTROL,
        "control_token": control_token,
        "pid": os.getpid(),
        "contract": {"version": contract.version, "sha256": contract.document.sha256},
        "keys": dict(keys.main),
        "other": {"keys": dict(keys.other)},
        "webhooks": [each.as_json() for each in webhooks],
        "oauth": oauth_document(root, contract, clients),
    }


class ReadyFile:
    """The file that `--ready-file` names: replaced where it is that of a server that is gone, and nobody else's."""

    def __init__(self, path: Path, *, replace: bool = False) -> None:
        self._path = path
        # Readable by its owner alone: it has keys in it.
        self._output = Output(path, "--ready-file", "a ready file", _is_ready_file, replace=replace, mode=0o600)

    def check(self) -> None:
        """Raises `UsageError` where it can't be written, is something else, or that of another server that runs."""
        self._output.check()
        found = self._found()
        if found is not None and found["pid"] != os.getpid() and is_running(found["pid"]):
            raise UsageError(
                f"--ready-file: {self._path} is that of a server which is running, process {found['pid']} at "
                f"{found['root_url']}; stop that one first, or name another file."
            )

    def forget(self) -> None:
        """Removes that of a server that is gone, which would lead programs astray until this one is ready."""
        self.check()
        if self._found() is not None:
            self._unlink()

    def write(self, document: dict[str, Any]) -> None:
        """All at once: whoever sees the file sees all of it. Raises `UsageError`."""
        self.check()
        content = (json.dumps(document, indent=2) + "\n").encode()
        if self._path.is_fifo():
            # Opening it waits for whoever reads, and neither serving nor stopping may wait for that.
            threading.Thread(target=self._pipe, args=(content,), daemon=True).start()
        else:
            self._output.write(content)

    def remove(self) -> None:
        """If it is still ours: another server, or the user, may have put something else in its place."""
        found = self._found()
        if found is not None and found["pid"] == os.getpid():
            with suppress(UsageError):
                self._unlink()

    def _pipe(self, content: bytes) -> None:
        try:
            self._output.write(content)
        except UsageError as error:
            _log.warning("%s", error)

    def _found(self) -> dict[str, Any] | None:
        """The ready document that is there."""
        return _ready_document(self._path) if self._path.is_file() else None

    def _unlink(self) -> None:
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise UsageError(f"--ready-file: can't replace {self._path}: {error.strerror}.") from None


def _is_ready_file(path: Path) -> bool:
    return _ready_document(path) is not None


def _ready_document(path: Path) -> dict[str, Any] | None:
    """What a file holds, if it is what a server tells when it is ready."""
    try:
        found = json.loads(head(path))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or type(found.get("pid")) is not int or found["pid"] < 1:
        return None
    return found if isinstance(found.get("root_url"), str) and isinstance(found.get("keys"), dict) else None
