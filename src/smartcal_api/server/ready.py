"""The ready file: how programs find a server that answers."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from smartcal_api.contract import Contract
from smartcal_api.control import PREFIX as CONTROL
from smartcal_api.errors import UsageError
from smartcal_api.sandbox.credentials import PRODUCT, KeyRing, KnownClient, oauth_document
from smartcal_api.server.webhooks import KnownWebhook


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
        "base_url": root + PRODUCT,
        "control_url": root + CONTROL,
        "control_token": control_token,
        "pid": os.getpid(),
        "contract": {"version": contract.version, "sha256": contract.document.sha256},
        "keys": dict(keys.main),
        "other": {"keys": dict(keys.other)},
        "webhooks": [each.as_json() for each in webhooks],
        "oauth": oauth_document(root, contract, clients),
    }


def write_ready_file(path: Path, document: dict[str, Any]) -> None:
    """All at once and readable by its owner alone: whoever sees the file sees all of it."""
    try:
        # mkstemp makes it 0600, in the same folder so that the rename is atomic.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(document, file, indent=2)
                file.write("\n")
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"--ready-file: can't write {path}: {error.strerror}.") from None


def remove_ready_file(path: Path) -> None:
    """A file of a server that is gone would lead programs astray."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"--ready-file: can't replace {path}: {error.strerror}.") from None
