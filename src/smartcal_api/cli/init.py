"""`smartcal init`."""

from pathlib import Path

import click

from smartcal_api.errors import UsageError

_BEGINNING = Path(__file__).with_name("todo.yaml")


@click.command()
@click.argument("file", type=click.Path(path_type=Path), default=Path("openapi.yaml"))
def init(file: Path) -> None:
    """Write a small contract to begin with, a list of todos, as FILE.

    It is served with its state as it is. What is there already is never
    replaced.
    """
    try:
        with file.open("xb") as written:
            written.write(_BEGINNING.read_bytes())
    except FileExistsError:
        raise UsageError(f"{file}: is there already, and is left as it is; name another file.") from None
    except OSError as error:
        raise UsageError(f"{file}: can't be written: {error.strerror or error}.") from None
    click.echo(f"{file}: a contract of a list of todos. Serve it, and edit it meanwhile:")
    click.echo(f"  smartcal serve --spec {file} --reload")
