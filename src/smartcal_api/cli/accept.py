"""`smartcal accept`."""

from datetime import UTC, date, datetime
from pathlib import Path

import click

from smartcal_api.accepted import FILE, Entry, accepted_text, read_accepted
from smartcal_api.errors import UsageError, hint
from smartcal_api.last_run import found, idle
from smartcal_api.output import Output, head

_MEMBERS = ("reason", "owner", "expires")


@click.command()
@click.argument("fingerprints", nargs=-1, metavar="FINGERPRINT...")
@click.option("--all", "every", is_flag=True, help="All that the last runs in this folder found.")
@click.option("--rule", metavar="RULE", help="All that a rule or law finds, or of --operation or --pointer alone.")
@click.option("--operation", metavar="NAME", help="Of this operation.")
@click.option("--pointer", metavar="POINTER", help="At or below this JSON pointer of the document.")
@click.option("--reason", metavar="TEXT", help="Why it is accepted.")
@click.option("--owner", metavar="NAME", help="Who answers for it.")
@click.option("--expires", metavar="DATE", help="Until when, such as 2027-01-31.")
@click.option("--prune", is_flag=True, help="Take out what the last runs found nothing for.")
@click.option("--file", type=click.Path(path_type=Path), default=FILE, show_default=True, metavar="FILE", help="Where.")
def accept(
    fingerprints: tuple[str, ...],
    every: bool,
    rule: str | None,
    operation: str | None,
    pointer: str | None,
    reason: str | None,
    owner: str | None,
    expires: str | None,
    prune: bool,
    file: Path,
) -> None:
    """Accept what `lint`, `diff` or `verify` found, for a reason and a time.

    Fingerprints stand in every report. All is written to accepted.toml, which
    those commands read; what stands there already is kept.
    """
    entries = read_accepted(file, flag="--file") if file.exists() else []
    before = list(entries)
    if prune:
        gone = idle()
        entries = [each for each in entries if each.subject not in gone]
    subjects = _subjects(fingerprints, every=every, rule=rule, operation=operation, pointer=pointer)
    if subjects:
        stated = {"reason": reason, "owner": owner, "expires": expires}
        missing = [name for name in _MEMBERS if not stated[name]]
        if missing or reason is None or owner is None or expires is None:
            raise UsageError(f"--{missing[0]} is missing: what is accepted has {', '.join(_MEMBERS)}.")
        until = _date(expires)
        added = [Entry(reason, owner, until, **each) for each in subjects]
        named = {each.subject for each in added}
        entries = [each for each in entries if each.subject not in named] + added
    elif not prune:
        raise UsageError("name a fingerprint, --rule or --all; `smartcal lint` and `smartcal diff` show fingerprints.")
    if entries == before:
        click.echo(f"{file} stays as it is", err=True)
        return
    Output(file, "--file", "a list of what is accepted", _is_ours).write(accepted_text(entries).encode())
    removed = len([each for each in before if each.subject not in {new.subject for new in entries}])
    said = [f"{len(subjects)} accepted" if subjects else "", f"{removed} taken out" if removed else ""]
    click.echo(f"{file}: {', '.join(filter(None, said))}; it has {len(entries)} in all")


def _subjects(
    fingerprints: tuple[str, ...], *, every: bool, rule: str | None, operation: str | None, pointer: str | None
) -> list[dict[str, str]]:
    known = found()
    if every and not known:
        raise UsageError("--all: nothing was found by the last runs in this folder; run lint, diff or verify first.")
    for each in fingerprints:
        if "." not in each:
            raise UsageError(f"{each!r} is not a fingerprint; {hint(each, known)}")
    named = [*fingerprints, *(each for each in known if every and each not in fingerprints)]
    subjects = [{"fingerprint": each} for each in named]
    if rule or operation:
        about = {"rule": rule, "operation": operation, "pointer": pointer}
        subjects.append({name: value for name, value in about.items() if value})
    elif pointer:
        raise UsageError("--pointer: say with --rule what is accepted there.")
    return subjects


def _date(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--expires: {text!r} is not a date; write it as 2027-01-31.") from None
    if found < datetime.now(UTC).date():
        raise UsageError(f"--expires: {text} is over; name a day that is yet to come.")
    return found


def _is_ours(path: Path) -> bool:
    """Whoever wrote it: it was read as such a list before."""
    return b"[[accepted]]" in head(path) or head(path).startswith(b"# What is accepted")
