"""The guard of the body, in process: bounds, media types, encodings, and what breaks off."""

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smartcal_api.contract import Contract
from smartcal_api.contract.operation import Body
from smartcal_api.errors import Problem
from smartcal_api.http.body import BodyReader
from smartcal_api.http.exchange import Exchange
from tests.wire import Reply, World, open_world

HOOK = {"url": "https://hooks.example.com/", "events": ["booking.created"]}
JSON = "application/json"


@pytest.fixture(scope="module")
def served(contract: Contract) -> World:
    """One for all; what is created here is deleted again."""
    return open_world(contract)


def post(world: World, body: bytes, media_type: str | None = JSON, **headers: str) -> Reply:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    key = world.key("webhooks")
    reply = world.request("POST", "/api/v1/webhooks", key=key, body=body, media_type=media_type, headers=fields)
    if reply.status == 201:
        assert world.request("DELETE", f"/api/v1/webhooks/{reply.json['id']}", key=key).status == 204
    return reply


@pytest.mark.parametrize(
    "media_type", [JSON, "Application/JSON", "application/json;charset=utf-8", 'application/json; charset="UTF-8"']
)
def test_a_body_in_utf_8_is_taken_however_its_media_type_is_written(served: World, media_type: str) -> None:
    assert post(served, json.dumps(HOOK).encode(), media_type).status == 201


@pytest.mark.parametrize(
    "media_type",
    [
        None,
        "",
        ";",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "application/json; charset=utf-16",
        "application/json;charset=utf-7;charset=utf-8",
        "application/json, text/plain",
        "é/ÿ",
    ],
)
def test_guard_1_another_media_type_or_charset_is_415_and_names_what_is_taken(
    served: World, media_type: str | None
) -> None:
    reply = post(served, json.dumps(HOOK).encode(), media_type)
    assert (reply.status, reply.code) == (415, "unsupported_media_type")
    assert "UTF-8" in reply.json["detail"] or JSON in reply.json["detail"]


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip", "zstd", "identity, identity", "x-unknown", "é"])
def test_guard_1_a_content_encoding_is_415(served: World, encoding: str) -> None:
    reply = post(served, json.dumps(HOOK).encode(), content_encoding=encoding)
    assert (reply.status, reply.code) == (415, "unsupported_media_type")


def test_the_encoding_identity_is_none(served: World) -> None:
    assert post(served, json.dumps(HOOK).encode(), content_encoding="Identity").status == 201


def test_guard_1_a_body_of_the_size_allowed_is_read_and_one_byte_more_is_413(served: World) -> None:
    most = served.contract.policy.request_limits.body_bytes
    text = json.dumps(HOOK).encode()
    assert post(served, text + b" " * (most - len(text))).status == 201
    reply = post(served, text + b" " * (most - len(text) + 1))
    assert (reply.status, reply.code) == (413, "body_too_large")


@pytest.mark.parametrize("body", [b"", b"{}"])
@pytest.mark.parametrize("media_type", [None, JSON, "text/plain"])
def test_an_empty_body_is_no_body_whatever_its_content_type(contract: Contract, body: bytes, media_type: str) -> None:
    world = open_world(contract)
    key = world.key("write", "read")
    booking = world.get("/api/v1/bookings?upcoming=true", key=key).json["data"][0]["id"]
    reply = world.request("POST", f"/api/v1/bookings/{booking}/cancel", key=key, body=body, media_type=media_type)
    assert reply.status == (200 if not body or media_type == JSON else 415)


