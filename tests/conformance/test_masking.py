"""Law AUTH 3, of our own reports: what stands where secrets stand is masked there, and wherever else it is repeated."""

import json
from base64 import b64encode
from dataclasses import replace
from string import ascii_letters, digits
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.report import reports
from smartcal_api.conformance.report.taking import take
from smartcal_api.conformance.report.terminal import terminal_report
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.verdict import Verdict
from smartcal_api.contract import Contract
from tests.conformance.test_reports import exchange as plain
from tests.conformance.test_reports import outcome, result

# None of them is in a report by chance, nor because Hypothesis has read it in the source of one.
SECRETS = (
    st.text(ascii_letters + digits, min_size=14, max_size=38)
    .filter(lambda text: len(set(text)) > 8)
    .map(lambda text: f"7q{text}")
)
MEMBERS = (
    "secret",
    "access_token",
    "refreshToken",
    "signing_secret",
    "clientSecret",
    "password",
    "api_key",
    "id_token",
)
FIELDS = (*MEMBERS, "code", "code_verifier", "ticket")


def exchange(**changed: Any) -> Exchange:
    return replace(plain(), **changed)


def told(member: str, secret: str) -> Exchange:
    body = {"object": "webhook", "nested": [{member: secret, "scope": "read"}]}
    return exchange(body=json.dumps(body).encode())


def places(secret: str) -> list[Exchange]:
    """Everywhere that a secret stands by itself, so that its place has to be enough."""
    basic = b64encode(f"some_app:{secret}".encode()).decode()
    credentials = [("Authorization", f"Bearer {secret}"), ("authorization", f"Basic {basic}"), ("X-API-Key", secret)]
    credentials += [("Proxy-Authorization", f"Digest {secret}"), ("Cookie", f"sid={secret}"), ("X-Auth-Token", secret)]
    found = [exchange(request_headers=((name, value),)) for name, value in credentials]
    found += [exchange(headers=(("Set-Cookie", f"sid={secret}; Path=/"),))]
    found += [exchange(headers=(("Location", f"https://app.example/cb?state=1&code={secret}"),))]
    found += [exchange(request_body=f"grant_type=x&{name}={secret}".encode()) for name in FIELDS]
    found += [exchange(target=f"/oauth/token?{name}={secret}&x=1") for name in FIELDS]
    found += [exchange(request_body=json.dumps({name: secret}).encode()) for name in MEMBERS]
    found += [exchange(body=f'<input type="hidden" name="{name}" value="{secret}">'.encode()) for name in FIELDS]
    return found + [told(member, secret) for member in MEMBERS]


def said(contract: Contract, masks: Masks, exchanges: list[Exchange], why: str = "it was seen") -> dict[str, str]:
    """All that is told of a run, by where it is told."""
    found = replace(outcome(Verdict.BROKEN), why=why, story=tuple(exchanges))
    made = replace(result(contract, found), evidence=exchanges)
    masks.learn(exchanges)
    record = take(made, masks)
    return {"terminal": terminal_report(record), **reports(record, made, masks)}


@pytest.fixture
def masks(contract: Contract) -> Masks:
    return Masks(contract, Target(root="http://127.0.0.1:1"))


@given(secret=SECRETS)
@settings(max_examples=10)
def test_auth_3_what_stands_where_secrets_stand_is_masked(contract: Contract, secret: str) -> None:
    reports = said(contract, Masks(contract, Target(root="http://h")), places(secret))
    assert [name for name, text in reports.items() if secret in text or secret[::-1] in text] == []
    assert "grant_type=x" in reports["evidence.har"], "what stands beside it is shown"


@given(secret=SECRETS, member=st.sampled_from(MEMBERS), data=st.data())
@settings(max_examples=20)
def test_auth_3_what_was_told_once_is_hidden_wherever_it_is_repeated(
    contract: Contract, secret: str, member: str, data: st.DataObject
) -> None:
    encoded = "".join(quote(c, safe="") if c.isalnum() else c for c in secret).replace(
        secret[0], f"%{ord(secret[0]):02X}"
    )
    form = data.draw(st.sampled_from([secret, encoded, b64encode(f"x:{secret}".encode()).decode(), f"a{secret}b"]))
    repeating = exchange(
        target=f"/x/{form}", headers=(("X-Echo", form),), body=json.dumps({"note": f"is {form}"}).encode()
    )
    masks = Masks(contract, Target(root="http://h"))
    reports = said(contract, masks, [told(member, secret), repeating], f"it has {form}")
    assert [name for name, text in reports.items() if secret in text or form in text] == []


def test_the_code_of_a_problem_is_not_a_secret_nor_what_else_is_called_alike(masks: Masks) -> None:
    body: Any = {
        "code": "not_found",
        "error": {"code": 7},
        "token_type": "Bearer",
        "key": "a",
        "pagination": {"page": 1},
    }
    assert masks.body(body) == body
    assert masks.text("https://h/x?status=confirmed&monkey=1") == "https://h/x?status=confirmed&monkey=1"
    assert masks.text("the code is invalid_grant, its token dies") == "the code is invalid_grant, its token dies"


def test_what_is_no_text_is_masked_too(masks: Masks) -> None:
    """A secret can be a number, where a server is that wrong."""
    assert masks.body({"secret": 12345678, "active": True, "token": None}) == {
        "secret": "…",
        "active": True,
        "token": None,
    }
