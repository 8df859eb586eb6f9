"""The space of all edits, from the contract's tables: each is told, or there is a reason why not."""

from random import Random

import pytest

from smartcal_api.changes.comparison import compare
from smartcal_api.errors import ContractError
from tests.changes.cells import ELSEWHERE, WAIVED, Cell, cells, elsewhere, members
from tests.changes.full import full
from tests.changes.small import TODAY, side

SOME = 25
# Where a member says what holds without it, to say it or not is no change.
SILENT = {
    "schema.writeOnly": {"removed", "added"},
    "parameter.required": {"removed", "added"},
    "header.style": {"removed", "added"},
    "parameter.style delivery": {"removed", "added"},
    "x-webhook-signature": {"removed", "added"},
    "discriminator.defaultMapping": {"changed"},
    "webhook.post": {"shortened"},
    "webhook.put": {"shortened"},
    "response.content reply": {"shortened"},
    "operation.requestBody": {"shortened"},
}


def test_every_member_of_the_tables_is_edited_here_or_is_held_elsewhere() -> None:
    found = cells(full())
    here = {(cell.kind, cell.member) for cell in found}
    assert [pair for pair in members() if pair not in here and not elsewhere(*pair)] == []
    named = {name for cell in found for name in (cell.name, f"{cell.kind}.{cell.member}")}
    assert [each for each in WAIVED if each not in named] == []
    kinds = [kind for kind, _ in members()]
    assert [each for each in ELSEWHERE if not any(k.startswith(each.partition(".")[0]) for k in kinds)] == []


def test_every_edit_is_told_or_has_a_reason_not_to_be(request: pytest.FixtureRequest) -> None:
    """A sample of the cells; all of them with `--mutations`."""
    data = full()
    found = cells(data)
    chosen = found if request.config.getoption("--mutations") else Random(5).sample(found, SOME)
    told, untold = [], []
    for cell in chosen:
        for name, old, new in cell.edits(data):
            try:
                changes = compare(side(old, "old"), side(new, "new"), today=TODAY).changes
            except ContractError:
                continue
            if cell.waived is not None and changes:
                told.append((cell.name, name, [change.rule for change in changes]))
            if cell.waived is None and not changes and name not in silent(cell):
                untold.append((cell.name, name, cell.at))
    assert untold == []
    assert told == []


def silent(cell: Cell) -> set[str]:
    places = (cell.kind, f"{cell.kind}.{cell.member}", cell.name)
    return set().union(*(SILENT.get(each, set()) for each in places))
