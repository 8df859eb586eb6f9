"""Nothing secret is kept or told in clear: not in logs, errors or the store (law AUTH 3)."""

import logging
from hashlib import sha256

import pytest

from smartcal_api.store import open_store
from tests.flows.oauth import (
    CALLBACK,
    SECRET,
    VERIFIER,
    Flow,
    Tokens,
    basic,
    challenge,
    credentials,
    flow_of,
    hidden,
    tokens,
)
from tests.wire import open_world


@pytest.fixture
def filed(contract, tmp_path) -> Flow:
    return flow_of(open_world(contract, store=open_store(contract, tmp_path / "store.db")))


def everything(flow: Flow) -> tuple[list[str], list[bytes]]:
    """Goes through all of it, right and wrong. Returns every secret, and all that was said about refusals."""
    secrets, said = [SECRET, "another secret", VERIFIER, "a wrong secret"], []
    key = flow.world.sandbox.keys.mint(["read"], owner=1)
    registered = flow.world.sandbox.oauth.clients.register("kept", [CALLBACK], public=False)
    secrets += [key, registered]

    def note(reply):
        said.append(reply.body + str(reply.headers).encode())
        return reply

    for sent in ({}, challenge()):
        page = flow.ask(sent)
        secrets.append(hidden(page)["ticket"])
        code = note(flow.decide(page)).headers["location"].partition("code=")[2].partition("&")[0]
        said.pop()  # which is the one place where it has to be
        verifier = {"code_verifier": VERIFIER if sent else None}
        note(flow.redeem(code, client_secret="a wrong secret"))
        note(flow.redeem(code, redirect_uri=CALLBACK + "x", **verifier))
        held = tokens(flow.redeem(code, **verifier))
        later = tokens(flow.refresh(held.refresh))
        note(flow.refresh(later.refresh, scope="admin"))
        note(flow.refresh(later.refresh, **credentials("rival", "another secret")))
        note(flow.revoke(later.access, **credentials("rival", "another secret")))
        note(flow.world.get("/api/v1/webhooks", key=later.access))
        note(flow.world.get(f"/api/v1/me?access_token={later.access}", key=later.access))
        note(flow.redeem(code, **verifier))
        note(flow.redeem(code * 20, **verifier))
        note(flow.refresh(held.refresh))
        note(flow.me(later.access))
        note(flow.decide(page))
        note(flow.revoke(held.refresh))
        note(flow.post(f"/oauth/token?code={code}&client_secret={registered}", credentials()))
        note(flow.post("/oauth/revoke", {"token": held.access} | credentials(), headers=basic("kept", registered)))
        secrets += [code, *held[:2], *later[:2]]
    note(flow.world.get("/api/v1/me", key=key))
    note(flow.world.get("/api/v1/webhooks", key=key))
    return secrets, said


def test_auth_3_no_log_and_no_error_has_a_secret_in_it(filed, caplog):
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="smartcal"):
        secrets, said = everything(filed)
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert logged.count("\n") > 20
    for secret in secrets:
        assert secret not in logged
        assert not [text for text in said if secret.encode() in text]


def test_auth_3_the_file_has_hashes_alone(filed, tmp_path):
    secrets, _ = everything(filed)
    written = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert not [secret for secret in secrets if secret.encode() in written]
    # Which is no wonder if nothing was written: the hashes are there.
    hashes = [sha256(each.encode()).digest() in written for each in secrets if each.startswith("sc")]
    assert sum(hashes) >= 11, hashes


def test_every_refusal_is_one_line_of_log_that_names_the_client_and_the_reason(flow, caplog):
    refusals = [
        lambda: flow.redeem("x"),
        lambda: flow.refresh("x"),
        lambda: flow.post("/oauth/token", {}),
        lambda: flow.revoke("x", client_secret="wrong"),
        lambda: flow.ask(scope="nothing"),
        lambda: flow.ask(client_id="nobody"),
        lambda: flow.ask(redirect_uri="https://evil.example/"),
        lambda: flow.decide(flow.ask(), ticket="x"),
        lambda: flow.decide(flow.ask(), "deny"),
    ]
    for refuse in refusals:
        caplog.clear()
        with caplog.at_level(logging.INFO, logger="smartcal"):
            reply = refuse()
        (record,) = caplog.records
        assert record.levelno == logging.INFO
        assert record.getMessage().startswith(reply.headers["x-request-id"])
        assert "evil" not in record.getMessage()
        assert "\n" not in record.getMessage()
    assert "access_denied" in record.getMessage()
    assert "(client app)" in record.getMessage()


def test_auth_3_authlib_keeps_its_debug_log_of_tokens_to_itself(flow, caplog):
    with caplog.at_level(logging.DEBUG):
        held: Tokens = flow.tokens()
    assert not [record for record in caplog.records if record.name.startswith("authlib")]
    assert flow.alive(held.access)
