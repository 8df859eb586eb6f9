"""`smartcal contract`."""

import json
from pathlib import Path

import click

from smartcal_api.cli.options import format_option, option
from smartcal_api.cli.spec import SPEC_HELP, Spec
from smartcal_api.cli.targets import NamedTarget, running_server, target_option


@click.command()
@option("--spec", type=Spec(), metavar="FILE", help=SPEC_HELP)
@target_option(option, "A target in smartcal.toml, or the ready file of a server: the contract as that serves it.")
@option("--sandbox", default="default", show_default=True, metavar="NAME", help="Whose address the server has there.")
@format_option("yaml", "json")
def contract(spec: Path | None, target: Path | NamedTarget | None, sandbox: str, shape: str) -> None:
    """Print the contract: as it is shipped, or as a running server serves it."""
    context = click.get_current_context()
    stated = context.get_parameter_source("spec")
    if target is not None and not (stated is not None and stated.name == "COMMANDLINE"):
        from smartcal_api.remote.fetching import fetch

        root = running_server(target).root_url + ("" if sandbox == "default" else f"/~{sandbox}")
        click.echo(fetch(f"{root}/openapi.{shape}").decode(), nl=False)
        return
    from smartcal_api.contract import Document
    from smartcal_api.contract.contract import shipped

    document = Document.read(spec or shipped())
    text = document.text if shape == "yaml" else json.dumps(document.data, indent=2, ensure_ascii=False) + "\n"
    click.echo(text, nl=False)
