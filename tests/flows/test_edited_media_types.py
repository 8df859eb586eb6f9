"""What a response's `content` and headers state is data only where no message layer owns it (law SRC 2)."""

import copy
from typing import Any

import pytest

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.judge import Judge
from smartcal_api.contract import Contract
from smartcal_api.contract.media_type import acceptable, concrete, key_of
from smartcal_api.errors import ContractError
from tests.edits import Edit, edited
from tests.wire import Reply, World, open_world

NUMBER = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}
OF_THE_MESSAGE = [
    "Content-Length", "Transfer-Encoding", "Content-Encoding", "Connection", "Keep-Alive", "Trailer",
    "Date", "Upgrade", "TE", "Proxy-Authenticate", "Server", "Access-Control-Allow-Origin",
]  # fmt: skip


def operation(content: Any, *, headers: Any = None, more: Any = None) -> Edit:
    """One more operation, at /api/v1/case."""

    def edit(data: Any) -> None:
        me = copy.deepcopy(data["paths"]["/api/v1/me"]["get"])
        common = me["responses"]["200"]["headers"]
        ok = {"description": "Fine.", "headers": {**common, **(headers or {})}, "content": content}
        me["responses"] |= {"200": ok, **{status: {**each, "headers": common} for status, each in (more or {}).items()}}
        data["paths"]["/api/v1/case"] = {"get": {**me, "operationId": "getCase"}}

    return edit


def judged(contract: Contract, reply: Reply) -> bool:
    """Whether the answer is valid to the judge of other deployments as well."""
    answer = (reply.status, tuple(reply.headers.items()), reply.body)
    exchange = Exchange(1, "", None, "GET", "/api/v1/case", (), b"", None, *answer, 0, 0)
    return Judge(contract).faults(exchange) == []


def ask(world: World, **headers: str) -> Reply:
    return world.get("/api/v1/case", key=world.key("admin"), headers=headers)


def test_src_2_headers_of_the_message_are_never_filled_in_and_told_at_start() -> None:
    stated = {name: {"required": True, "schema": {"type": "string", "enum": ["chunked"]}} for name in OF_THE_MESSAGE}
    stated["X-Own"] = {"required": True, "schema": {"type": "integer"}}
    contract = edited(operation({"application/json": {"schema": NUMBER}}, headers=stated))
    reply = ask(open_world(contract))
    assert reply.status == 200
    assert {name.lower() for name in OF_THE_MESSAGE} & reply.headers.keys() == {"content-length"}
    assert int(reply.headers["content-length"]) == len(reply.body)
    assert int(reply.headers["x-own"]) is not None
    assert judged(contract, reply)
    assert [pointer.rpartition("/")[2] for pointer in contract.message_headers] == OF_THE_MESSAGE


@pytest.mark.parametrize(
    ("key", "schema", "sent"),
    [
        ("application/json; charset=utf-8", NUMBER, "application/json; charset=utf-8"),
        ("Application/JSON", NUMBER, "Application/JSON"),
        ("application/vnd.x+json;v=1", NUMBER, "application/vnd.x+json;v=1"),
        ("*/*", NUMBER, "application/json"),
        ("*/*", {"type": "string"}, "text/plain"),
        ("application/*", NUMBER, "application/json"),
        ("text/*", {"type": "string"}, "text/plain"),
        ("text/plain", {"type": "integer"}, "text/plain"),
        ("text/csv; header=present", {"type": "string"}, "text/csv; header=present"),
        ("image/*", {"type": "string"}, "image/png"),
    ],
)
def test_src_2_a_key_of_content_is_a_media_type_or_a_range_with_parameters(key: str, schema: Any, sent: str) -> None:
    contract = edited(operation({key: {"schema": schema}}))
    reply = ask(open_world(contract))
    assert (reply.status, reply.headers["content-type"]) == (200, sent)
    assert judged(contract, reply)


def test_src_2_what_cannot_be_rendered_is_refused_at_start_unless_something_else_can() -> None:
    xml = {"application/xml": {"schema": NUMBER}}
    with pytest.raises(
        ContractError, match="application/xml: an object can't be rendered in it; give the schema an ex"
    ):
        open_world(edited(operation(xml)))
    assert (
        ask(open_world(edited(operation({**xml, "application/json": {"schema": NUMBER}}))), accept="*/*").status == 200
    )
    text = {"application/xml": {"schema": NUMBER, "example": "<a>1</a>"}}
    assert ask(open_world(edited(operation(text)))).headers["content-type"] == "application/xml"


def test_src_2_a_media_type_stands_once_whatever_its_parameters() -> None:
    twice = {"application/json": {"schema": NUMBER}, "application/json; charset=utf-8": {"schema": NUMBER}}
    with pytest.raises(ContractError, match="is the media type of application/json with other parameters"):
        edited(operation(twice))


@pytest.mark.parametrize(
    ("accept", "sent"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("TEXT/*", "text/csv"),
        ("text/csv;q=0.2, application/json;q=0.1", "text/csv"),
        ("text/csv;q=0, */*", "application/json"),
        ("*/*;q=0.1, text/*;q=0.5, text/csv;q=0.05", "application/json"),
        ("image/png", None),
        ("application/json;q=0, text/csv;q=0", None),
    ],
)
@pytest.mark.parametrize("refusing", [True, False])
def test_accept_chooses_among_what_is_declared(accept: str, sent: str | None, *, refusing: bool) -> None:
    """RFC 9110 section 12.5.1: what takes none of it is refused if the operation says so, and ignored otherwise."""
    content = {"text/csv": {"schema": {"type": "string"}, "example": "a,b"}, "application/json": {"schema": NUMBER}}
    refusal = {"406": {"description": "Not so.", "content": {"text/plain": {"schema": {"type": "string"}}}}}
    contract = edited(operation(content, more=refusal if refusing else None))
    reply = ask(open_world(contract), accept=accept)
    if sent is None and refusing:
        assert (reply.status, reply.headers["content-type"]) == (406, "text/plain")
    else:
        assert (reply.status, reply.headers["content-type"]) == (200, sent or "application/json")
    assert judged(contract, reply)


def test_the_most_specific_range_decides() -> None:
    assert key_of("Text/CSV; a=b", ["*/*", "text/*", "text/csv"]) == "text/csv"
    assert key_of("text/html", ["*/*", "text/*", "text/csv"]) == "text/*"
    assert key_of("a/b", ["text/*"]) is None
    assert acceptable(["a/b", "c/d"], "c/d, a/b;q=x") == ["c/d"]
    assert concrete("model/*", text=False) == "application/octet-stream"
