"""`smartcal store`: data, keys and clients that are kept in a file, without a server."""

import click

from smartcal_api.cli.clients import clients
from smartcal_api.cli.keys import keys
from smartcal_api.cli.seed import seed


@click.group()
def store() -> None:
    """Fill a store file for `smartcal serve --store`, and look after the keys and OAuth clients in it.

    For the keys of a server that is running there is `smartcal key`.
    """


for _each in (seed, keys, clients):
    store.add_command(_each)
