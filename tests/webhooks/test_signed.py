"""Signatures in the forms that a contract can state: that of Standard Webhooks, or one with its time (laws SIGN)."""

import base64
import hashlib
import hmac
from typing import Any

import pytest

from smartcal_api.contract import Contract
from smartcal_api.contract.check import check
from smartcal_api.contract.signed import Signed
from smartcal_api.receiver_check.cases import cases
from smartcal_api.sandbox.staging import Staging
from tests.contract.check_cases import edited as document
from tests.edits import SCHEMAS, Edit, edited, put
from tests.webhooks.post import due, hook
from tests.wire import open_world

STANDARD = {
    "header": "webhook-signature",
    "algorithm": "hmac-sha256",
    "prefix": "v1,",
    "encoding": "base64",
    "signed": "{id}.{timestamp}.{body}",
    "key": "base64",
}
IN_ONE = {
    "header": "X-Signature",
    "algorithm": "hmac-sha256",
    "prefix": "t={timestamp},v1=",
    "signed": "{timestamp}.{body}",
}
NAMED = {"webhook-id": "delivery_id", "webhook-timestamp": "timestamp"}
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


def signed_by(stated: dict[str, str], carried: dict[str, str]) -> list[Edit]:
    text = {"schema": {"type": "string"}}

    def edit(data: Any) -> None:
        data["x-webhook-signature"] = stated
        for webhook in data["webhooks"].values():
            webhook["post"]["parameters"] = [
                {"name": stated["header"], "in": "header", "required": True, **text},
                *({"name": name, "in": "header", "x-value": value, **text} for name, value in carried.items()),
            ]

    return [edit, put(f"{SCHEMAS}/WebhookCreated/properties/secret", {"type": "string", "pattern": "^whsec_"})]


def delivered(contract: Contract, secret: str) -> tuple[bytes, dict[str, str]]:
    world = open_world(contract)
    hook(world, "booking.created", secret=secret)
    Staging(contract).trigger(world.sandbox, "booking.created")
    (lease,) = due(world)
    headers = {name.lower(): value for name, value in world.sandbox.outbox.terms.headers(lease)}
    return lease.body, headers


def test_sign_1_a_standard_webhook_is_signed_as_its_libraries_verify() -> None:
    contract = edited(*signed_by(STANDARD, NAMED))
    body, headers = delivered(contract, SECRET)
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(bytes(range(32)), content, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert headers["webhook-id"].startswith("dlv_")
    judge = Signed.of(contract.data)
    assert judge.is_right(body, lambda name: headers.get(name, ""), SECRET)
    for name, value in (("webhook-id", "dlv_x"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,x")):
        assert not judge.is_right(
            body, lambda each, name=name, value=value: {**headers, name: value}.get(each, ""), SECRET
        )
    assert not judge.is_right(body + b" ", lambda name: headers.get(name, ""), SECRET)


def test_sign_1_a_signature_with_its_time_in_one_header() -> None:
    contract = edited(*signed_by(IN_ONE, {}))
    body, headers = delivered(contract, "whsec_x")
    seconds, _, digest = headers["x-signature"].removeprefix("t=").partition(",v1=")
    assert digest == hmac.new(b"whsec_x", f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    assert Signed.of(contract.data).is_right(body, lambda name: headers.get(name, ""), "whsec_x")


def test_hook_1_a_new_secret_says_its_key_in_base64_where_that_is_stated() -> None:
    world = open_world(edited(*signed_by(STANDARD, NAMED)))
    wanted = {"url": "https://hooks.example.com/", "events": ["booking.created"]}
    made = world.post("/api/v1/webhooks", wanted, key=world.key("webhooks"))
    assert made.status == 201
    assert len(base64.b64decode(made.json["secret"].removeprefix("whsec_"), validate=True)) == 32


def test_sign_1_a_receiver_is_tried_with_what_its_contract_states() -> None:
    contract = edited(*signed_by(STANDARD, NAMED))
    judge = Signed.of(contract.data)
    for case in cases(contract, SECRET):
        headers = {"webhook-signature": case.signature or "", **{name.lower(): value for name, value in case.headers}}
        right = judge.is_right(case.body, lambda name, headers=headers: headers.get(name, ""), SECRET)
        assert right == case.take, case.name


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        (signed_by(STANDARD, {}), "signs {id}, which /webhooks/booking.created/post does not carry"),
        ([put("/x-webhook-signature/signed", "{timestamp}.{body}")], "add a header with x-value: timestamp to each"),
        ([put("/x-webhook-signature/signed", "{timestamp}")], "must be {body}"),
        ([put("/x-webhook-signature/signed", "{when}.{body}")], "must be {body}"),
        ([put("/x-webhook-signature/prefix", "{when}")], "must be text without braces"),
        ([put("/x-webhook-signature/encoding", "base46")], "did you mean base64?"),
    ],
)
def test_src_4_what_nobody_could_verify_is_refused(edits: list[Edit], words: str) -> None:
    found = [str(each) for each in check(document(*edits))]
    assert [each for each in found if words in each], found
