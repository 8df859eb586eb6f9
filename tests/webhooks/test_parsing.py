"""What a receiver reads of a delivery: typed, and one error for whatever is wrong."""

import typing
from collections.abc import Mapping
from typing import Any, get_args, get_type_hints, is_typeddict

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api import webhooks
from smartcal_api.contract import Contract
from smartcal_api.webhooks import InvalidDelivery, OtherEvent, parse, sign
from smartcal_api.webhooks.events import KNOWN

SECRET = "whsec_of_the_tests"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text("abc.é"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "data", "x"]), inner),
    max_leaves=8,
)


def signed(value: Any) -> tuple[bytes, str, str]:
    body = value if isinstance(value, bytes) else orjson.dumps(value)
    return body, sign(body, SECRET), SECRET


def examples(contract: Contract) -> dict[str, Any]:
    """event type → the delivery that the contract shows for it."""
    found = {}
    for name, item in contract.data["webhooks"].items():
        (shown,) = item["post"]["requestBody"]["content"]["application/json"]["examples"].values()
        found[name] = contract.document.resolve(shown["$ref"])["value"]
    return found


def test_sign_the_types_are_those_of_the_contract(contract: Contract) -> None:
    assert set(KNOWN) == set(contract.data["webhooks"])
    for name, (made, _) in KNOWN.items():
        assert get_args(get_type_hints(made)["type"]) == (name,)
        assert made.__name__ in webhooks.__all__


def test_the_shapes_are_the_contracts_schemas(contract: Contract) -> None:
    """Every member of a schema, and of what is in it, is a member of the typed dictionary, and none besides."""
    for name, (_, shape) in KNOWN.items():
        payload = contract.data["webhooks"][name]["post"]["requestBody"]["content"]["application/json"]["schema"]
        schema = contract.document.resolve(payload["$ref"])["properties"]["data"]
        compare(contract, schema, shape, name)


def compare(contract: Contract, schema: Mapping[str, Any], hint: Any, at: str) -> None:
    while "$ref" in schema:
        schema = contract.document.resolve(schema["$ref"])
    choices = schema.get("oneOf") or schema.get("anyOf")
    kinds = [each for each in (get_args(hint) if not is_typeddict(hint) else [hint]) if is_typeddict(each)]
    if typing.get_origin(hint) is list:
        (item,) = get_args(hint)
        compare(contract, schema["items"], item, f"{at}[]")
    elif choices and kinds:
        flat: list[Any] = []
        for each in choices:
            resolved = contract.document.resolve(each["$ref"]) if "$ref" in each else each
            flat += resolved.get("oneOf", [each])
        objects = [each for each in flat if each.get("type") != "null"]
        assert len(objects) == len(kinds), at
        for each, kind in zip(objects, kinds, strict=True):
            compare(contract, each, kind, at)
    elif is_typeddict(hint):
        hints = get_type_hints(hint)
        assert set(hints) == set(schema["properties"]) == set(schema["required"]), at
        for member, inner in hints.items():
            compare(contract, schema["properties"][member], inner, f"{at}.{member}")
    elif "enum" in schema:
        assert hint is str or set(get_args(hint)) == set(schema["enum"]), at
    else:
        words = {str: "string", int: "integer", bool: "boolean", type(None): "null"}
        plain = [each for each in (get_args(hint) or (hint,)) if each in words]
        stated = schema.get("type", [])
        if plain and stated:
            assert {words[each] for each in plain} <= set([stated] if isinstance(stated, str) else stated), at


def test_every_example_of_the_contract_is_read_as_its_type(contract: Contract) -> None:
    for name, value in examples(contract).items():
        event = parse(*signed(value))
        assert type(event) is KNOWN[name][0]
        assert (event.id, event.type, event.created_at) == (value["id"], name, value["created_at"])
        assert event.data == value["data"]


def test_a_new_type_and_a_new_member_are_no_errors(contract: Contract) -> None:
    value = examples(contract)["booking.created"]
    assert parse(*signed(value | {"type": "booking.praised"})) == OtherEvent(
        value["id"], value["created_at"], value["data"], "booking.praised"
    )
    assert parse(*signed({**value, "data": value["data"] | {"mood": "good"}})).data["mood"] == "good"


def test_the_signature_comes_first(contract: Contract) -> None:
    body = orjson.dumps(examples(contract)["event.updated"])
    for header in (None, "", sign(body, "another")):
        with pytest.raises(InvalidDelivery, match="signature"):
            parse(body, header, SECRET)


@given(st.binary() | JSON)
def test_any_signed_body_is_an_event_or_the_one_error(value: Any) -> None:
    try:
        event = parse(*signed(value))
    except InvalidDelivery:
        return
    assert isinstance(event, OtherEvent)


@pytest.mark.parametrize(
    "body",
    [b"[" * 10_000, b'{"a":' * 10_000, b"9" * 5_000, b"NaN", b'"\\ud800"', b"\xff", b'{"id": "\0"}', b"\xef\xbb\xbf{}"],
)
def test_hostile_json_is_the_one_error(body: bytes) -> None:
    with pytest.raises(InvalidDelivery):
        parse(*signed(body))


def test_the_error_names_what_lacks_and_never_quotes_the_delivery(contract: Contract) -> None:
    value = examples(contract)["booking.cancelled"]
    for name in value["data"]:
        less = {member: each for member, each in value["data"].items() if member != name}
        with pytest.raises(InvalidDelivery, match=name):
            parse(*signed(value | {"data": less}))
    with pytest.raises(InvalidDelivery) as refused:
        parse(*signed(b'{"id": "hunter2'))
    assert "hunter2" not in str(refused.value)
