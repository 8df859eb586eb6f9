"""`smartcal store clients`: the OAuth clients that a store file keeps."""

from pathlib import Path

import click

from smartcal_api.cli.keys import opened

_STORE = click.argument("store", type=click.Path(path_type=Path), metavar="PATH.db")


@click.group()
def clients() -> None:
    """List and add the OAuth clients of a store file.

    The demo clients that `smartcal serve` prints at start live only as long as
    it runs; those added here stay in the file, secrets as SHA-256 alone.
    """


@clients.command("list")
@_STORE
def list_clients(store: Path) -> None:
    """List the clients: id, kind, scopes, redirect URIs, name."""
    with opened(store) as (sandbox, _):
        for each in sandbox.oauth.clients.registered():
            kind = "public" if each.public else "confidential"
            cells = (
                f"{each.id:<20}",
                f"{kind:<12}",
                ",".join(each.scopes or ("all",)),
                ",".join(each.redirect_uris),
                each.name,
            )
            click.echo("  ".join(cells).rstrip())


@clients.command("add")
@_STORE
@click.argument("client_id", metavar="ID")
@click.option("--redirect-uri", multiple=True, required=True, metavar="URI", help="Where answers may go. Repeatable.")
@click.option("--public", is_flag=True, help="An app that can't keep a secret; it must use PKCE.")
@click.option("--name", default="", help="What the consent page calls it; default: its id.")
@click.option("--scopes", metavar="SCOPE[,SCOPE]", help="What it may be granted; default: all.")
@click.option("--development", is_flag=True, help="Any port of http://localhost will do, too.")
def add_client(
    store: Path,
    client_id: str,
    redirect_uri: tuple[str, ...],
    public: bool,
    name: str,
    scopes: str | None,
    development: bool,
) -> None:
    """Add a client and print its secret; it can't be shown again."""
    from smartcal_api.auth.oauth import check_redirect_uri
    from smartcal_api.settings import check_client_id

    check_client_id(client_id)
    for uri in redirect_uri:
        try:
            check_redirect_uri(uri)
        except ValueError as error:
            raise click.UsageError(f"--redirect-uri: {uri!r} {error}.") from None
    with opened(store) as (sandbox, known):
        granted = None if scopes is None else tuple(scope for scope in scopes.split(",") if scope)
        unknown = [scope for scope in granted or () if scope not in known]
        if unknown or granted == ():
            raise click.UsageError(
                f"--scopes: the contract has {', '.join(known)}, not {', '.join(unknown) or 'none'}."
            )
        registry = sandbox.oauth.clients
        if registry.find(client_id) is not None:
            raise click.UsageError(f"{store}: has a client {client_id!r} already; give this one another id.")
        secret = registry.register(
            client_id, redirect_uri, public=public, name=name, scopes=granted, development=development
        )
    click.echo(f"{client_id} is public: it has no secret" if secret is None else secret)
