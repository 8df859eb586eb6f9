"""`smartcal store keys`: the API keys that a store file keeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartcal_api.clock import format_rfc3339

if TYPE_CHECKING:
    from smartcal_api.sandbox import Sandbox

_STORE = click.argument("store", type=click.Path(path_type=Path), metavar="PATH.db")


@click.group()
def keys() -> None:
    """List, add and revoke the API keys of a store file.

    The keys that `smartcal serve` prints at start live only as long as it runs;
    those added here stay in the file, as SHA-256 alone.
    """


@keys.command("list")
@_STORE
def list_keys(store: Path) -> None:
    """List the keys: fingerprint, scopes, account, label, when made."""
    with opened(store) as (sandbox, _):
        for key in sandbox.keys.records():
            state = "revoked" if key.revoked else "active"
            made = format_rfc3339(key.created_at or 0)
            scopes = f"{','.join(key.scopes):<24}"
            cells = (key.fingerprint, f"{state:<7}", scopes, f"account {key.owner}", made, key.label)
            click.echo("  ".join(cells).rstrip())


@keys.command("add")
@_STORE
@click.option("--scopes", required=True, metavar="SCOPE[,SCOPE]", help="What the key may do.")
@click.option("--label", default="", help="A note to find it again by.")
@click.option("--other", is_flag=True, help="For the second account.")
def add_key(store: Path, scopes: str, label: str, other: bool) -> None:
    """Add a random key and print it; it can't be shown again."""
    with opened(store) as (sandbox, known):
        granted = tuple(scope for scope in scopes.split(",") if scope)
        unknown = [scope for scope in granted if scope not in known]
        if unknown or not granted:
            raise click.UsageError(
                f"--scopes: the contract has {', '.join(known)}, not {', '.join(unknown) or 'none'}."
            )
        click.echo(sandbox.keys.mint(granted, owner=2 if other else 1, label=label))


@keys.command("revoke")
@_STORE
@click.argument("fingerprint")
def revoke_key(store: Path, fingerprint: str) -> None:
    """Revoke the key of a fingerprint, as the list shows it."""
    with opened(store) as (sandbox, _):
        found = sandbox.keys
        matching = [key for key in found.records() if key.fingerprint.startswith(fingerprint) and not key.revoked]
        if len(matching) != 1:
            raise click.UsageError(f"{len(matching)} active keys have a fingerprint that begins with {fingerprint!r}.")
        found.revoke(matching[0].fingerprint)
        click.echo(f"revoked {matching[0].fingerprint}")


@contextmanager
def opened(path: Path) -> "Iterator[tuple[Sandbox, tuple[str, ...]]]":
    """The sandbox of a store file, and the scopes that there are."""
    from smartcal_api.clock import Clock
    from smartcal_api.contract import Contract
    from smartcal_api.errors import UsageError
    from smartcal_api.sandbox import Sandbox
    from smartcal_api.store import open_store

    if not path.exists():
        raise UsageError(f"{path}: there is no such store; `smartcal store seed {path}` makes one.")
    contract = Contract.read()
    store = open_store(contract, path)
    try:
        yield Sandbox("default", contract, store, Clock()), contract.scopes
    finally:
        store.close()
