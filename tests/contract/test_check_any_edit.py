"""Any key dropped, renamed or replaced anywhere: it is found, or the contract is still sound (law SRC 4)."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from smartcal_api.contract import Contract, shipped
from smartcal_api.contract.check import Affected, check
from smartcal_api.contract.document import Document

Place = tuple[str | int, ...]
# What is anybody's text or data: nothing to be understood.
FREE = frozenset({"description", "summary", "title", "example", "value", "default", "x-basis"})
# Objects whose keys are names, not members; a name may well be another one.
NAMED = frozenset(
    {"paths", "webhooks", "schemas", "responses", "parameters", "examples", "headers", "links", "securitySchemes"}
    | {"properties", "content", "mapping", "scopes", "x-scope-implies", "x-problems", "x-unrouted-responses"}
)
JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 1.5, 10**30, float("inf"), "", "x", "#/components/schemas/Event", [], [[]], {}]
)
slow = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@cache
def text() -> str:
    return json.dumps(Document.read(shipped()).data)


def _places(value: Any, at: Place = ()) -> Iterator[Place]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not (key in FREE and (not at or at[-1] not in NAMED)):
                yield (*at, key)
                yield from _places(inner, (*at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _places(inner, (*at, index))


@cache
def places() -> tuple[Place, ...]:
    return tuple(place for place in _places(json.loads(text())) if isinstance(place[-1], str))


def holder(data: Any, place: Place) -> Any:
    for step in place[:-1]:
        data = data[step]
    return data


class Unwritten(Document):
    """A document that was never text, for parsing costs more than checking."""

    def __init__(self, data: Any) -> None:
        self.data = self.stated = data
        self.reading = None
        self.path = shipped()


def assert_found_or_sound(edited: Document) -> None:
    """Whatever check() passes can be read, compiled and asked by the rest of the toolkit."""
    if check(edited):
        return
    contract = Contract(edited)
    for operation in contract.operations.values():
        assert 200 <= operation.success < 400
        pointers = [parameter.pointer for parameter in operation.parameters]
        pointers += operation.body.media_types.values() if operation.body else []
        for response in operation.responses.values():
            pointers += [header.pointer for header in response.headers]
            pointers += [pointer for pointer in response.media_types.values() if pointer is not None]
        for pointer in pointers:
            contract.schemas.at(pointer)
        if operation.listing is not None:
            properties = contract.schema(operation.listing.collection).get("properties", {})
            assert set(operation.listing.order) <= properties.keys()
    assert contract.data["webhooks"].keys() == set(contract.schema("EventType")["enum"])


@slow
@given(st.data())
def test_src_4_a_dropped_key_is_found_or_was_not_needed(draw: st.DataObject) -> None:
    place = draw.draw(st.sampled_from(places()))
    data = json.loads(text())
    del holder(data, place)[place[-1]]
    assert_found_or_sound(Unwritten(data))


@slow
@given(st.data(), st.sampled_from(["{}x", "X{}", "{}s", "my_{}"]))
@example(None, "{}x")
def test_src_4_a_renamed_member_is_always_found(draw: st.DataObject | None, pattern: str) -> None:
    members = [place for place in places() if len(place) < 2 or place[-2] not in NAMED]
    place = draw.draw(st.sampled_from(members)) if draw is not None else ("openapi",)
    data = json.loads(text())
    held = holder(data, place)
    held[pattern.format(place[-1])] = held.pop(place[-1])
    assert check(Unwritten(data)), f"{place} may be called {pattern}"


@slow
@given(st.data())
def test_src_4_a_renamed_name_is_found_or_the_contract_still_sound(draw: st.DataObject) -> None:
    named = [place for place in places() if len(place) > 1 and place[-2] in NAMED]
    place = draw.draw(st.sampled_from(named))
    data = json.loads(text())
    held = holder(data, place)
    held[f"{place[-1]}x"] = held.pop(place[-1])
    assert_found_or_sound(Unwritten(data))


@slow
@given(st.data(), JUNK)
def test_src_4_junk_anywhere_is_found_or_harmless_and_never_raises(draw: st.DataObject, junk: Any) -> None:
    place = draw.draw(st.sampled_from(places()))
    data = json.loads(text())
    holder(data, place)[place[-1]] = junk
    assert_found_or_sound(Unwritten(data))


@slow
@given(st.lists(st.tuples(st.integers(0, 10**6), JUNK), min_size=2, max_size=6))
def test_src_4_many_faults_at_once_never_raise(edits: list[tuple[int, Any]]) -> None:
    data = json.loads(text())
    for number, junk in edits:
        place = places()[number % len(places())]
        try:
            held = holder(data, place)
            if place[-1] in held:
                held[place[-1]] = junk
        except (KeyError, IndexError, TypeError):
            continue  # an edit before took its place away
    edited = Unwritten(data)
    for finding in check(edited):
        Affected(edited).operations(finding.pointer)
