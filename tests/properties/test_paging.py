"""Laws PAGE 1 to 4, over every list of the contract."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.contract import Contract, Operation
from tests.api.calls import lists, owned, stated, subscribe
from tests.properties.queries import queries
from tests.wire import Reply, World, open_world

DATA = st.data()
SIZES = st.integers(1, 100)


@pytest.fixture(scope="module")
def reading(contract: Contract) -> World:
    """A world whose lists all have something, for requests that change nothing."""
    world = open_world(contract)
    for number in range(7):
        subscribe(world, url=f"https://hooks.example.com/{number}")
    return world


def ask(world: World, operation: Operation, query: dict[str, Any]) -> Reply:
    reply = world.get(operation.path, query=query, key=world.key("admin"))
    assert reply.status == 200, reply.body
    return reply


def ids(replies: list[Reply]) -> list[str]:
    return [each["id"] for reply in replies for each in reply.json["data"]]


def pages(world: World, operation: Operation, query: dict[str, Any]) -> list[Reply]:
    total = ask(world, operation, query).json["pagination"]["total_pages"]
    return [ask(world, operation, query | {"page": page}) for page in range(1, total + 1)]


def links(reply: Reply) -> dict[str, str]:
    found = re.findall(r'<([^<>" ]*)>; rel="([a-z]+)"', reply.headers["link"])
    assert ", ".join(f'<{url}>; rel="{relation}"' for url, relation in found) == reply.headers["link"]
    assert len({relation for _, relation in found}) == len(found)
    return {relation: url for url, relation in found}


def follow(world: World, url: str) -> Reply:
    root = "http://127.0.0.1:8080"
    assert url.startswith(root + "/")
    reply = world.get(url.removeprefix(root), key=world.key("admin"))
    assert reply.status == 200, reply.body
    return reply


def in_order(contract: Contract, operation: Operation, items: list[Any]) -> list[str]:
    order = stated(contract, operation)["x-order"]
    return [each["id"] for each in sorted(items, key=lambda each: [each[field] for field in order])]


@given(DATA, SIZES)
@settings(max_examples=70)
def test_page_1_the_pages_are_the_whole_list_for_any_size(reading: World, data: st.DataObject, per_page: int) -> None:
    operation = data.draw(st.sampled_from(lists(reading.contract)))
    query = data.draw(queries(reading, operation))
    found = ids(pages(reading, operation, query | {"per_page": per_page}))
    assert found == ids(pages(reading, operation, query | {"per_page": 100}))
    assert len(set(found)) == len(found)


def test_page_1_and_4_a_list_has_all_that_the_account_owns_in_the_order_of_the_contract(reading: World) -> None:
    for operation in lists(reading.contract):
        items = owned(reading, operation.listing.collection)
        assert ids(pages(reading, operation, {})) == in_order(reading.contract, operation, items) != []


@given(DATA, SIZES, st.integers(1, 300) | st.integers(1, 1_000_000))
@settings(max_examples=80)
def test_page_2_total_and_total_pages_are_right_on_any_page(
    reading: World, data: st.DataObject, per_page: int, page: int
) -> None:
    operation = data.draw(st.sampled_from(lists(reading.contract)))
    query = data.draw(queries(reading, operation))
    total = len(ids(pages(reading, operation, query | {"per_page": 100})))
    reply = ask(reading, operation, query | {"per_page": per_page, "page": page})
    count = -(-total // per_page)
    assert reply.json["pagination"] == {"page": page, "per_page": per_page, "total": total, "total_pages": count}
    # Only the last page is short; past the end there is nothing, and that is no error.
    expected = per_page if page < count else total - (count - 1) * per_page if page == count else 0
    assert len(reply.json["data"]) == expected


def test_page_2_page_and_per_page_have_the_defaults_of_the_contract(reading: World) -> None:
    for operation in lists(reading.contract):
        defaults = {each.name: each.schema["default"] for each in operation.parameters if "default" in each.schema}
        reply = ask(reading, operation, {})
        assert (defaults["page"], defaults["per_page"]) == (1, 20)
        assert {name: reply.json["pagination"][name] for name in defaults} == defaults
        assert reply.json == ask(reading, operation, defaults).json


@given(DATA, SIZES, st.integers(1, 15))
@settings(max_examples=80)
def test_page_3_links_lead_to_the_pages_that_they_name_and_keep_every_filter(
    reading: World, data: st.DataObject, per_page: int, page: int
) -> None:
    operation = data.draw(st.sampled_from(lists(reading.contract)))
    query = data.draw(queries(reading, operation)) | {"per_page": per_page}
    reply = ask(reading, operation, query | {"page": page})
    last = max(reply.json["pagination"]["total_pages"], 1)
    expected = {"first": 1, "last": last}
    if page > 1:
        expected["prev"] = min(page - 1, last)
    if page < last:
        expected["next"] = page + 1
    found = links(reply)
    assert found.keys() == expected.keys()
    for relation, number in expected.items():
        assert follow(reading, found[relation]).json == ask(reading, operation, query | {"page": number}).json


@given(DATA, SIZES)
@settings(max_examples=40)
def test_page_3_from_first_by_next_and_from_last_by_prev_one_sees_the_whole_list(
    reading: World, data: st.DataObject, per_page: int
) -> None:
    operation = data.draw(st.sampled_from(lists(reading.contract)))
    query = data.draw(queries(reading, operation)) | {"per_page": per_page}
    start = links(ask(reading, operation, query))
    for first, step in (("first", "next"), ("last", "prev")):
        walked = [follow(reading, start[first])]
        while step in links(walked[-1]):
            walked.append(follow(reading, links(walked[-1])[step]))
            assert len(walked) <= 200, "the links go round in a circle"
        walked = walked if step == "next" else walked[::-1]
        assert ids(walked) == ids(pages(reading, operation, query))


@given(st.permutations(["page=2", "per_page=3", "status=confirmed"]), st.booleans())
def test_page_3_links_replace_the_page_however_it_was_written(reading: World, parts: list[str], encoded: bool) -> None:
    query = "&".join(parts)
    query = query.replace("page=2", "p%61ge=%32") if encoded else query
    reply = reading.get(f"/api/v1/events?{query}", key=reading.key("read"))
    assert reply.json["pagination"]["page"] == 2
    for relation, page in (("first", 1), ("next", 3)):
        followed = follow(reading, links(reply)[relation]).json
        assert followed["pagination"] == reply.json["pagination"] | {"page": page}


@given(DATA)
@settings(max_examples=12)
def test_page_4_the_order_is_total_and_stays_while_items_are_added(contract: Contract, data: st.DataObject) -> None:
    world = open_world(contract)
    operation = contract.operations["listEvents"]
    before = ids(pages(world, operation, {"per_page": 100}))
    events = owned(world, "Event")
    starts = st.sampled_from(sorted({each["start_time"] for each in events}))
    for number, start in enumerate(data.draw(st.lists(starts, min_size=1, max_size=20))):
        # Many with one start: only the id decides between these.
        added = events[0] | {"id": world.sandbox.ids.mint("event", 2**41 + number), "start_time": start}
        with world.sandbox.store.transaction():
            world.sandbox.store.put("Event", added, owner=1)
        if number % 4 == 0:
            ask(world, operation, {})  # asked in between, so that nothing remembered may be used again
    after = ids(pages(world, operation, {"per_page": data.draw(SIZES)}))
    assert [each for each in after if each in set(before)] == before
    assert after == in_order(contract, operation, owned(world, "Event"))


def test_page_4_a_new_subscription_is_seen_at_once_and_moves_no_other(world: World, contract: Contract) -> None:
    operation = contract.operations["listWebhooks"]
    listed: list[str] = []
    for number in range(20):
        world.sandbox.clock.advance(10**9 * (number % 2))
        listed.append(subscribe(world)["id"])
        now = ids(pages(world, operation, {"per_page": 3}))
        assert sorted(now) == sorted(listed)
        assert now == in_order(contract, operation, owned(world, "Webhook"))
