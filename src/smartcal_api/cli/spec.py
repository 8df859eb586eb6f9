"""What `--spec` takes: a file, a URL, or a revision of git, `git:REF[:PATH]`."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

_PATH = "openapi.yaml"
SPEC_HELP = "The contract: a file, a URL or git:REF[:PATH]; default: the one shipped."


class Spec(click.Path):
    """A path to it; what isn't a file is put into one that goes with the command."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Raises `UsageError` for what can't be fetched."""
        stated = str(value)
        if not stated.startswith(("git:", "http://", "https://")) or ctx is None:
            return super().convert(value, param, ctx)
        from smartcal_api.changes.inputs import read_source

        name, source = read_source(stated, _PATH)
        folder = TemporaryDirectory(prefix="smartcal-spec-")
        ctx.call_on_close(folder.cleanup)
        path = Path(folder.name) / name
        path.write_bytes(source)
        return path
