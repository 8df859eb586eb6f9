"""What the contract calls documented names the section of the product document that says so, and nothing else does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from smartcal_api.conformance.basis import Basis, Grounds
from smartcal_api.contract import Contract, Document
from tests.edits import drop, write

SECTIONS = (Path(__file__).parent / "product_sections.txt").read_text(encoding="utf-8").splitlines()


def nodes(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    yield at, value
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield from nodes(inner, f"{at}/{str(key).replace('~', '~0').replace('/', '~1')}")


def test_every_section_is_cited_and_nothing_is_documented_without_one(contract: Contract) -> None:
    marked = [(at, each) for at, each in nodes(contract.data) if isinstance(each, dict)]
    documented = {at: each.get("x-source") for at, each in marked if each.get("x-basis") == "documented"}
    decided = {at for at, each in marked if "x-source" in each and each.get("x-basis") != "documented"}
    roomless = [section for _, each in marked for section in each.get("x-sources", {}).values() if section]
    assert {at: section for at, section in documented.items() if section not in SECTIONS} == {}
    assert decided == set(), "a decision cites nothing"
    assert {*documented.values(), *roomless} == {*SECTIONS}
    assert contract.data["x-basis"] == "decision", "what isn't marked is nobody's promise"


def test_every_documented_clause_leads_to_its_section(contract: Contract) -> None:
    grounds = Grounds(contract.document)
    found = [grounds.of(at) for at, _ in nodes(contract.data)]
    assert {each.source in SECTIONS for each in found if each.basis is Basis.DOCUMENTED} == {True}
    assert {each.source for each in found if each.basis is not Basis.DOCUMENTED} == {""}


def test_what_the_document_is_silent_about_is_decided(contract: Contract) -> None:
    """Statuses, envelopes, names of members, defaults, codes, orders and bounds."""
    grounds = Grounds(contract.document)
    for operation in contract.operations.values():
        for status, response in operation.responses.items():
            if status != 429:
                assert grounds.of(f"{operation.pointer}/responses/{status}").basis is Basis.DECIDED
            for schema in filter(None, response.media_types.values()):
                assert grounds.of(schema).basis is Basis.DECIDED
        for parameter in operation.parameters if operation.alternatives else ():
            assert grounds.of(parameter.pointer).basis is Basis.DECIDED, parameter.name
        assert grounds.of(f"{operation.pointer}/x-order").basis is Basis.DECIDED or not operation.listing
    for policy in ("pagination", "lifetimes", "retry-schedule", "request-limits", "ids", "problems", "cors"):
        assert grounds.of(f"/x-{policy}").basis is Basis.DECIDED


def test_a_contract_that_marks_nothing_is_documented_throughout(contract: Contract, tmp_path: Path) -> None:
    marks = [at for at, _ in nodes(contract.data) if at.rpartition("/")[2] in ("x-basis", "x-source", "x-sources")]
    document = Document.read(write(tmp_path / "plain.yaml", *(drop(at) for at in reversed(marks))))
    grounds = Grounds(document)
    assert {grounds.of(at).basis for at, _ in nodes(document.data)} == {Basis.DOCUMENTED}
