"""`smartcal version`."""

import platform

import click

from smartcal_api import __version__


@click.command()
def version() -> None:
    """Print the versions of smartcal and Python."""
    click.echo(f"smartcal {__version__} on Python {platform.python_version()}")