def test_a_body_that_is_needed_and_missing_is_400(served: World) -> None:
    reply = post(served, b"")
    assert (reply.status, reply.code) == (400, "invalid_body")
    assert reply.json["errors"] == [{"pointer": "", "detail": "is required; send a body."}]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"url": "https://a.example/", "events": []}', "/events"),
        (b'{"url": "https://a.example/", "events": ["booking.created", 3]}', "/events/1"),
        (b'{"url": 1e300, "events": ["booking.created"]}', "/url"),
        (b'{"url": ' + b"9" * 300 + b', "events": ["booking.created"]}', "/url"),
        (b'{"url": "https://a.example/", "events": ["booking.created"], "more": 1}', ""),
        (b"[" + b"0," * 200_000 + b"0]", ""),
        (b'{"url": "https://a.example/", "events": [' + b'"x",' * 200_000 + b'"y"]}', "/events"),
        (b'{"' + b"x" * 1_000_000 + b'": 1}', ""),
    ],
)
def test_a_body_against_the_schema_is_400_with_pointers_and_a_short_answer(
    served: World, body: bytes, pointer: str
) -> None:
    reply = post(served, body)
    assert (reply.status, reply.code) == (400, "invalid_body")
    assert any(error["pointer"].startswith(pointer) for error in reply.json["errors"])
    assert len(reply.body) < 20_000


def test_guard_2_a_megabyte_of_faults_does_not_keep_the_next_request_waiting(served: World) -> None:
    """To state them all took ten seconds, in which nobody was answered."""
    body = b'{"url": "https://a.example/", "events": [' + b'"x",' * 200_000 + b'"y"]}'
    began = time.process_time()
    json.loads(body)
    plain = time.process_time() - began
    began = time.process_time()
    assert post(served, body).status == 400
    assert time.process_time() - began < 50 * plain + 1


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\ud8 urlevnts01eNa+-.\0é').map(str.encode))
@example(json.dumps(HOOK | {"description": "a\0b\U0001f600"}).encode())
@example(b'{"url": "https://a.example/\\u0000", "events": ["booking.created"]}')
@example(b'{"url": "https://a.example/\\ud800", "events": ["booking.created"]}')
def test_guard_1_any_body_is_answered_below_500_and_so_is_the_next_request(served: World, body: bytes) -> None:
    for path in ("/api/v1/webhooks", "/oauth/token"):
        for media_type in (JSON, "application/x-www-form-urlencoded"):
            reply = served.request("POST", path, key=served.key("webhooks"), body=body, media_type=media_type)
            assert reply.status < 500
    assert served.get("/api/v1/me", key=served.key("read")).status == 200


def receive(world: World, messages: Sequence[dict[str, Any]], *headers: tuple[bytes, bytes]) -> tuple[bytes, int]:
    """The body, and how many messages it took to know it."""
    contract = world.contract
    reader = BodyReader(Body(required=False, media_types={}), contract.schemas, contract.policy.request_limits)
    exchange = Exchange({"headers": list(headers)}, world.sandbox)
    taken = 0

    async def one() -> dict[str, Any]:
        nonlocal taken
        taken += 1
        return messages[taken - 1]

    try:
        return asyncio.run(reader.receive(exchange, one)), taken
    except Problem as problem:
        return problem.code.encode(), taken


def chunk(body: bytes, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_guard_1_a_body_without_a_length_is_given_up_with_the_first_byte_too_many(served: World) -> None:
    most = served.contract.policy.request_limits.body_bytes
    endless = [chunk(b"a" * 65_536)] * 1_000
    assert receive(served, endless) == (b"body_too_large", most // 65_536 + 1)


@pytest.mark.parametrize("length", [b"1048577", b"9" * 17, b"9" * 40])
def test_guard_1_a_length_too_large_is_refused_before_anything_is_read(served: World, length: bytes) -> None:
    assert receive(served, [], (b"content-length", length)) == (b"body_too_large", 0)


@given(st.lists(st.binary(max_size=30), min_size=1, max_size=8))
def test_a_body_in_any_pieces_is_their_sum(served: World, pieces: list[bytes]) -> None:
    messages = [chunk(piece, more=index < len(pieces) - 1) for index, piece in enumerate(pieces)]
    assert receive(served, messages) == (b"".join(pieces), len(pieces))


def test_a_client_that_goes_away_in_the_middle_is_a_refusal_and_no_defect(served: World) -> None:
    assert receive(served, [chunk(b"a"), {"type": "http.disconnect"}]) == (b"invalid_request", 2)
