"""Writes docs/laws.md anew (`make laws`): what a law that can be run asks is said in code, all else on the page."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from smartcal_api.conformance.law import Law
from smartcal_api.conformance.laws import ALL
from smartcal_api.conformance.recorded import SIDES
from tests.house.source import ROOT

PAGE = ROOT / "docs" / "laws.md"
ROW = re.compile(r"^\| ([A-Z]+ \d+) \|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|$", re.MULTILINE)


class Row(NamedTuple):
    """A line of a family's table."""

    id: str
    text: str
    needs: str
    held_by: str

    def __str__(self) -> str:
        return f"| {' | '.join(self)} |"


def rows(page: str) -> Iterator[Row]:
    return map(_read, ROW.finditer(page))


def runnable() -> dict[str, Row]:
    """The rows of those that `smartcal verify` judges a deployment by."""
    found = {law.id: _row(law, "`smartcal verify`") for law in ALL}
    return found | {law.id: _row(law, "`smartcal proxy`, `smartcal verify --har`") for law in SIDES}


def renewed(page: str) -> str:
    """The page with the rows of those as they are in code; what it says beside a title stays. Of a new law the page has
    to have the id alone: `| NEW_ID | | | |`."""
    known = runnable()

    def line(found: re.Match[str]) -> str:
        row = _read(found)
        coded = known.get(row.id)
        if coded is None:
            return str(row)
        return str(coded._replace(text=row.text) if row.text.startswith(coded.text) else coded)

    return ROW.sub(line, page)


def _read(found: re.Match[str]) -> Row:
    return Row(*(cell.strip() for cell in found.groups()))


def _row(law: Law, held_by: str) -> Row:
    return Row(law.id, law.title, "; ".join(each.value for each in law.needs), held_by)


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
