"""`smartcal fault`."""

from typing import Any
from urllib.parse import quote

import click

from smartcal_api.cli.door import Door, door, door_options, fields


@click.group()
@door_options
def fault(**_: Any) -> None:
    """Have answers go wrong on demand: add, list and clear faults."""


@fault.command()
@click.argument("kind")
@click.argument("members", nargs=-1, metavar="[FIELD=VALUE]...")
@door
def add(to: Door, kind: str, members: tuple[str, ...]) -> None:
    """Let answers go wrong from now on: which, how, and how often.

    KIND is latency, drop, truncate, missing_header, wrong_header, malformed_json
    or status; docs/integrate.md shows the fields of each.
    """
    answer: dict[str, Any] = to.sandbox.post("/faults", {"kind": kind, **fields(members)})
    to.tell(answer, _line(answer))


@fault.command("list")
@door
def listed(to: Door) -> None:
    """List the faults that are armed."""
    answer: dict[str, Any] = to.sandbox.get("/faults")
    to.tell(answer, "\n".join(map(_line, answer["data"])) or "no fault is armed")


@fault.command()
@click.argument("identifier", required=False, metavar="[ID]")
@door
def clear(to: Door, identifier: str | None) -> None:
    """Disarm a fault, or all of them."""
    to.sandbox.remove(f"/faults/{quote(identifier, safe='')}" if identifier else "/faults")
    to.tell({"cleared": identifier}, f"cleared {identifier or 'all faults'}")


def _line(each: dict[str, Any]) -> str:
    rest = " ".join(
        f"{name}={value}" for name, value in each.items() if name not in ("id", "kind") and value is not None
    )
    return f"{each['id']}  {each['kind']}  {rest}"
