"""`smartcal diff`."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smartcal_api.cli.acceptance import accepted_option, read_acceptance
from smartcal_api.cli.main import SETTINGS_FILE
from smartcal_api.cli.options import overlay_option
from smartcal_api.cli.traffic import traffic_options
from smartcal_api.errors import UsageError, hint
from smartcal_api.input import read_toml

if TYPE_CHECKING:
    from smartcal_api.changes.comparison import Comparison
    from smartcal_api.changes.delta import Level

_INCONCLUSIVE = 3


@click.command()
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option("--spec", default="openapi.yaml", show_default=True, metavar="FILE", help="NEW where it isn't named.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["text", "json", "markdown", "github", "sarif", "changelog"]),
    help="How to tell it; default: text, and github in GitHub Actions.",
)
@click.option("--json", "kind", flag_value="json", help="Short for --format json.")
@click.option(
    "--fail-on",
    type=click.Choice(["breaking", "unannounced", "risky", "none"]),
    default="breaking",
    show_default=True,
    help="What exits 1; unannounced: what breaks without a version that says so.",
)
@click.option("--level", "stated", multiple=True, metavar="RULE=LEVEL", help="Another level for a rule. Repeatable.")
@overlay_option(click.option)
@accepted_option
@click.option(
    "--traffic",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Recorded calls, to tell who is hit: HAR, journal, access log. Repeatable.",
)
@traffic_options
def diff(
    old: str | None,
    new: str | None,
    spec: str,
    kind: str | None,
    fail_on: str,
    stated: tuple[str, ...],
    overlay: tuple[Path, ...],
    accepted: Path | None,
    traffic: tuple[Path, ...],
    caller: str | None,
    callers: Path | None,
    field: tuple[str, ...],
) -> int:
    """Tell what a change of an OpenAPI document breaks, for whom, with a proof.

    OLD and NEW are files, URLs or revisions (git:REF or git:REF:PATH). Without
    NEW it is openapi.yaml; without OLD, what that will be merged into: the
    merge base with the branch that CI names, else with the default branch.

    Levels of rules can be set in smartcal.toml, too, as [diff.levels]; `decided`
    in [diff] is the most that a clause weighs which the contract only decided.

    Exit code: 0 fine, 1 what --fail-on names, 2 nothing to compare or a wrong
    flag, 3 with --fail-on risky where only what isn't proven is left.
    """
    from smartcal_api.changes.comparison import compare
    from smartcal_api.changes.inputs import read_base, read_input
    from smartcal_api.changes.report import REPORTS
    from smartcal_api.changes.report.told import Told
    from smartcal_api.changes.rules import RULES
    from smartcal_api.changes.side import Side
    from smartcal_api.changes.usage import Usage
    from smartcal_api.traffic.callers import read_callers
    from smartcal_api.traffic.traffic import named_fields, read_traffic

    settings = _settings(Path(SETTINGS_FILE))
    levels = _levels(settings.get("levels", {}), stated)
    acceptance = read_acceptance(accepted, "diff", RULES)
    named = new or spec
    path = named if not named.startswith(("git:", "http:", "https:")) else spec
    after = read_input(named, path, overlay)
    before = read_input(old, path, overlay) if old is not None else read_base(path, overlay)
    sides = Side(before.document, "old"), Side(after.document, "new")
    comparison = compare(
        *sides, levels=levels, decided=_decided(settings.get("decided")), today=datetime.now(UTC).date()
    )
    for change in comparison.changes:
        pointers = [each for each in (change.old_at, change.new_at) if each is not None]
        names = comparison.names((change.subject, *change.also))
        change.accepted = acceptance.reason(change.fingerprint, change.rule, names, pointers) if change.matters else ""
    told = Told(comparison, before.name, after.name)
    if traffic:
        recorded = read_traffic(traffic, read_callers(caller, callers, before.document.data), named_fields(field))
        usage = Usage(comparison, recorded)
        told.uses.update({each.fingerprint: usage.of(each) for each in comparison.counted if each.matters})
    if kind is None:
        kind = "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"
    click.echo(REPORTS[kind](told), nl=False)
    if kind == "github":
        click.echo(f"{told.heading()}: {told.counts()}", err=True)
    found = {each.fingerprint: f"{each.rule} {told.where(each)}" for each in comparison.counted if each.matters}
    acceptance.tell(path, found)
    return _code(comparison, fail_on)


def _code(comparison: "Comparison", fail_on: str) -> int:
    from smartcal_api.changes.delta import Level

    breaking, risky = comparison.of(Level.BREAKING), comparison.of(Level.RISKY)
    if fail_on == "unannounced":
        return int(bool(breaking) and not comparison.announced)
    if fail_on == "risky":
        unproven = comparison.unproven
        if breaking or any(change not in unproven for change in risky):
            return 1
        return _INCONCLUSIVE if risky else 0
    return int(bool(breaking) and fail_on == "breaking")


def _settings(path: Path) -> Mapping[str, Any]:
    """The table [diff] of `smartcal.toml`, which the command before this one has read as TOML."""
    if not path.exists():
        return {}
    table = read_toml(path).get("diff", {})
    for name in table:
        if name not in ("levels", "decided"):
            raise UsageError(f"{path}: [diff] has no setting {name!r}; it has `decided` and the table [diff.levels].")
    stated: Mapping[str, Any] = table
    return stated


def _decided(stated: Any) -> "Level":
    from smartcal_api.changes.delta import Level

    known = {level.value: level for level in Level}
    if stated is not None and stated not in known:
        raise UsageError(f"smartcal.toml: [diff] decided takes {', '.join(known)}, not {stated!r}.")
    return known[stated or "breaking"]


def _levels(table: Mapping[str, Any], stated: tuple[str, ...]) -> dict[str, "Level"]:
    from smartcal_api.changes.delta import Level
    from smartcal_api.changes.rules import RULES

    known = {level.value: level for level in Level}
    found = {}
    flags = [each.partition("=") for each in stated]
    wanted = [("smartcal.toml: [diff.levels]", *each) for each in table.items()]
    for place, rule, level in [*wanted, *(("--level", name, value) for name, _, value in flags)]:
        if rule not in RULES:
            raise UsageError(f"{place}: there is no rule {rule!r}; {hint(rule, RULES)}")
        if level not in known:
            raise UsageError(f"{place}: {rule} takes {', '.join(known)}, not {level!r}.")
        found[rule] = known[level]
    return found
