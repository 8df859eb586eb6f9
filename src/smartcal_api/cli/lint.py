"""`smartcal lint`."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartcal_api.cli.acceptance import accepted_option, read_acceptance
from smartcal_api.errors import ContractError, UsageError, hint

if TYPE_CHECKING:
    from smartcal_api.lint.found import Found


@click.command()
@click.argument("file", default="openapi.yaml")
@click.option(
    "--rules", "sets", multiple=True, type=click.Choice(["owasp"]), help="A further set of rules. Repeatable."
)
@click.option("--overlay", type=click.Path(path_type=Path), multiple=True, metavar="FILE", help="An overlay of it.")
@click.option("--max-warnings", type=click.IntRange(0), metavar="N", help="More of them exit 1; default: any number.")
@click.option("--since", metavar="REF", help="Only what wasn't there yet at this revision of git.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["text", "json", "sarif", "github"]),
    help="How to tell it; default: text, and github in GitHub Actions.",
)
@click.option("--json", "kind", flag_value="json", help="Short for --format json.")
@click.option("--explain", metavar="RULE", help="Say what a rule finds and why, and look at nothing.")
@accepted_option
def lint(
    file: str,
    sets: tuple[str, ...],
    overlay: tuple[Path, ...],
    max_warnings: int | None,
    since: str | None,
    kind: str | None,
    explain: str | None,
    accepted: Path | None,
) -> int:
    """Say what is wrong or odd in an OpenAPI document.

    FILE is a file, a URL or a revision (git:REF or git:REF:PATH) of any
    OpenAPI document, 3.0 to 3.2; default: openapi.yaml. Of one that is written
    for `smartcal serve`, it says as well what that would refuse or note.

    Exit code: 0 fine, 1 an error or too many warnings, 2 no document or a
    wrong flag.
    """
    from smartcal_api.lint.linter import brought
    from smartcal_api.lint.report import REPORTS, counts, explained
    from smartcal_api.lint.rules import RULES, Level

    if explain is not None:
        if explain not in RULES:
            raise UsageError(f"--explain: there is no rule {explain!r}; {hint(explain, RULES)}")
        click.echo(explained(explain), nl=False)
        return 0
    acceptance = read_acceptance(accepted, "lint", RULES)
    found = _found(file, sets, overlay)
    if since is not None:
        found = brought(found, _before(file, since, sets))
    found = [
        replace(each, accepted=acceptance.reason(each.fingerprint, each.rule, (), (each.pointer,))) for each in found
    ]
    if kind is None:
        kind = "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"
    name = file if since is None else f"{file} since {since}"
    click.echo(REPORTS[kind](found, name), nl=False)
    if kind == "github":
        click.echo(counts(found, name), err=True)
    counted = [each for each in found if not each.accepted]
    acceptance.tell(file, {each.fingerprint: f"{each.rule} {each.pointer}" for each in counted}, whole=since is None)
    warnings = sum(each.level is Level.WARNING for each in counted)
    too_many = max_warnings is not None and warnings > max_warnings
    return int(too_many or any(each.level is Level.ERROR for each in counted))


def _found(file: str, sets: tuple[str, ...], overlays: tuple[Path, ...]) -> "list[Found]":
    from smartcal_api.changes.inputs import read_input
    from smartcal_api.lint.linter import lint, unreadable

    try:
        return lint(read_input(file, "openapi.yaml", overlays=overlays).document, sets)
    except ContractError as error:
        found = unreadable(error)
        if not found:
            raise
        return found


def _before(file: str, since: str, sets: tuple[str, ...]) -> "list[Found]":
    from smartcal_api.changes.inputs import read_revision
    from smartcal_api.lint.linter import lint, unreadable

    if file.startswith(("git:", "http:", "https:")) or Path(file).is_absolute():
        raise UsageError(f"--since: {file} has no revisions here; name a file of this repository, by a relative path.")
    try:
        return lint(read_revision(since, file).document, sets)
    except ContractError as error:
        return unreadable(error)
