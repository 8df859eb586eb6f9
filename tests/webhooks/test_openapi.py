"""The judge of every delivery that an end-to-end test receives, judged itself (law HOOK 2)."""

from typing import Any

import orjson
import pytest

from smartcal_api.contract import Contract
from smartcal_api.webhooks import sign
from smartcal_api.webhooks.receiver import Received
from tests.webhooks.openapi import assert_valid
from tests.webhooks.test_parsing import examples


def received(contract: Contract, value: Any, **headers: str) -> Received:
    body = orjson.dumps(value)
    name = contract.policy.webhook_signature.header.lower()
    return Received("/", {"content-type": "application/json", name: sign(body, "k"), **headers}, body)


def test_what_the_contract_shows_is_valid(contract: Contract) -> None:
    for value in examples(contract).values():
        assert_valid(received(contract, value))


def test_what_breaks_the_contract_is_not(contract: Contract) -> None:
    value = examples(contract)["booking.created"]
    name = contract.policy.webhook_signature.header.lower()
    for wrong in (
        received(contract, value | {"id": "evt_00000000000000000000"}),
        received(contract, value | {"type": "booking.praised"}),
        received(contract, value | {"data": {**value["data"], "status": "gone"}}),
        received(contract, {**value, "data": None}),
        received(contract, value, **{"content-type": "text/plain"}),
        received(contract, value, **{name: "sha256=" + "A" * 64}),
        Received("/", {"content-type": "application/json"}, orjson.dumps(value)),
    ):
        with pytest.raises(Exception, match=r".+"):
            assert_valid(wrong)
