"""`smartcal laws`: what a law asks, from the page on them that is in the wheel."""

import difflib
import json
import re
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import click

from smartcal_api.cli.options import format_option
from smartcal_api.errors import UsageError

_ROW = re.compile(r"^\| ([A-Z]+ \d+) \|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|$", re.MULTILINE)
_ASKED = re.compile(r"([A-Z]+) ?(\d*)")
_VERIFIED = "smartcal verify"
# What its page says of nearly all laws, once for all of them.
_KEYS = "keys for the operations that it asks (--key SCOPES=VALUE)"
_WITHOUT_KEYS = "OAUTH"


class StatedLaw(NamedTuple):
    """A row of the page."""

    id: str
    text: str
    needs: tuple[str, ...]
    held_by: tuple[str, ...]

    @property
    def family(self) -> str:
        return self.id.split()[0]


@click.command()
@click.argument("law", nargs=-1, metavar="[LAW|FAMILY]")
@format_option("text", "json")
def laws(law: tuple[str, ...], shape: str) -> None:
    """Say what a law asks, what it needs, and who holds it.

    It takes a law, or a family such as PAGE; without one it lists them all.
    """
    stated = list(read_laws(_page().read_text(encoding="utf-8")))
    found = _found(" ".join(law).upper(), stated)
    if shape == "json":
        click.echo(json.dumps([each._asdict() for each in found], indent=2, ensure_ascii=False))
    elif len(found) == 1 and law:
        click.echo("\n".join(_lines(found[0])))
    else:
        width = max(len(each.id) for each in found)
        for each in found:
            click.echo(f"{each.id:<{width}}  {each.text}")


def read_laws(page: str) -> Iterator[StatedLaw]:
    """Those of the page, in its order."""
    for row in _ROW.finditer(page):
        identifier, text, needs, held_by = (cell.strip() for cell in row.groups())
        holders = tuple(each.strip("`") for each in held_by.split(", "))
        yield StatedLaw(identifier, text, tuple(filter(None, needs.split("; "))), holders)


def _page() -> Path:
    """A file of the wheel, or of the checkout of an editable installation."""
    packaged = Path(str(resources.files("smartcal_api"))) / "laws.md"
    return packaged if packaged.exists() else Path(__file__).parents[3] / "docs" / "laws.md"


def _found(asked: str, stated: Sequence[StatedLaw]) -> list[StatedLaw]:
    """All of them, those of a family, or one; raises `UsageError`."""
    if not asked:
        return list(stated)
    parts = _ASKED.fullmatch(asked)
    family, number = parts.groups() if parts else (asked, "")
    members = [each for each in stated if each.family == family]
    if not members:
        families = list(dict.fromkeys(each.family for each in stated))
        close = difflib.get_close_matches(family, families, 1, cutoff=0.5)
        hint = f"did you mean {' '.join((close[0], number)).strip()}?" if close else f"there are {', '.join(families)}."
        raise UsageError(f"there is no law {asked!r}; {hint}")
    if not number:
        return members
    found = [each for each in members if each.id == f"{family} {int(number)}"]
    if not found:
        raise UsageError(f"there is no law {asked!r}; did you mean one of {', '.join(each.id for each in members)}?")
    return found


def _lines(law: StatedLaw) -> Iterator[str]:
    yield f"{law.id}: {law.text}"
    if _VERIFIED in law.held_by:
        yield f"  needs    {'; '.join((*(() if law.family == _WITHOUT_KEYS else (_KEYS,)), *law.needs))}"
        yield f'  held by  smartcal verify --only "{law.id}"'
    else:
        yield f"  held by  {', '.join(law.held_by)}"
