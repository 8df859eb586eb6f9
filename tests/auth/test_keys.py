"""Law AUTH 3: keys are known by their hash alone. And how a key ends."""

import logging
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.auth import Keys, random_key
from smartcal_api.clock import NANOSECONDS
from smartcal_api.contract import Contract
from smartcal_api.store import open_store
from tests.api.calls import BEARER, HEADER, credential, dump, product, subscribe
from tests.wire import World, open_world


@pytest.fixture(scope="module")
def reading(contract: Contract) -> World:
    """A world for requests that change nothing."""
    return open_world(contract)


def everything(world: World) -> bytes:
    return repr(dump(world.sandbox)).encode()


def test_auth_3_the_store_has_the_hash_of_a_key_and_not_the_key(world: World) -> None:
    key = world.sandbox.keys.mint(["read"], owner=1, label="mine")
    assert world.get("/api/v1/me", key=key).status == 200
    stored = dump(world.sandbox)["keys"]
    assert [row[0] for row in stored] == [sha256(key.encode()).digest()]
    assert key.encode() not in everything(world)
    assert key[8:].encode() not in everything(world)


def test_auth_3_a_file_holds_no_key_in_any_of_its_bytes(contract: Contract, tmp_path: Path) -> None:
    store = open_store(contract, tmp_path / "smartcal.db")
    world = open_world(contract, store=store)
    key = world.sandbox.keys.mint(["admin"], owner=1)
    given_at_start = world.key("admin")
    assert world.get("/api/v1/me", key=key).status == world.get("/api/v1/me", key=given_at_start).status == 200
    store.close()
    for file in tmp_path.iterdir():
        assert key.encode() not in file.read_bytes()
        assert given_at_start.encode() not in file.read_bytes()


def test_auth_3_no_log_line_error_or_list_shows_a_credential(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    valid, unknown = world.sandbox.keys.mint(["read"], owner=1), "scp_0123456789abcdefghij"
    said = []
    for operation in product(world.contract):
        for secret in (valid, unknown):
            for carrier in (BEARER, HEADER):
                path = operation.path.replace("{", "").replace("}", "")
                said.append(world.request(operation.method, path, headers=credential(carrier, secret), body=b"{"))
    shown = repr(said) + caplog.text + repr(world.sandbox.keys.records())
    assert len(said) == 44
    assert valid not in shown
    assert unknown not in shown
    assert sha256(valid.encode()).hexdigest() not in shown


def test_auth_3_a_webhook_secret_is_logged_nowhere_and_never_answered_again(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    created, key = subscribe(world), world.key("admin")
    listed = world.get("/api/v1/webhooks", key=key)
    gone = world.request("DELETE", f"/api/v1/webhooks/{created['id']}", key=key)
    assert (listed.status, gone.status) == (200, 204)
    assert created["secret"] not in listed.body.decode() + caplog.text
    assert "secret" not in listed.json["data"][0]
    assert created["secret"].encode() not in everything(world)


def test_auth_1_a_revoked_key_is_401_at_once_and_after_opening_again(contract: Contract, tmp_path: Path) -> None:
    store = open_store(contract, tmp_path / "smartcal.db")
    world = open_world(contract, store=store)
    kept, revoked = (world.sandbox.keys.mint(["read"], owner=1, label=label) for label in ("kept", "revoked"))
    (fingerprint,) = (each.fingerprint for each in world.sandbox.keys.records() if each.label == "revoked")
    assert world.sandbox.keys.revoke(fingerprint) == 1
    assert world.sandbox.keys.revoke(fingerprint) == 0
    for _ in range(2):
        assert world.get("/api/v1/me", key=kept).status == 200
        assert world.get("/api/v1/me", key=revoked).code == "invalid_token"
        assert [each.revoked for each in world.sandbox.keys.records() if each.label == "revoked"] == [True]
        store.close()
        store = open_store(contract, tmp_path / "smartcal.db")
        world = open_world(contract, store=store, data=False)
    store.close()


@given(st.integers(1, 10**12), st.integers(-2, 2))
@settings(max_examples=25)
def test_auth_1_a_key_expires_to_the_nanosecond(contract: Contract, lifetime: int, around: int) -> None:
    store = open_store(contract)
    world = open_world(contract, store=store, data=False)
    now = world.sandbox.clock.now()
    row = (sha256(b"scp_brief").digest(), 1, '["read"]', "", now, now + lifetime)
    store.query("INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, NULL)", row)
    policy = contract.policy
    keys = Keys(
        store,
        world.sandbox.clock,
        prefix=policy.secrets["api_key"],
        implies=policy.scope_implies,
        secrets=world.sandbox.secrets,
    )
    step = max(0, lifetime + around)
    world.sandbox.clock.advance(step)
    assert (keys.find(b"scp_brief") is not None) == (step < lifetime)


@given(st.lists(st.sampled_from(["read", "write", "webhooks", "admin"]), min_size=1, max_size=6))
def test_auth_2_me_names_each_granted_scope_once_and_none_that_is_only_implied(
    reading: World, granted: list[str]
) -> None:
    reading.sandbox.keys.add("mine", granted, owner=1)
    reply = reading.get("/api/v1/me", key="mine")
    if {"read", "admin"} & set(granted):
        assert reply.json["scopes"] == list(dict.fromkeys(granted))
        assert reply.json["auth_method"] == "api_key"
    else:
        assert reply.status == 403


def test_auth_3_random_keys_have_the_prefix_and_256_bits_and_never_repeat(contract: Contract) -> None:
    prefix = contract.policy.secrets["api_key"]
    keys = {random_key(prefix) for _ in range(1000)}
    assert len(keys) == 1000
    assert all(key.startswith(prefix) and len(key) - len(prefix) >= 43 for key in keys)


def test_a_failed_mint_leaves_no_key(world: World) -> None:
    world.sandbox.store.query("PRAGMA query_only = 1")
    with pytest.raises(Exception, match="could not do this now"):
        world.sandbox.keys.mint(["read"], owner=1)
    world.sandbox.store.query("PRAGMA query_only = 0")
    assert world.sandbox.keys.records() == []


def test_a_key_works_for_a_year_of_the_sandbox_unless_it_expires(world: World) -> None:
    key = world.sandbox.keys.mint(["read"], owner=1)
    world.sandbox.clock.advance(365 * 86_400 * NANOSECONDS)
    assert world.get("/api/v1/me", key=key).status == 200
