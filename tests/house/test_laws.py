"""Every law that is cited has its row in docs/laws.md, and every row is of a law that is cited and held."""

import re
from collections.abc import Iterator
from pathlib import Path

from smartcal_api.cli.laws import read_laws
from tests.house.laws_page import PAGE, renewed, rows, runnable
from tests.house.source import ROOT

FOLDERS = ("src", "tests", "docs", "bench", "contract-tests", "browser-tests", "load-tests", "fixtures")
PAGES = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "openapi.yaml")
SUFFIXES = {".py", ".md", ".yaml", ".mjs", ".js", ".ts"}
# "law DELV 3", "laws DELV 4 to 6", "Laws SBX 1, 3 and 4".
NUMBERS = r"\d+(?:(?:, | and | to )\d+)*"
SAID = re.compile(rf"\b[Ll]aws? ([A-Z]{{2,}}) ({NUMBERS})\b")
NAMED = re.compile(r"\bdef test_([a-z]+)_(\d+)_")


def stated() -> list[str]:
    return [row.id for row in rows(PAGE.read_text(encoding="utf-8"))]


def cited(text: str, families: set[str]) -> Iterator[str]:
    """The laws that a text names: of a known family anywhere, of any other where it is called a law."""
    for family, numbers in [*SAID.findall(text), *re.findall(rf"\b({'|'.join(families)}) ({NUMBERS})\b", text)]:
        found = [int(number) for number in re.findall(r"\d+", numbers)]
        if " to " in numbers:
            found = [*range(found[0], found[-1] + 1)]
        yield from (f"{family} {number}" for number in found)
    yield from (f"{family.upper()} {number}" for family, number in NAMED.findall(text) if family.upper() in families)


def citations() -> dict[str, set[str]]:
    """Law → the files that cite it."""
    families = {each.split()[0] for each in stated()}
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES]
    found: dict[str, set[str]] = {}
    for path in [*files, *(ROOT / page for page in PAGES)]:
        if path not in (PAGE, Path(__file__)) and "node_modules" not in path.parts:
            for law in cited(path.read_text(encoding="utf-8"), families):
                found.setdefault(law, set()).add(path.relative_to(ROOT).as_posix())
    return found


def test_each_law_that_is_cited_stands_on_the_page_and_each_on_the_page_is_cited() -> None:
    known, found = set(stated()), citations()
    assert {law: sorted(files) for law, files in found.items() if law not in known} == {}, "give each a row"
    assert sorted(known - found.keys()) == [], "nobody cites these"
    assert len(stated()) == len(known)


def test_each_law_is_held_by_a_command_or_by_tests_that_name_it() -> None:
    found = citations()
    for row in rows(PAGE.read_text(encoding="utf-8")):
        places = re.findall(r"`([^`]+)`", row.held_by)
        assert places, row.id
        if row.id not in runnable():
            assert [place for place in places if place not in found[row.id]] == [], row.id


def test_the_page_says_of_a_law_that_can_be_run_what_its_code_says() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == renewed(text), "`make laws` fills in what has changed"
    assert sorted(runnable().keys() - stated()) == [], (
        "give each a row such as `| ERR 8 | | | |`, which `make laws` fills in"
    )
    assert [each.id for each in read_laws(text)] == stated()


def test_citations_are_found_in_all_the_ways_in_which_they_are_written() -> None:
    ways = "laws SBX 1, 3 and 4; (law NEW 7) SBX 6. Laws SBX 9 to 11\ndef test_sbx_12_x(): def test_new_1_x(): XML 1"
    assert {*cited(ways, {"SBX"})} == {*(f"SBX {number}" for number in (1, 3, 4, 6, 9, 10, 11, 12)), "NEW 7"}
