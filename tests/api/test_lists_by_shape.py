"""Lists of a document that states no pages: what they are beneath, ordered and selected by (laws SRC 3, SRC 4)."""

from functools import cache
from pathlib import Path

import pytest

from smartcal_api.contract import Contract
from smartcal_api.contract.check import check
from smartcal_api.contract.document import Document
from tests.api.test_documents import send
from tests.edits import Edit, put
from tests.wire import World, open_world

SHOPS = Path(__file__).parent / "documents" / "shops.yaml"
LIST = "/paths/~1shops/get"
NOTED = {"total": 5, "text": "Hello"}


@cache
def contract() -> Contract:
    return Contract.read(SHOPS)


@pytest.fixture
def shops() -> World:
    return open_world(contract())


@pytest.mark.parametrize(("kind", "shown"), [("orders", True), ("notes", False)])
def test_src_3_what_is_made_beneath_a_parent_is_listed_there_alone(shops: World, kind: str, shown: bool) -> None:
    """Although the parameter of the parent is called as the identifier of its children, and whether or not they have a
    path of their own."""
    lists = [f"/shops/{each}/{kind}" for each in (1, 2)]
    before = [send(shops, "GET", each).json for each in lists]
    made = send(shops, "POST", lists[1], NOTED)
    place = f"{lists[1]}/{made.json['id']}" if shown else lists[1]
    assert (made.status, made.headers["location"]) == (201, f"http://127.0.0.1:8080{place}")
    after = [send(shops, "GET", each).json for each in lists]
    assert after[0] == before[0]
    assert [each for each in after[1] if each not in before[1]] == [made.json]
    assert len(after[1]) == len(before[1]) + 1
    assert [
        send(shops, method, f"/shops/99/{kind}", body).status for method, body in (("GET", None), ("POST", NOTED))
    ] == [
        404,
        404,
    ]


def test_src_3_a_parent_is_told_by_a_member_that_is_called_as_its_kind_and_its_id() -> None:
    document = Document.read(SHOPS)
    put("/components/schemas/Note/properties/shop_id", {"type": "integer", "readOnly": True})(document.data)
    world = open_world(Contract(document))
    assert send(world, "POST", "/shops/2/notes", NOTED).json["shop_id"] == 2
    assert {each["shop_id"] for each in send(world, "GET", "/shops/2/notes").json} == {2}


def test_src_2_lists_without_pages_are_ordered_and_selected_as_they_say(shops: World) -> None:
    for _ in range(9):  # past 9, where numbers and texts are ordered otherwise
        send(shops, "POST", "/shops/2/orders", NOTED)
    orders = [each["id"] for each in send(shops, "GET", "/shops/2/orders").json]
    assert orders == sorted(orders, reverse=True)
    names = [each["name"] for each in send(shops, "GET", "/shops").json]
    assert names == sorted(names, reverse=True)
    assert [each["name"] for each in send(shops, "GET", f"/shops?named={names[3]}").json] == [names[3]]
    assert [each["name"] for each in send(shops, "GET", "/shops?limit=2").json] == names[:2]


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (put(f"{LIST}/x-order", ["nam"]), "nam is not a property of Shop; did you mean name?"),
        (put(f"{LIST}/parameters/0/x-filter", {"field": "nam", "comparison": "equals"}), "did you mean name?"),
        (put(f"{LIST}/parameters/0/x-filter", {"field": "id", "comparison": "equals"}), "are of different types"),
        (put("/paths/~1shops~1{id}/get/x-order", ["id"]), "an order without pages has no effect"),
    ],
)
def test_src_4_what_such_a_list_cannot_be_ordered_or_selected_by_is_refused(edit: Edit, told: str) -> None:
    document = Document.read(SHOPS)
    edit(document.data)
    (finding,) = check(document)
    assert told in str(finding)


def test_src_4_what_selects_nothing_by_a_shape_is_told_once(shops: World) -> None:
    assert [(each.pointer, each.message.partition(",")[0]) for each in shops.application.idle] == [
        (LIST, "q of listShops selects nothing"),
        ("/paths/~1shops~1{id}/get", "q of getShop is judged"),
        ("/paths/~1shops~1{id}/get", "X-Trace of getShop is judged"),
    ]


def test_src_4_of_a_schema_that_nothing_fits_there_is_nothing_and_the_rest_is_served() -> None:
    document = Document.read(SHOPS)
    flags = {name: {"properties": {name: {"type": "boolean"}}} for name in "ab"}
    put("/components/schemas/Note/oneOf", [*flags.values()])(document.data)
    world = open_world(Contract(document))
    assert [send(world, "GET", f"/shops/1/{each}").json == [] for each in ("notes", "orders")] == [True, False]
    assert ["there is no Note to begin with" in str(each) for each in world.application.idle][-1]
