"""Laws SIGN: signatures, the published vectors, and the verifier that receivers use."""

import base64
import hashlib
import hmac
import json
import runpy
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from smartcal_api.contract import Contract
from smartcal_api.webhooks.signing import PREFIX, sign, verify
from tests.house.source import ROOT

VECTORS: dict[str, Any] = json.loads((ROOT / "fixtures" / "signature-vectors.json").read_text(encoding="utf-8"))
ANY_TEXT = st.text(st.characters())  # lone surrogates among it


def test_sign_1_the_published_verifier_speaks_as_the_contract(contract: Contract) -> None:
    stated = contract.policy.webhook_signature
    assert (stated.prefix, stated.algorithm) == (PREFIX, "hmac-sha256")


@given(st.binary(), st.text(st.characters(exclude_categories=["Cs"])))
def test_sign_1_any_body_and_secret_verify_by_another_implementation(body: bytes, secret: str) -> None:
    """By RFC 2104, from SHA-256 alone."""
    key = secret.encode()
    key = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + body).digest()
    expected = hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).hexdigest()
    assert sign(body, secret) == f"sha256={expected}"
    assert verify(body, f"sha256={expected}", secret)


@given(st.binary(min_size=1), st.data())
def test_sign_1_any_changed_byte_fails(body: bytes, data: st.DataObject) -> None:
    at, flip = data.draw(st.integers(0, len(body) - 1)), data.draw(st.integers(1, 255))
    changed = body[:at] + bytes([body[at] ^ flip]) + body[at + 1 :]
    assert not verify(changed, sign(body, "secret"), "secret")


@given(ANY_TEXT, ANY_TEXT)
def test_sign_1_another_secret_fails(secret: str, other: str) -> None:
    # HMAC pads a short key with zeros (RFC 2104 section 3), so these are one key.
    assume(secret.rstrip("\0") != other.rstrip("\0"))
    assert not verify(b"{}", sign(b"{}", secret), other)


@given(st.none() | ANY_TEXT)
def test_sign_3_any_header_is_a_refusal_and_never_an_exception(header: str | None) -> None:
    assert not verify(b"{}", header, "secret")


def test_sign_3_the_comparison_takes_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is compared goes through the function that the standard library has for it."""
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda a, b: compared.append((a, b)) or real(a, b))
    headers = [sign(b"{}", "k"), "", "x", sign(b"{}", "l")]
    assert [verify(b"{}", header, "k") for header in headers] == [True, False, False, False]
    assert [found for _, found in compared] == [header.encode() for header in headers]


def test_sign_2_the_vectors_of_the_law() -> None:
    assert sign(b"Hello, World!", "It's a Secret to Everybody").endswith(
        "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    )
    empty = sign(b"", "k").removeprefix(PREFIX)
    assert empty.startswith("8bb990c4")
    assert empty.endswith("7f6620")
    rfc_4231 = {
        ("\x0b" * 20, b"Hi There"): "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ("Jefe", b"what do ya want for nothing?"): "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    }
    for (key, body), code in rfc_4231.items():
        assert sign(body, key) == PREFIX + code


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_sign_2_the_published_vectors_say_what_is_right(case: dict[str, Any]) -> None:
    assert verify(base64.b64decode(case["body_base64"]), case["header"], case["secret"]) is case["valid"]


def test_the_published_vectors_are_those_that_the_contract_gives() -> None:
    """`make fixtures` would leave them as they are; those that must fail are there as well."""
    assert runpy.run_path(str(ROOT / "fixtures" / "signatures.py"))["vectors"]() == VECTORS
    assert sum(not case["valid"] for case in VECTORS["cases"]) >= 12


def test_a_receiver_that_verifies_imports_no_server() -> None:
    heavy = ["sqlite3", "connexion", "starlette", "httpcore", "asyncio", "jsonschema_rs", "yaml", "click", "ssl"]
    program = f"import sys, smartcal_api.webhooks; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
