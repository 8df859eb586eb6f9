"""`smartcal open`."""

import tempfile
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from smartcal_api.errors import UsageError

_PAGES = "/_sandbox/"
_MOST_BYTES = 1024 * 1024 * 1024


@click.command("open")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--browser/--no-browser", default=True, show_default=True, help="Open the page, or only say where it is.")
def command(file: Path, browser: bool) -> int:
    """See a bundle of a failed test, or a recording of a browser's, in the dashboard.

    A server of its own goes on from what the bundle holds: data, clock and traffic are as they were, and requests can
    be sent again. Of an HTTP archive (HAR) it shows the traffic, beside data of its own. Ctrl-C ends it.
    """
    from smartcal_api.remote import ServerProcess
    from smartcal_api.store import is_image

    with tempfile.TemporaryDirectory(prefix="smartcal-") as folder:
        if not file.exists():
            raise UsageError(f"{file}: there is no such file.")
        bundle = file if is_image(file) else _bundle(file, Path(folder, "archive.bundle"))
        with ServerProcess.start(Path(folder), ["--bundle", str(bundle)]) as server:
            place = server.target.root_url + _PAGES
            click.echo(place)
            click.echo("Ctrl-C ends it.", err=True)
            if browser:
                webbrowser.open(place)
            try:
                return server.process.wait()
            except KeyboardInterrupt:
                return 0


def _bundle(file: Path, place: Path) -> Path:
    """A bundle whose traffic is an archive's; raises `UsageError` for a file that is none."""
    from smartcal_api.input import Unreadable, read_json
    from smartcal_api.journal.archived import documents

    contract = _contract()
    try:
        archive = read_json(file, most=_MOST_BYTES)
        found = list(documents(archive, _operations(contract), request_id=contract.policy.request_id_header))
    except Unreadable as error:
        raise UsageError(f"{file}: is neither a bundle nor an HTTP archive: {error.cause}.") from None
    except ValueError as error:
        raise UsageError(
            f"{file}: is neither a bundle nor an HTTP archive: {error}. `smartcal verify --report-dir` writes a HAR "
            "beside each verdict: open that."
        ) from None
    if not found:
        raise UsageError(f"{file}: has no exchange in it that can be read.")
    place.write_bytes(_packed(contract, found))
    return place


def _packed(contract: Any, found: Sequence[Any]) -> bytes:
    import json

    from smartcal_api.sandbox.image import Image
    from smartcal_api.sandbox.restoring import state_of
    from smartcal_api.sandbox.snapshots import JOURNAL, packed
    from smartcal_api.server.world import open_sandbox
    from smartcal_api.settings import Settings

    with open_sandbox(contract, Settings()) as sandbox:
        image = Image(sandbox.store.image(), state_of(sandbox).write())
    return packed(image, {JOURNAL: json.dumps(found)})


def _contract() -> Any:
    from smartcal_api.contract import Contract

    return Contract.read()


def _operations(contract: Any) -> Any:
    from smartcal_api.http.paths import Paths

    paths = Paths(contract.data["paths"])
    known = {(each.method, each.path): each.id for each in contract.operations.values()}

    def operation(method: str, path: str) -> str | None:
        return next((known[method, each] for each in paths.fitting(path) if (method, each) in known), None)

    return operation
