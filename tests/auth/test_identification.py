"""Which credential a request presents: laws AUTH 1 and AUTH 2."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from smartcal_api.contract import Contract
from tests.api.calls import BEARER, HEADER, call, credential, path_of, product
from tests.wire import Reply, World, open_world

REALM = 'Bearer realm="SmartCal Pro API"'
# What a header field can carry (RFC 9110 section 5.5), without white space at its ends.
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=60).map(
    str.strip
)


@pytest.fixture(scope="module")
def reading(contract: Contract) -> World:
    """A world for requests that change nothing."""
    return open_world(contract)


def is_missing(reply: Reply) -> bool:
    return (reply.status, reply.code, reply.headers["www-authenticate"]) == (401, "missing_credentials", REALM)


def is_invalid(reply: Reply) -> bool:
    challenge = f'{REALM}, error="invalid_token"'
    return (reply.status, reply.code, reply.headers["www-authenticate"]) == (401, "invalid_token", challenge)


def test_auth_1_without_a_credential_every_operation_is_401_without_an_error_in_the_challenge(reading: World) -> None:
    for operation in product(reading.contract):
        path = path_of(reading, operation, identifier="nobody")
        assert is_missing(reading.request(operation.method, path)), operation.id
        assert is_missing(reading.request(operation.method, path, query="unknown=1", body=b"{")), operation.id


def test_auth_1_an_unknown_credential_is_401_invalid_token_at_every_operation(reading: World) -> None:
    for operation in product(reading.contract):
        for carrier in (BEARER, HEADER):
            path = path_of(reading, operation, identifier="nobody")
            reply = reading.request(operation.method, path, headers=credential(carrier, "scp_nobody"))
            assert is_invalid(reply), operation.id


@given(VALUES)
def test_auth_1_any_authorization_that_is_no_known_key_is_401_invalid_token(reading: World, value: str) -> None:
    reply = reading.get("/api/v1/me", headers={"authorization": value})
    assert is_invalid(reply)
    assert len(value) < 12 or value.encode() not in reply.body


@given(VALUES)
def test_auth_1_any_x_api_key_that_is_no_known_key_is_401_invalid_token(reading: World, value: str) -> None:
    assert is_invalid(reading.get("/api/v1/me", headers={"x-api-key": value}))


@given(st.integers(0, 40), st.sampled_from("!~ aZ\xe9"), st.booleans())
def test_auth_1_a_key_with_one_character_more_or_another_one_is_unknown(
    reading: World, place: int, other: str, insert: bool
) -> None:
    key = reading.key("read")
    place = min(place, len(key) - 1)
    changed = key[:place] + other + key[place + (0 if insert else 1) :]
    assume(changed.strip() != key)
    for carrier in (BEARER, HEADER):
        assert is_invalid(reading.get("/api/v1/me", headers=credential(carrier, changed)))


@given(st.sampled_from(["Bearer", "bearer", "BEARER", "bEaReR"]), st.integers(1, 5), st.integers(0, 5))
def test_auth_1_the_scheme_is_read_without_regard_to_case(reading: World, scheme: str, before: int, after: int) -> None:
    # RFC 9110 section 11.1: the scheme is case-insensitive; 11.6.2: one or more spaces follow it.
    value = scheme + " " * before + reading.key("read") + " " * after
    assert reading.get("/api/v1/me", headers={"authorization": value}).status == 200


@given(st.sampled_from(["Basic", "Digest", "Token", "Bearer:", "Bearer=", "Bear", ""]))
def test_auth_1_a_key_behind_another_scheme_is_not_read(reading: World, scheme: str) -> None:
    assert is_invalid(reading.get("/api/v1/me", headers={"authorization": f"{scheme} {reading.key('read')}"}))
    assert is_invalid(reading.get("/api/v1/me", headers={"authorization": scheme + reading.key("read")}))


@pytest.mark.parametrize("scope", ["admin", "read"])
def test_auth_2_a_key_has_the_same_answer_in_either_header_at_every_operation(contract: Contract, scope: str) -> None:
    for operation in product(contract):
        answers = []
        for carrier in (BEARER, HEADER):
            world = open_world(contract)
            answers.append(call(world, operation, credential(carrier, world.key(scope))))
        bearer, header = (_without_secret(each) for each in answers)
        assert bearer == header, operation.id


def _without_secret(reply: Reply) -> tuple[object, ...]:
    """All but what is random on purpose: the secret of a webhook."""
    if reply.status != 201:
        return reply
    return reply.status, reply.headers, {**reply.json, "secret": None}


FIELDS = st.lists(
    st.tuples(st.sampled_from([BEARER, HEADER]), st.sampled_from(["read", "write", "admin", None])),
    min_size=1,
    max_size=4,
)


@given(FIELDS)
@settings(max_examples=150)
def test_auth_2_credentials_that_differ_are_400_and_the_same_one_repeated_is_one(
    reading: World, fields: list[tuple[str, str | None]]
) -> None:
    secrets = [reading.key(scope) if scope else "scp_unknown" for _, scope in fields]
    headers = [
        pair
        for (carrier, _), secret in zip(fields, secrets, strict=True)
        for pair in credential(carrier, secret).items()
    ]
    reply = reading.get("/api/v1/me", headers=headers)
    if len(set(secrets)) > 1:
        assert (reply.status, reply.code) == (400, "conflicting_credentials")
        assert "www-authenticate" not in reply.headers
    elif secrets[0] == "scp_unknown":
        assert is_invalid(reply)
    else:
        assert reply.status == (403 if fields[0][1] == "write" else 200)


@given(st.sampled_from(["api_key", "access_token", "key", "token", "X-API-Key", "authorization", "Authorization"]))
def test_auth_2_a_credential_in_the_query_is_never_read(reading: World, name: str) -> None:
    key = reading.key("read")
    for value in (key, f"Bearer {key}"):
        assert is_missing(reading.get("/api/v1/me", query={name: value}))
        reply = reading.get("/api/v1/me", query={name: value}, key=key)
        assert (reply.status, reply.code) == (400, "invalid_request")
        assert key not in reply.body.decode()


def test_auth_1_operations_without_security_read_no_credential(reading: World) -> None:
    path = "/.well-known/oauth-authorization-server"
    plain = reading.get(path)
    assert plain.status == 200
    for headers in ({"authorization": "Bearer nobody"}, {"authorization": "Basic x", "x-api-key": "y"}):
        assert reading.get(path, headers=headers).body == plain.body
