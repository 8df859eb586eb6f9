"""`smartcal key`: the API keys of a running server."""

from typing import Any

import click

from smartcal_api.cli.door import Door, door, door_options


@click.group()
@door_options
def key(**_: Any) -> None:
    """Make, list and revoke API keys of a running server.

    They live as long as its sandbox; for those of a store file there is
    `smartcal store keys`.
    """


@key.command()
@click.option("--scopes", required=True, metavar="SCOPE[,SCOPE]", help="What the key may do.")
@click.option("--label", metavar="TEXT", help="A note to find it again by.")
@click.option("--expires-at", metavar="TIME", help="When it ends: RFC 3339, or such as now+1h.")
@click.option("--other", is_flag=True, help="For the second account.")
@door
def create(to: Door, scopes: str, label: str | None, expires_at: str | None, other: bool) -> None:
    """Make a key and print it; it can't be shown again."""
    wanted = {
        "scopes": scopes.split(","),
        "label": label,
        "expires_at": expires_at,
        "owner": "other" if other else None,
    }
    made = to.sandbox.post("/keys", {name: value for name, value in wanted.items() if value is not None})
    to.tell(made, made["key"])


@key.command("list")
@door
def listed(to: Door) -> None:
    """List the keys: fingerprint, state, scopes, label."""
    found = to.sandbox.get("/keys")
    to.tell(found, "\n".join(map(_line, found["data"])) or "no keys")


@key.command()
@click.argument("fingerprint")
@door
def revoke(to: Door, fingerprint: str) -> None:
    """Revoke the key of a fingerprint, as the list shows it."""
    answer = to.sandbox.remove(f"/keys/{fingerprint}")
    to.tell(answer, f"revoked {fingerprint}")


def _line(each: dict[str, Any]) -> str:
    state, scopes = f"{each['state']:<7}", f"{','.join(each['scopes']):<24}"
    ends = f"until {each['expires_at']}" if each["expires_at"] else ""
    return "  ".join((each["fingerprint"], state, scopes, each["owner"], each["label"], ends)).rstrip()
