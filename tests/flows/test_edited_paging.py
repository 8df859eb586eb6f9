"""Lists page as `x-pagination` has it: by number from one or from zero, by offset, by cursor (laws SRC 2, PAGE)."""

import re
from typing import Any

import pytest

from smartcal_api.contract.check import check
from tests.contract.check_cases import edited as document
from tests.edits import EVENTS, SCHEMAS, Edit, edited, put
from tests.flows.contract_edits import no_examples
from tests.wire import NOW, World, open_world

SIZE = {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
MEMBERS = {
    "offset": {"offset": "offset", "limit": "limit", "total": "total", "has_more": "has_more"},
    "cursor": {"limit": "limit", "next": "next_cursor", "has_more": "has_more", "total": "total"},
}
TYPES = {"has_more": {"type": "boolean"}, "next_cursor": {"type": ["string", "null"]}}


def by(style: str, *, beside: bool = False, link: str | None = "Link") -> list[Edit]:
    """All lists of the contract, in another style; the members of a page `beside` its items, or in `pagination`."""
    where = {"type": "string"} if style == "cursor" else {"type": "integer", "minimum": 0, "default": 0}
    members = {name: TYPES.get(name, {"type": "integer"}) for name in MEMBERS[style].values()}
    page = {"type": "object", "required": [*members], "properties": members}

    def edit(data: Any) -> None:
        fields = {"items": "data", **({} if beside else {"pagination": "pagination"}), **MEMBERS[style]}
        names = {style: style, "limit": "limit"}
        data["x-pagination"] = {"style": style, "parameters": names, "fields": fields}
        data["x-pagination"] |= {"link_header": link} if link else {}
        for name, parameter in data["components"]["parameters"].items():
            if name.endswith("PerPage"):
                parameter.update(name="limit", schema=SIZE)
            elif name.endswith("Page"):
                parameter.update(name=style, schema=where)
        data["components"]["schemas"]["Pagination"] = page
        for schema in data["components"]["schemas"].values():
            if beside and "pagination" in schema.get("properties", {}):
                del schema["properties"]["pagination"]
                schema["properties"] |= members
                schema["required"] = ["data", *members]
        for item in data["paths"].values():
            for operation in item.values():
                if not link and isinstance(operation, dict) and "x-order" in operation:
                    del operation["responses"]["200"]["headers"]["Link"]

    return [edit, no_examples]


def walk(world: World, size: int, style: str, *, beside: bool, linked: bool, **query: Any) -> list[dict[str, Any]]:
    """Every event, page by page, as a client goes: by what a page says, and by its link."""
    key, items, where = world.key("read"), [], None
    for _ in range(300):
        asked = {"limit": size, **query, **({} if where is None else {style: where})}
        reply = world.get("/api/v1/events", query=asked, key=key)
        assert reply.status == 200, reply.body
        told = reply.json if beside else reply.json["pagination"]
        items += reply.json["data"]
        assert told["limit"] == size
        link = re.search(r'<([^>]*)>; rel="next"', reply.headers.get("link", ""))
        assert (link is not None) == (told["has_more"] and linked)
        if not told["has_more"]:
            assert told["total"] == len(items)
            return items
        where = told["next_cursor"] if style == "cursor" else len(items)
        if link is not None:
            followed = world.get(link[1].removeprefix("http://127.0.0.1:8080"), key=key).json["data"]
            assert followed == world.get("/api/v1/events", query=asked | {style: where}, key=key).json["data"]
    raise AssertionError("the list has no end")


@pytest.mark.parametrize("style", ["offset", "cursor"])
@pytest.mark.parametrize(("beside", "link"), [(False, "Link"), (True, None)])
@pytest.mark.parametrize("order", [["start_time", "id"], ["-start_time"], ["booking_id", "-title", "id"]])
def test_page_1_pages_of_any_style_are_the_list(
    style: str, order: list[str], *, beside: bool, link: str | None
) -> None:
    numbered = open_world(edited(put(f"{EVENTS}/x-order", order), no_examples))
    pages = [numbered.get(f"/api/v1/events?per_page=100&page={page}", key=numbered.key("read")) for page in (1, 2)]
    expected = [item for page in pages for item in page.json["data"]]
    world = open_world(edited(put(f"{EVENTS}/x-order", order), *by(style, beside=beside, link=link)))
    assert world.application.unfit == {}
    for size in (7, 100):
        assert walk(world, size, style, beside=beside, linked=link is not None) == expected
    late = {"status": "confirmed", "start_after": NOW}
    selected = [each for each in expected if each["status"] == "confirmed" and each["start_time"] >= NOW]
    assert walk(world, 9, style, beside=beside, linked=link is not None, **late) == selected != []


def test_page_1_a_cursor_moves_with_what_it_is_behind() -> None:
    world = open_world(edited(*by("cursor")))
    key = world.key("read")
    first = world.get("/api/v1/events?limit=3", key=key).json
    for event in first["data"]:
        world.sandbox.store.delete("Event", event["id"], owner=1)
    second = world.get(f"/api/v1/events?limit=3&cursor={first['pagination']['next_cursor']}", key=key).json
    assert second["data"] == world.get("/api/v1/events?limit=3", key=key).json["data"]
    for cursor in ("x", "bnVsbA", "W10", "e30", "WzEsWzJdXQ", "%C3%A9"):
        refused = world.get(f"/api/v1/events?cursor={cursor}", key=key)
        assert (refused.status, refused.json["errors"][0]["parameter"]) == (400, "cursor")


def test_page_2_the_last_page_by_offset_and_what_is_past_it() -> None:
    world = open_world(edited(*by("offset")))
    replies = [world.get(f"/api/v1/events?limit=50&offset={o}", key=world.key("read")) for o in (0, 170, 1000)]
    assert [len(each.json["data"]) for each in replies] == [50, 30, 0]
    assert replies[1].json["pagination"] == {"offset": 170, "limit": 50, "total": 200, "has_more": False}
    offsets = [re.findall(r'offset=(\d+)>; rel="(\w+)"', each.headers["link"]) for each in replies]
    assert [{relation: int(offset) for offset, relation in each} for each in offsets] == [
        {"first": 0, "last": 150, "next": 50},
        {"first": 0, "last": 150, "prev": 120},
        {"first": 0, "last": 150, "prev": 150},
    ]


def test_page_1_pages_may_count_from_zero() -> None:
    places = ("PageNumber/minimum", "PageNumber/default", "Pagination/properties/page/minimum")
    bounds = [put(f"{SCHEMAS}/{place}", 0) for place in places]
    numbered, zero = open_world(), open_world(edited(*bounds, no_examples))
    for page in (1, 2, 10, 11):
        one = numbered.get(f"/api/v1/events?page={page}", key=numbered.key("read"))
        other = zero.get(f"/api/v1/events?page={page - 1}", key=zero.key("read"))
        assert other.json["data"] == one.json["data"]
        assert other.json["pagination"] == one.json["pagination"] | {"page": page - 1}
        pages = [[int(each) for each in re.findall(r"[?&]page=(\d+)", reply.headers["link"])] for reply in (one, other)]
        assert [each - 1 for each in pages[0]] == pages[1]


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ([put("/x-pagination/style", "cursr")], "did you mean cursor?"),
        (
            [*by("offset"), put("/components/parameters/Page/schema", {"type": "integer"})],
            "a minimum from 0, a default",
        ),
        ([*by("cursor"), put("/components/parameters/Page/schema", SIZE)], "must be a string that may be left out"),
        ([*by("cursor"), put("/x-pagination/fields/next", "nextt")], "has no property pagination.nextt"),
        ([*by("cursor"), put("/x-pagination/fields/page", "page")], "is not a member of"),
    ],
)
def test_src_4_a_style_is_stated_in_all_its_parts(edits: list[Edit], words: str) -> None:
    assert any(words in str(finding) for finding in check(document(*edits)))
