"""What the last run of each command that judges has found in a folder, for `smartcal accept`.

It is kept in the user's cache; where that can't be written, only `smartcal accept` misses it.
"""

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from smartcal_api.accepted import Accepted
from smartcal_api.output import replace_file


def remember(tool: str, about: str, found: Mapping[str, str], accepted: Accepted) -> None:
    """`about`: what the tool looked at; `found`: fingerprint → what it is, in a line, of what isn't accepted."""
    path = _path()
    stated = {"found": dict(found), "idle": [each.subject for each in accepted.idle]}
    with suppress(OSError, ValueError):
        path.parent.mkdir(parents=True, exist_ok=True)
        content = json.dumps({**_read(path), f"{tool} {about}": stated}, ensure_ascii=False)
        replace_file(path, content.encode(), mode=0o600)


def found() -> dict[str, str]:
    """Fingerprint → what it is, of the last run of every command in this folder."""
    return {name: str(says) for _, run in _runs() for name, says in run.get("found", {}).items()}


def idle() -> set[str]:
    """The subjects of entries that the last runs of their command found nothing for, whatever they looked at."""
    by_tool: dict[str, set[str]] = {}
    for name, run in _runs():
        stated = {str(each) for each in run.get("idle", ())}
        tool = name.partition(" ")[0]
        by_tool[tool] = by_tool.get(tool, stated) & stated
    return set().union(*by_tool.values())


def _runs() -> Iterable[tuple[str, Mapping[str, Any]]]:
    return [(name, each) for name, each in _read(_path()).items() if isinstance(each, dict)]


def _read(path: Path) -> dict[str, Any]:
    try:
        stated = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return stated if isinstance(stated, dict) else {}


def _path() -> Path:
    """One file for each folder that commands are run in."""
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "smartcal" / f"{sha256(str(Path.cwd()).encode()).hexdigest()[:16]}.json"
