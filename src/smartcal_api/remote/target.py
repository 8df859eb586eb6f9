"""What is known of a running server: its ready file, or where one stands that was started without any flag."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smartcal_api.errors import UsageError
from smartcal_api.input import Unreadable, read_json

TARGET = "SMARTCAL_TARGET"
_DEFAULT_ROOT = "http://127.0.0.1:8080"
_CONTROL = "/_sandbox"


@dataclass(frozen=True, slots=True)
class Target:
    """`document` is the ready file's, empty where there is none; `place` says where all this was learnt."""

    root_url: str
    control_url: str
    control_token: str | None
    document: Mapping[str, Any]
    place: str


def find_target(file: Path | None = None) -> Target:
    """The server of a ready file: the one given, or that of SMARTCAL_TARGET; else the one on the default port.

    Raises `UsageError` for a file that is none.
    """
    stated = os.environ.get(TARGET)
    path = file or (Path(stated) if stated else None)
    if path is None:
        return Target(_DEFAULT_ROOT, _DEFAULT_ROOT + _CONTROL, None, {}, "the default port")
    if path.parts[0:1] in (("http:",), ("https:",)):
        raise UsageError(
            f"{path.parts[0]}//{'/'.join(path.parts[1:])} is an address; name the ready file of the server instead, "
            "which `smartcal serve --ready-file FILE` writes."
        )
    try:
        if not path.exists():
            raise UsageError(f"{path}: there is no ready file here; is the server running?")
        return read_target(read_json(path), str(path))
    except (OSError, Unreadable) as error:
        cause = error.cause if isinstance(error, Unreadable) else f"can't be read: {error.strerror}"
        raise UsageError(f"{path}: is not a ready file: {cause}.") from None
    except ValueError:
        raise UsageError(
            f"{path}: is not a ready file; name the one that `smartcal serve --ready-file` wrote."
        ) from None


def read_target(document: Any, place: str) -> Target:
    """The target of a ready file's document; raises `ValueError` where it is none."""
    if not isinstance(document, dict) or not isinstance(document.get("root_url"), str):
        raise ValueError(place)
    root = document["root_url"]
    control, token = document.get("control_url", root + _CONTROL), document.get("control_token")
    if not isinstance(control, str) or not isinstance(token, str | None):
        raise ValueError(place)
    return Target(root, control, token, document, place)
