"""docs/contract.md: its table is that of the checker."""

import re

from smartcal_api.contract.check_members import MARKS, PLACES
from tests.house.source import ROOT

ROW = re.compile(r"^\| `(x-[a-z-]+)` \| ([^|]+) \|", re.MULTILINE)


def test_the_page_has_every_member_of_our_own_and_where_it_stands() -> None:
    found = ROW.findall((ROOT / "docs/contract.md").read_text(encoding="utf-8"))
    assert dict(found) == {**PLACES, **dict.fromkeys(MARKS, "anywhere")}
    assert len(found) == len(dict(found))
