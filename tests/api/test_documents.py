"""Documents of others and small ones, with no line of configuration: what is made is kept, changes and goes (SRC 3)."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.contract import Contract
from smartcal_api.sandbox.image import Image
from smartcal_api.sandbox.restoring import load, state_of
from smartcal_api.sandbox.subscriptions import subscribe
from tests.wire import Reply, World, open_world

HERE = Path(__file__).parent / "documents"
TODO = Path(__file__).parents[2] / "src" / "smartcal_api" / "cli" / "todo.yaml"
DOCUMENTS = {"todo": TODO, "petstore": HERE / "petstore.yaml", "library": HERE / "library.yaml"}
MERGE = "application/merge-patch+json"


@cache
def contract(name: str) -> Contract:
    return Contract.read(DOCUMENTS[name])


def send(world: World, method: str, path: str, body: Any = None) -> Reply:
    sent = b"" if body is None else json.dumps(body).encode()
    return world.request(method, path, body=sent, media_type="application/json" if sent else None)


LIVES = {
    "todo": ("/todos", {"title": "Milk"}, "id", "PATCH", {"done": True}, "/todos"),
    "petstore": ("/pet", {"name": "Rex", "photoUrls": []}, "id", None, {}, "/pet/findByStatus?status=sold"),
    "pet of an id": ("/pet", {"id": 977, "name": "Rex", "photoUrls": [], "status": "sold"}, "id", None, {}, None),
    "order": ("/store/order", {"petId": 1, "quantity": 2}, "id", None, {}, None),
    "user": ("/user", {"username": "bob", "email": "b@example.com"}, "username", "PUT", {"username": "bob"}, None),
    "loan": ("/v1/loans", {"book": "Moby-Dick"}, "id", None, {}, "/v1/loans"),
}


@pytest.mark.parametrize("name", LIVES)
def test_src_3_what_is_made_is_read_listed_changed_deleted_and_gone(name: str) -> None:
    path, body, identity, change, changed, listed = LIVES[name]
    document = name if name in DOCUMENTS else "library" if name == "loan" else "petstore"
    world = open_world(contract(document))
    made = send(world, "POST", path, body)
    assert made.status in (200, 201)
    assert body.items() <= made.json.items()
    one = f"{path}/{made.json[identity]}"
    assert made.headers["location"].endswith(one)
    assert send(world, "GET", one).json == made.json
    if listed is not None:
        assert (made.json in send(world, "GET", listed).json) == (name != "petstore")
    if change is not None:
        assert send(world, change, one, changed).status == 200
        assert changed.items() <= send(world, "GET", one).json.items()
    if name != "loan":
        assert send(world, "DELETE", one).status in (200, 204)
        assert [send(world, method, one).status for method in ("GET", "DELETE")] == [404, 404]


def test_src_3_an_id_that_is_taken_is_a_conflict_and_a_put_may_name_it_in_its_body() -> None:
    world = open_world(contract("petstore"))
    pet = {"id": 977, "name": "Rex", "photoUrls": ["a"]}
    statuses = [send(world, method, "/pet", pet).status for method in ("PUT", "POST", "POST", "PUT")]
    assert statuses == [404, 200, 409, 200]
    assert send(world, "PUT", "/pet", pet | {"photoUrls": []}).json == pet | {"photoUrls": []}
    assert send(world, "GET", "/pet/977").json["photoUrls"] == []


def test_src_3_envelopes_slugs_and_what_is_stated_on_the_spot_are_understood() -> None:
    world = open_world(contract("library"))
    made = send(world, "POST", "/v1/libraries", {"name": "Central", "pin": "1234"}).json["data"]
    assert made.keys() == {"slug", "name", "createdAt"}, "what is writeOnly is not shown"
    shelves = f"/v1/libraries/{made['slug']}/shelves"
    shelf = send(world, "POST", shelves, {"shelf": {"label": "A", "rows": 3}}).json["shelf"]
    assert send(world, "GET", shelves).json == {"shelves": [shelf]}
    other = send(world, "GET", "/v1/libraries?limit=1").json["data"][0]["slug"]
    assert send(world, "GET", f"/v1/libraries/{other}/shelves/{shelf['id']}").status == 404
    assert send(world, "PUT", f"{shelves}/99", {"label": "B"}).status == 201
    assert send(world, "PUT", f"{shelves}/99", {"label": "C"}).status == 200
    assert send(world, "GET", "/v1/libraries/none/shelves").status == 404


@given(size=st.integers(1, 50))
@settings(max_examples=10)
def test_page_1_the_pages_of_a_list_of_limits_and_cursors_are_the_whole_list(size: int) -> None:
    world = _library()
    whole = send(world, "GET", "/v1/libraries?limit=50").json
    pages = [
        send(world, "GET", f"/v1/libraries?limit={size}&cursor={at}").json for at in range(0, whole["total"], size)
    ]
    assert [item for page in pages for item in page["data"]] == whole["data"]
    assert {page["total"] for page in pages} == {len(whole["data"])}


@cache
def _library() -> World:
    return open_world(contract("library"))


def test_src_3_a_transition_is_made_once_and_its_refusal_is_that_of_the_contract() -> None:
    world = open_world(contract("library"))
    loan = send(world, "POST", "/v1/loans", {"book": "Moby-Dick"}).json
    back = f"/v1/loans/{loan['id']}/return"
    returned = send(world, "POST", back).json
    assert returned == loan | {"state": "returned", "returned_at": "2026-03-04T12:00:00Z"}
    assert (send(world, "POST", back).status, send(world, "POST", back).code) == (409, "conflict")
    listed = send(world, "GET", "/v1/loans?state=returned").json
    assert loan["id"] in {each["id"] for each in listed}


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["POST", "PATCH", "DELETE", "save", "restore"]), st.integers(0, 30), st.booleans()),
        max_size=25,
    )
)
@settings(max_examples=12)
def test_sbx_3_whatever_is_asked_the_list_is_what_was_made_and_a_snapshot_brings_it_back(steps: Any) -> None:
    """A model of the todo API, run beside it."""
    world = open_world(contract("todo"), data=False)
    todos: dict[int, Any] = {each["id"]: each for each in send(world, "GET", "/todos").json}
    saved: tuple[Image, dict[int, Any]] | None = None
    for step, number, flag in steps:
        chosen = [*todos][number % len(todos)] if todos else 0
        path = f"/todos/{chosen}"
        if step == "POST":
            made = send(world, "POST", "/todos", {"title": f"t{number}", "done": flag}).json
            assert made["id"] not in todos
            todos[made["id"]] = made
        elif step == "PATCH":
            changed = send(world, "PATCH", path, {"done": flag, "due": "2027-01-31" if flag else None})
            assert changed.status == (200 if todos else 404)
            if todos:
                todos[chosen] = {**todos[chosen], "done": flag, "due": "2027-01-31"}
                if not flag:
                    del todos[chosen]["due"]
        elif step == "DELETE":
            assert send(world, "DELETE", path).status == (204 if todos else 404)
            todos.pop(chosen, None)
        elif step == "save":
            saved = Image(world.sandbox.store.image(), state_of(world.sandbox).write()), dict(todos)
        elif saved is not None:
            load(world.sandbox, saved[0])
            todos = dict(saved[1])
        found = send(world, "GET", "/todos").json
        assert {each["id"]: each for each in found} == todos
        selected = send(world, "GET", f"/todos?done={str(flag).lower()}").json
        assert selected == [each for each in found if each["done"] is flag]
    assert send(world, "GET", "/todos/987654").status == 404


def test_hook_2_a_delivery_is_the_resource_where_the_document_has_it_so(tmp_path: Path) -> None:
    hooks = {
        "newTodo": {"$ref": "#/components/schemas/Todo"},
        "todoDeleted": {"type": "object", "properties": {"todo": {"$ref": "#/components/schemas/Todo"}}},
    }
    text = TODO.read_text() + "webhooks:\n"
    for name, schema in hooks.items():
        body = {"content": {"application/json": {"schema": schema}}}
        text += f"  {name}: " + json.dumps({"post": {"requestBody": body, "responses": {"200": {"description": "x"}}}})
        text += "\n"
    (tmp_path / "todo.yaml").write_text(text)
    world = open_world(Contract.read(tmp_path / "todo.yaml"))
    subscribe(world.sandbox, "https://hooks.example.com/", [*hooks], secret="whsec_" + "x" * 40, owner=1, now=0)
    made = send(world, "POST", "/todos", {"title": "Milk"}).json
    send(world, "DELETE", f"/todos/{made['id']}")
    rows = world.sandbox.store.query("SELECT type, body FROM webhook_events ORDER BY rowid")
    assert [(kind.decode(), json.loads(body)) for kind, body in rows] == [
        ("newTodo", made), ("todoDeleted", {"todo": made})
    ]  # fmt: skip
