"""`smartcal snapshot`."""

from typing import Any
from urllib.parse import quote

import click

from smartcal_api.cli.door import Door, door, door_options


@click.group()
@door_options
def snapshot(**_: Any) -> None:
    """Save, list, restore, compare and delete snapshots of a sandbox."""


@snapshot.command()
@click.argument("name")
@door
def save(to: Door, name: str) -> None:
    """Keep everything in the sandbox as it is now, under a name."""
    answer = to.sandbox.post("/snapshots", {"name": name})
    to.tell(answer, f"saved {name}")


@snapshot.command()
@click.argument("name")
@door
def restore(to: Door, name: str) -> None:
    """Put everything back to how it was when the snapshot was saved."""
    answer = to.sandbox.post(f"/snapshots/{quote(name, safe='')}/restore")
    to.tell(answer, f"restored {name}")


@snapshot.command("list")
@door
def listed(to: Door) -> None:
    """List the snapshots of the sandbox."""
    answer: dict[str, Any] = to.sandbox.get("/snapshots")
    lines = [f"{each['name']:<24} {each['clock']['now']}" for each in answer["data"]]
    to.tell(answer, "\n".join(lines) or "no snapshots")


@snapshot.command()
@click.argument("before")
@click.argument("after", required=False)
@door
def diff(to: Door, before: str, after: str | None) -> None:
    """Tell what differs between two of them, or between one and now."""
    answer: dict[str, Any] = to.sandbox.get("/diff", **{"from": before, "to": after})
    lines = [
        f"{sign} {each['collection']} {each['id']}"
        for sign, kind in (("+", "added"), ("~", "changed"), ("-", "removed"))
        for each in answer[kind]
    ]
    to.tell(answer, "\n".join(lines) or "nothing differs")


@snapshot.command()
@click.argument("name")
@door
def delete(to: Door, name: str) -> None:
    """Delete a snapshot."""
    to.sandbox.remove(f"/snapshots/{quote(name, safe='')}")
    to.tell({"deleted": name}, f"deleted {name}")
