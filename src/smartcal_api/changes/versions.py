"""What the version of a document promises (Semantic Versioning 2.0.0)."""

import re

from smartcal_api.changes.delta import Level

_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:[-+].*)?")


def wanted(old: str, worst: Level | None) -> str | None:
    """The next version for a change that weighs so; None where nothing changes, or the old one isn't semantic."""
    parts = _parts(old)
    if parts is None or worst is None:
        return None
    major, minor, _ = parts
    if worst is Level.BREAKING and major > 0:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0"


def announced(old: str, new: str) -> bool:
    """Whether the new version says that something may break: another major, below 1.0.0 another minor."""
    before, after = _parts(old), _parts(new)
    if before is None or after is None:
        return False
    digits = 1 if before[0] or after[0] else 2
    return after[:digits] > before[:digits]


def _parts(version: str) -> tuple[int, int, int] | None:
    found = _VERSION.fullmatch(version)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None
