"""`smartcal deliveries misbehave`: let the next webhook deliveries go wrong."""

from typing import Any

import click

from smartcal_api.cli.door import Door, door
from smartcal_api.errors import UsageError


@click.command()
@click.argument("kind", required=False, metavar="[KIND]")
@click.option("--count", type=click.IntRange(1), metavar="N", help="How many deliveries; default: the next one.")
@click.option("--event-type", metavar="TYPE", help="Only of this type.")
@click.option("--webhook", metavar="ID", help="Only to this subscription.")
@click.option("--by", metavar="DURATION", help="How late a late one is, such as 10m.")
@click.option("--clear", is_flag=True, help="Forget those that have befallen nothing yet.")
@door
def misbehave(to: Door, kind: str | None, clear: bool, **members: Any) -> None:
    """Let the next deliveries go wrong.

    KIND is duplicate, out_of_order, late, dropped, wrong_signature, old_secret or
    wrong_content. Without it: list what is to come.
    """
    given = {name: value for name, value in members.items() if value is not None}
    if clear and (kind or given):
        raise UsageError("--clear takes back all of them; leave the rest out.")
    if given and kind is None:
        raise UsageError(f"--{next(iter(given)).replace('_', '-')} needs the kind of misbehaviour that it is for.")
    if clear:
        to.sandbox.remove("/misbehaviours")
    answer = to.sandbox.post("/misbehaviours", {"kind": kind, **given}) if kind else to.sandbox.get("/misbehaviours")
    lines = [_line(each) for each in answer["data"]] or ["nothing is to go wrong"]
    to.tell(answer, "\n".join(lines))


def _line(planned: dict[str, Any]) -> str:
    late = f" by {planned['by']:g} s" if planned["by"] else ""
    which = f" of {planned['event_type']}" if planned["event_type"] else ""
    where = f" to {planned['webhook']}" if planned["webhook"] else ""
    return f"{planned['kind']}{late}: the next {planned['count']}{which}{where}"
