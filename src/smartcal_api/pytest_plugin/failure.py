"""What a failed test leaves: its journal in the report, and a bundle to open again."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smartcal_api.errors import UsageError
from smartcal_api.output import Output

if TYPE_CHECKING:
    from smartcal_api.pytest_plugin.smartcal import SmartCal

_SHOWN = 50


def sections(smartcal: "SmartCal", folder: Path, test: str) -> Iterator[tuple[str, str]]:
    """Title and text of each section of the report; where the server is gone, what there is to say of that."""
    try:
        entries = smartcal.journal.entries(limit=_SHOWN)
        yield f"smartcal journal ({smartcal.name})", "\n".join(map(_line, entries)) or "no request came"
        bundle = smartcal.sandbox.get("/bundle")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / (re.sub(r"[^A-Za-z0-9_.-]+", "-", test)[-120:].strip("-") + ".bundle")
        Output(path, "smartcal_bundles", "a bundle", _is_image, instead="move it away", mode=0o600).write(bundle)
        yield "smartcal bundle", f"smartcal open {path}"
    except (UsageError, OSError) as error:
        yield "smartcal", f"nothing more can be told: {error}"


def _is_image(path: Path) -> bool:
    from smartcal_api.store import is_image

    return is_image(path)


def _line(entry: Mapping[str, Any]) -> str:
    clause = entry["clause"]
    why = f"\n  {clause['code']}: {clause['detail']}\n  {clause['pointer']}" if clause else ""
    return f"{entry['method']} {entry['path']} {entry['status'] or '-'}{why}"
