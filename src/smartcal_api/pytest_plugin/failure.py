"""What a failed test leaves: its journal in the report, and a bundle to open again."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smartcal_api.errors import UsageError

if TYPE_CHECKING:
    from smartcal_api.pytest_plugin.smartcal import SmartCal

_SHOWN = 50


def sections(smartcal: "SmartCal", folder: Path, test: str) -> Iterator[tuple[str, str]]:
    """Title and text of each section of the report; where the server is gone, what there is to say of that."""
    try:
        entries = smartcal.journal.entries(limit=_SHOWN)
        yield f"smartcal journal ({smartcal.name})", "\n".join(map(_line, entries)) or "no request came"
        bundle = smartcal.sandbox.get("/bundle")
        yield "smartcal bundle", f"smartcal open {_written(bundle, folder, test)}"
        if entries:
            wrong = [each for each in entries if each["clause"] or each["status"] is None]
            yield "smartcal dashboard, while the server runs", smartcal.sandbox.story((wrong or entries)[-1]["serial"])
    except (UsageError, OSError) as error:
        yield "smartcal", f"nothing more can be told: {error}"


def _written(bundle: bytes, folder: Path, test: str) -> Path:
    from smartcal_api.sandbox.bundle_file import write_bundle

    return write_bundle(bundle, folder, test, told_by="smartcal_bundles")


def _line(entry: Mapping[str, Any]) -> str:
    clause = entry["clause"]
    why = f"\n  {clause['code']}: {clause['detail']}\n  {clause['pointer']}" if clause else ""
    return f"{entry['method']} {entry['path']} {entry['status'] or '-'}{why}"
