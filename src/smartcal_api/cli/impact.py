"""`smartcal impact`."""

import os
from pathlib import Path

import click

from smartcal_api.cli.acceptance import accepted_option, read_acceptance
from smartcal_api.cli.judging import judging_extra
from smartcal_api.cli.traffic import traffic_options
from smartcal_api.errors import UsageError


@click.command()
@click.argument("traffic", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="TRAFFIC...")
@click.option("--spec", default="openapi.yaml", show_default=True, metavar="NEW", help="The candidate.")
@click.option("--old", metavar="OLD", help="What was served; default: what NEW will be merged into, in a repository.")
@traffic_options
@click.option(
    "--format",
    "kind",
    type=click.Choice(["text", "json", "github", "sarif"]),
    help="How to tell it; default: text, and github in GitHub Actions.",
)
@click.option("--json", "kind", flag_value="json", help="Short for --format json.")
@click.option(
    "--fail-on", type=click.Choice(["breaking", "none"]), default="breaking", show_default=True, help="What exits 1."
)
@accepted_option
def impact(
    traffic: tuple[Path, ...],
    spec: str,
    old: str | None,
    caller: str | None,
    callers: Path | None,
    field: tuple[str, ...],
    kind: str | None,
    fail_on: str,
    accepted: Path | None,
) -> int:
    """Say which recorded calls a candidate contract would refuse, and whose.

    TRAFFIC are HTTP archives, journals (`smartcal logs --json`) and access
    logs (combined format, or JSON lines). NEW and OLD are files, URLs or
    revisions (git:REF or git:REF:PATH).

    Exit code: 0 fine, 1 a call would be refused or an answer no longer sent,
    2 nothing to read or a wrong flag.
    """
    from smartcal_api.changes.inputs import read_base, read_input
    from smartcal_api.contract import Contract
    from smartcal_api.traffic.callers import read_callers
    from smartcal_api.traffic.traffic import named_fields, read_traffic

    with judging_extra("impact"):
        from smartcal_api.impact.impact import impact
        from smartcal_api.impact.report import REPORTS, RULES, Told

    candidate = read_input(spec, "openapi.yaml")
    known = read_callers(caller, callers, candidate.document.data)
    recorded = read_traffic(traffic, known, named_fields(field))
    current = read_input(old, "openapi.yaml") if old is not None else None
    if current is None and not spec.startswith(("git:", "http:", "https:")):
        try:
            current = read_base(spec)
        except UsageError:
            click.echo(
                "nothing is known of what was served; --old says it, and what it refused is left out then", err=True
            )
    acceptance = read_acceptance(accepted, "impact", RULES)
    served = Contract(current.document, draft=True) if current is not None else None
    hits = impact(recorded, Contract(candidate.document, draft=True), served)
    for hit in hits:
        rule = hit.kind.replace(" ", "-")
        hit.accepted = acceptance.reason(hit.fingerprint, rule, (hit.operation,), (hit.clause,))
    told = Told(hits, recorded, candidate.document.path, candidate.name, current.name if current else None)
    if kind is None:
        kind = "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"
    click.echo(REPORTS[kind](told), nl=False)
    if kind == "github":
        click.echo(f"{told.heading()}: {told.counts()}", err=True)
    acceptance.tell(spec, {hit.fingerprint: f"{hit.kind}: {hit.operation}" for hit in told.counted})
    return int(bool(told.counted) and fail_on == "breaking")
