"""A bundle as a file, which `smartcal open` shows in a browser: what a test that failed has left."""

import re
from pathlib import Path

from smartcal_api.output import Output
from smartcal_api.store import is_image

FOLDER = ".smartcal"
"""Where bundles lie unless somebody says otherwise."""
_LONGEST = 120


def write_bundle(bundle: bytes, folder: Path, of: str, *, told_by: str) -> Path:
    """Named after the test, or the sandbox, that it is of; an older one gives way. `told_by` is what names the folder.

    Readable by its owner alone: webhook secrets are in it. Raises `UsageError` where something else is in its place,
    `OSError` where the folder takes nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (re.sub(r"[^A-Za-z0-9_.-]+", "-", of)[-_LONGEST:].strip("-") + ".bundle")
    Output(path, told_by, "a bundle", is_image, instead="move it away", mode=0o600).write(bundle)
    return path
