"""`smartcal completion`."""

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what a shell needs to complete this command: eval "$(smartcal completion bash)"."""
    found = get_completion_class(shell)
    assert found is not None  # one for each of the choices
    click.echo(found(ctx.find_root().command, {}, "smartcal", "_SMARTCAL_COMPLETE").source())
