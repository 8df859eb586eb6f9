"""`smartcal logs`."""

import json
from typing import Any

import click

from smartcal_api.cli.door import Door, door

_ENDS = {"stopping": "the server stops", "behind": "what came was not read in time; follow again to go on"}


@click.command()
@click.option("--follow", "-f", is_flag=True, help="Go on with what comes; Ctrl-C ends it.")
@click.option("--limit", "-n", default=50, show_default=True, metavar="N", help="How many of the last.")
@click.option("--operation", metavar="ID", help="Only this operation.")
@click.option("--status", metavar="CODE", help="Only this status, or a class such as 4xx.")
@door
def logs(to: Door, follow: bool, limit: int, operation: str | None, status: str | None) -> None:
    """What was asked and answered, the latest last, with the clause of each refusal."""
    filters = {name: value for name, value in (("operation", operation), ("status", status)) if value is not None}
    entries = to.sandbox.journal(limit=limit, **filters)
    last = 0
    for entry in entries:
        last = max(last, entry["serial"])
        _print(to, entry)
    if not entries and not follow:
        click.echo("nothing was asked yet, or nothing that fits" if filters else "nothing was asked yet", err=True)
    if follow:
        _follow(to, last, operation, status)


def _follow(to: Door, last: int, operation: str | None, status: str | None) -> None:
    told = to.sandbox.control.stream("/stream", sandbox=to.sandbox.name, since=last + 1)
    for event in told:
        if event.name == "missed":
            click.echo(f"{event.data['count']} requests went by too fast to be told of", err=True)
        elif event.name == "end":
            click.echo(_ENDS.get(event.data["reason"], "it ended"), err=True)
        elif event.name == "request" and _fits(event.data, operation, status):
            _print(to, to.sandbox.get(f"/journal/{event.data['serial']}") if to.as_json else event.data)


def _fits(entry: dict[str, Any], operation: str | None, status: str | None) -> bool:
    answered, wanted = str(entry["status"] or "none"), (status or "").lower()
    as_wanted = not wanted or answered == wanted or (wanted.endswith("xx") and answered[0] == wanted[0])
    return as_wanted and operation in (None, entry["operation"])


def line(entry: dict[str, Any]) -> str:
    """One exchange in a line, and the clause that refused it in a second one."""
    took = f"{entry['duration_ms']:.1f} ms"
    text = f"{entry['time']} {entry['method']:<6} {entry['path']} {entry['status'] or '-'} {took}"
    clause = entry["clause"]
    return text + (f"\n  {clause['code']}: {clause['detail']}\n  {clause['pointer']}" if clause else "")


def _print(to: Door, entry: dict[str, Any]) -> None:
    click.echo(json.dumps(entry, ensure_ascii=False) if to.as_json else line(entry))
