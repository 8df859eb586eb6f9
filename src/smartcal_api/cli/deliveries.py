"""`smartcal deliveries`: what was delivered, what is to be, and why it was not."""

import difflib
import json
from typing import Any

import click

from smartcal_api.cli.door import Door, door, door_options
from smartcal_api.cli.misbehave import misbehave
from smartcal_api.cli.redeliver import line, redeliver

_LIST = "list"


class _Deliveries(click.Group):
    """Alone it lists, and before an id it shows: as if `list` stood there."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        meant = args[0] in self.commands or difflib.get_close_matches(args[0], self.commands, 1, 0.8)
        return super().resolve_command(ctx, args if meant else [_LIST, *args])


@click.group(cls=_Deliveries, invoke_without_command=True, context_settings={"ignore_unknown_options": True})
@door_options
@click.pass_context
def deliveries(ctx: click.Context, /, **_: Any) -> None:
    """Webhooks sent: list them, send one again, let the next ones go wrong.

    Alone it lists, as `smartcal deliveries list` does; before an ID it shows.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(listed)


@deliveries.command(_LIST)
@click.argument("identifier", required=False, metavar="[ID]")
@click.option("--state", metavar="STATE", help="Only pending, leased, delivered, failed, cancelled or held ones.")
@click.option("--event-type", metavar="TYPE", help="Only of this type.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many at most.")
@door
def listed(to: Door, identifier: str | None, state: str | None, event_type: str | None, limit: int) -> None:
    """List webhooks sent, the newest first, or show one.

    With ID it shows that one with its attempts and its body.
    """
    if identifier is not None:
        found = to.sandbox.get(f"/deliveries/{identifier}")
        lines = [
            line(found),
            *(_attempt(each) for each in found["attempt_log"]),
            json.dumps(found["body"], indent=2),
        ]
    else:
        found = to.sandbox.get("/deliveries", state=state, event_type=event_type, limit=limit)
        lines = [line(each) for each in found["data"]] or ["no deliveries"]
    to.tell(found, "\n".join(lines))


for _each in (redeliver, misbehave):
    deliveries.add_command(_each)


def _attempt(attempt: dict[str, Any]) -> str:
    outcome = attempt["status"] if attempt["status"] is not None else f"{attempt['error']}: {attempt['detail']}"
    spoilt = f", {attempt['misbehaviour']}" if attempt["misbehaviour"] else ""
    following = f", next {attempt['next_at']}" if attempt["next_at"] else ""
    return f"  {attempt['number']}  {attempt['at']}  {attempt['cause']}{spoilt}: {outcome}{following}"
