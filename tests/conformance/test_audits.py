"""Every line of the product document has a law that asks it, and every half of a law's sentence what breaks it."""

from pathlib import Path

from smartcal_api.conformance.laws import ALL
from smartcal_api.defects import DEFECTS
from tests.conformance.audits import HALVES, PRODUCT, UNASKED, UNPLANTED
from tests.conformance.delivery_spoils import SPOILT
from tests.conformance.oauth_defects import INSIDE
from tests.conformance.oauth_spoils import ON_THE_WIRE
from tests.conformance.test_laws import SPOILED
from tests.foreign.bugs import BUGS

SECTIONS = (Path(__file__).parents[1] / "contract/product_sections.txt").read_text(encoding="utf-8").splitlines()
TITLES = {each.id: each.title for each in ALL}


def test_every_section_of_the_product_document_is_asked() -> None:
    assert {section for section, _, _ in PRODUCT} | {*UNASKED} == {*SECTIONS}
    assert {law for _, _, laws in PRODUCT for law in laws.split(", ")} - {*TITLES} == set()


def test_what_the_product_document_says_is_broken_by_something_that_a_plain_verdict_counts() -> None:
    counted = {each.law for each in DEFECTS if not each.decided} | {law for bug in BUGS for law in bug.laws}
    uncounted = [
        (section, said)
        for section, said, laws in PRODUCT
        if counted.isdisjoint({*laws.split(", "), *(law.split()[0] for law in laws.split(", "))})
    ]
    assert uncounted == []


def test_every_half_of_a_law_is_broken_by_something_planted() -> None:
    assert {law: " ".join(half for half, _ in halves) for law, halves in HALVES.items()} == TITLES
    planted = {(each.law, each.name) for each in DEFECTS}
    planted |= {(law, each.__name__) for table in (SPOILED, ON_THE_WIRE, INSIDE, SPOILT) for law, each in table}
    planted |= {(law, bug.name) for bug in BUGS for law in bug.laws}
    named = [(law, name) for law, halves in HALVES.items() for _, name in halves if name]
    assert [each for each in named if each not in planted and (each[0].split()[0], each[1]) not in planted] == []
    assert {law for law, halves in HALVES.items() if not all(name for _, name in halves)} == {*UNPLANTED}
    assert len({name for _, name in named}) == len(named), "one that breaks two halves breaks neither alone"
