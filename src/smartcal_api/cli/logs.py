"""`smartcal logs`."""

import json
from typing import Any

import click

from smartcal_api.cli.door import Door, door

_WAIT_SECONDS = 20


@click.command()
@click.option("--follow", "-f", is_flag=True, help="Go on with what comes; Ctrl-C ends it.")
@click.option("--limit", "-n", default=50, show_default=True, metavar="N", help="How many of the last.")
@click.option("--operation", metavar="ID", help="Only this operation.")
@click.option("--status", metavar="CODE", help="Only this status, or a class such as 4xx.")
@door
def logs(to: Door, follow: bool, limit: int, operation: str | None, status: str | None) -> None:
    """What was asked and answered, the latest last, with the clause of each refusal."""
    from smartcal_api.remote import Refused

    filters = {name: value for name, value in (("operation", operation), ("status", status)) if value is not None}
    entries = to.sandbox.journal(limit=limit, **filters)
    last = 0
    for entry in entries:
        last = max(last, entry["serial"])
        _print(to, entry)
    if not entries and not follow:
        click.echo("nothing was asked yet, or nothing that fits" if filters else "nothing was asked yet", err=True)
    while follow:
        wanted = {**filters, "since": last + 1, "timeout_seconds": _WAIT_SECONDS}
        try:
            entry = to.sandbox.post("/journal/wait", wanted, patience=_WAIT_SECONDS)
        except Refused as refused:
            if refused.code != "timed_out":
                raise
            continue
        last = entry["serial"]
        _print(to, entry)


def line(entry: dict[str, Any]) -> str:
    """One exchange in a line, and the clause that refused it in a second one."""
    took = f"{entry['duration_ms']:.1f} ms"
    text = f"{entry['time']} {entry['method']:<6} {entry['path']} {entry['status'] or '-'} {took}"
    clause = entry["clause"]
    return text + (f"\n  {clause['code']}: {clause['detail']}\n  {clause['pointer']}" if clause else "")


def _print(to: Door, entry: dict[str, Any]) -> None:
    click.echo(json.dumps(entry, ensure_ascii=False) if to.as_json else line(entry))
