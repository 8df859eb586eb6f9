"""`smartcal store seed`."""

from pathlib import Path

import click

from smartcal_api.cli.options import data_options, spec_options


@click.command()
@click.argument("path", type=click.Path(path_type=Path), metavar="PATH.db")
@data_options
@spec_options
def seed(
    path: Path,
    seed: int | None,
    events: int | None,
    bookings: int | None,
    now: str | None,
    spec: Path | None,
    overlay: tuple[Path, ...],
    draft: bool,
) -> None:
    """Fill a new store file with a data set."""
    from smartcal_api.api.unmockable import read_servable
    from smartcal_api.cli.progress import progress
    from smartcal_api.errors import UsageError
    from smartcal_api.server.rehearsal import rehearse
    from smartcal_api.server.world import open_sandbox
    from smartcal_api.settings import Settings, parse_now

    settings = Settings(
        store=path, seed=seed or 0, events=events, bookings=bookings, now=parse_now(now) if now is not None else None
    )
    contract = read_servable(spec, draft=draft, overlays=overlay)
    rehearse(contract, settings)
    with open_sandbox(contract, settings, report=progress("seeding")) as sandbox:
        counts = {name: sandbox.store.count(name) for name in sandbox.store.collections}
    if not any(counts.values()):
        raise UsageError(f"{path}: nothing was stored.")
    click.echo(f"{path}: " + ", ".join(f"{count:,} {name}" for name, count in counts.items() if count))
