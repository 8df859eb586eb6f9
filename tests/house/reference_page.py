"""Writes docs/reference.md anew (`make reference`): every flag, and every operation of the control plane."""

import sys
from collections.abc import Iterator

import click
import yaml

from smartcal_api.cli.examples import EXAMPLES
from smartcal_api.cli.main import cli
from tests.house.source import ROOT

PAGE = ROOT / "docs" / "reference.md"
METHODS = ("get", "put", "post", "patch", "delete")


def page() -> str:
    return "\n".join(["# Every flag and every operation", "", *_commands(), *_operations()])


def _commands() -> Iterator[str]:
    yield "Made from the commands and from the control plane's own document (`make reference`)."
    yield ""
    yield "## Commands"
    yield ""
    for words, command, context in every_command():
        if isinstance(command, click.Group):
            continue
        pieces = [each for each in command.collect_usage_pieces(context) if each != "[OPTIONS]"]
        yield f"### smartcal {' '.join([words, *pieces])}"
        yield ""
        yield (command.help or "").partition("\n\n")[0].replace("\n", " ")
        yield ""
        yield f"`{EXAMPLES[words]}`"
        yield ""
        yield "| flag | |"
        yield "|---|---|"
        for each in command.get_params(context):
            own = isinstance(each, click.Option) and each is not command.get_help_option(context)
            record = each.get_help_record(context) if own else None
            if record is not None:
                yield f"| `{_cell(record[0])}` | {_cell(record[1])} |"
        yield ""


def every_command() -> Iterator[tuple[str, click.Command, click.Context]]:
    """Each by its words, those below a group too."""
    yield from _below("", cli, click.Context(cli, info_name="smartcal"))


def _below(
    words: str, group: click.Group, context: click.Context
) -> Iterator[tuple[str, click.Command, click.Context]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        below = click.Context(command, parent=context, info_name=name)
        path = f"{words} {name}".strip()
        yield path, command, below
        if isinstance(command, click.Group):
            yield from _below(path, command, below)


def _operations() -> Iterator[str]:
    document = yaml.safe_load((ROOT / "src/smartcal_api/control/control.yaml").read_text(encoding="utf-8"))
    yield "## Operations of the control plane"
    yield ""
    groups: dict[str, list[str]] = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            if operation := item.get(method):
                said = _cell(f"{operation['summary']}. {operation.get('description', '')}")
                groups.setdefault(operation["tags"][0], []).append(f"| `{method.upper()} {path}` | {said} |")
    for tag, rows in groups.items():
        yield from (f"### {tag}", "", "| operation | |", "|---|---|", *rows, "")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE.relative_to(ROOT)}\n")
