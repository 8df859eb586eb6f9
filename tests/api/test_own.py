"""Handlers of one's own: a function named as an operation serves it, judged as everything else is."""

import json
from pathlib import Path
from typing import Any

import pytest

from smartcal_api.api.own import read_handlers
from smartcal_api.app import Options
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.sandbox.subscriptions import subscribe
from tests.api.test_documents import TODO
from tests.wire import World, open_world

FILE = """
from dataclasses import dataclass

from smartcal_api.api.own import Refusal, Request, Response


@dataclass
class Count:
    of: int


def createTodo(request: Request) -> Response:
    todos = request.resources("Todo")
    open_ = Count(sum(not each["done"] for each in todos.all()))
    if request.body["title"] == "too much":
        todos.put({"id": 900, "title": "lost", "created_at": request.now.isoformat()})
        raise Refusal("conflict", f"{open_.of} are open.")
    if request.body["title"] == "unknown":
        raise Refusal("conflct", "x")
    if request.body["title"] == "wrong":
        return Response(201, {"id": "x"})
    if request.body["title"] == "fails":
        return {}["title"]
    made = todos.put({"id": 800, "done": False, "created_at": "2026-03-04T12:00:00Z", **request.body})
    return Response(201, made, {"Location": f"/todos/{made['id']}"})


def deleteTodo(request: Request) -> None:
    if not request.resources("Todo").delete(request.path["id"]):
        raise Refusal("not_found", "It is gone.")


def getTodo(request: Request) -> dict[str, object]:
    return {**(request.resources("Todo").get(request.path["id"]) or {}), "title": request.headers["host"]}
"""


def world(tmp_path: Path, text: str = FILE) -> World:
    (tmp_path / "own.py").write_text(text)
    return open_world(Contract.read(TODO), options=Options(own=read_handlers(tmp_path / "own.py")))


def test_src_3_a_function_serves_the_operation_of_its_name_and_the_rest_is_as_it_was(tmp_path: Path) -> None:
    served = world(tmp_path)
    kinds = {name: each.kind.value for name, each in served.application.assigned.items()}
    assert kinds == dict.fromkeys(("createTodo", "deleteTodo", "getTodo"), "handler") | dict.fromkeys(
        ("listTodos", "changeTodo"), "resource"
    )
    made = served.post("/todos", {"title": "Milk"})
    assert (made.status, made.headers["location"]) == (201, "/todos/800")
    assert made.json in served.get("/todos").json
    assert served.get("/todos/800").json["title"] == "127.0.0.1:8080"
    assert [served.request("DELETE", "/todos/800").status for _ in range(2)] == [204, 404]
    assert served.post("/todos", {"title": ""}).status == 400


@pytest.mark.parametrize(
    ("title", "status", "said"),
    [
        ("too much", 409, " are open."),
        ("unknown", 500, "refuses with 'conflct', which x-problems has not; did you mean conflict?"),
        ("fails", 500, "The handler createTodo at own.py:12 failed: KeyError: 'title'. Nothing has changed."),
        ("wrong", 500, "breaks the contract"),
    ],
)
def test_err_6_a_handler_that_refuses_or_fails_changes_nothing_and_says_so(
    tmp_path: Path, title: str, status: int, said: str
) -> None:
    served = world(tmp_path)
    before = served.get("/todos").body
    refused = served.post("/todos", {"title": title})
    assert refused.status == status
    assert said in refused.json["detail"]
    assert served.get("/todos").body == before


def test_hook_2_what_a_handler_changes_is_told_as_by_any_other(tmp_path: Path) -> None:
    body: dict[str, Any] = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Todo"}}}}
    posts = {name: {"post": {"requestBody": body, "responses": {"200": {"description": "x"}}}} for name in ("newTodo",)}
    (tmp_path / "api.yaml").write_text(f"{TODO.read_text()}webhooks: {json.dumps(posts)}\n")
    (tmp_path / "own.py").write_text(FILE)
    served = open_world(Contract.read(tmp_path / "api.yaml"), options=Options(own=read_handlers(tmp_path / "own.py")))
    subscribe(served.sandbox, "https://a.example.com/", ["newTodo"], secret="whsec_" + "x" * 40, owner=1, now=0)
    made = served.post("/todos", {"title": "Milk"}).json
    rows = served.sandbox.store.query("SELECT body FROM webhook_events")
    assert [json.loads(body) for (body,) in rows] == [made]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def createTdo(request): ...", "own.py:1: createTdo is called as no operation; did you mean createTodo?"),
        ("x = 1\ny = 1 / 0", "own.py:2: ZeroDivisionError: division by zero"),
        ("def f(:", "own.py:1: SyntaxError: invalid syntax"),
        ("async def getTodo(request): ...", "getTodo is async; a handler is a plain function"),
        ("_own = 1", "has no function; one that is called as an operation serves it"),
    ],
)
def test_src_4_a_file_that_serves_nothing_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "own.py").write_text(text)
    with pytest.raises(UsageError) as refused:
        read_handlers(tmp_path / "own.py").handlers(Contract.read(TODO))
    assert said in str(refused.value)
    with pytest.raises(UsageError, match=r"--handlers: .*no\.py: "):
        read_handlers(tmp_path / "no.py")
