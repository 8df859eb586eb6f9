"""Tokens at the product's operations, budgets of tokens and clients, metadata (laws SCOPE, RATE 4, OAUTH 14)."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.clock import parse_rfc3339
from smartcal_api.store import open_store
from tests.api.calls import call, product
from tests.flows.oauth import AUTHORIZE, METADATA, REVOKE, TOKEN, Flow, basic, credentials, flow_of, refused, tokens
from tests.wire import open_world

SCOPES = ("read", "write", "webhooks", "admin")


@pytest.fixture
def limited(contract) -> Flow:
    return flow_of(open_world(contract, rate_limits=True))


@settings(max_examples=16)
@given(st.sets(st.sampled_from(SCOPES), min_size=1))
def test_scope_1_a_token_may_do_exactly_what_was_granted(shared_flow: Flow, granted):
    access = shared_flow.tokens(scope=" ".join(sorted(granted))).access
    for operation in product(shared_flow.world.contract):
        reply = call(shared_flow.world, operation, {"authorization": f"Bearer {access}"})
        assert (reply.status == 403) == ("admin" not in granted and not operation.scopes <= granted), operation.id
        if reply.status == 403:
            (wanted,) = operation.scopes
            assert f'error="insufficient_scope", scope="{wanted}"' in reply.headers["www-authenticate"]
        else:
            assert 200 <= reply.status < 300


def test_me_shows_the_scopes_in_the_order_granted_and_how_it_was_authenticated(flow):
    me = flow.me(flow.tokens(scope="write read").access).json
    assert (me["scopes"], me["auth_method"]) == (["write", "read"], "oauth")
    key = flow.world.get("/api/v1/me", key=flow.world.key("read")).json
    assert (key["auth_method"], key["id"]) == ("api_key", me["id"])


def test_auth_1_a_token_is_a_bearer_and_no_api_key(flow):
    access, refresh, _ = flow.tokens()
    assert flow.world.get("/api/v1/me", headers={"x-api-key": access}).code == "invalid_token"
    assert flow.me(refresh).code == "invalid_token"
    assert (
        flow.world.get("/api/v1/me", headers={"x-api-key": "scp_other"}, key=access).code == "conflicting_credentials"
    )
    assert flow.world.get(f"/api/v1/me?access_token={access}").status == 401


def remaining(reply) -> int:
    return int(reply.headers["x-ratelimit-remaining"])


def test_rate_4_each_token_has_a_budget_of_its_own(limited):
    first, second = limited.tokens(), limited.tokens()
    limit = limited.world.contract.policy.rate_limits[0].limit
    assert [remaining(limited.me(first.access)) for _ in range(limit)] == list(range(limit))[::-1]
    assert limited.me(first.access).status == 429
    assert remaining(limited.me(second.access)) == limit - 1
    # A new token of the same family begins anew.
    assert remaining(limited.me(tokens(limited.refresh(first.refresh)).access)) == limit - 1


def test_rate_4_each_client_has_a_budget_of_its_own_however_it_is_named(limited):
    limit = limited.world.contract.policy.rate_limits[0].limit
    spent = [
        limited.ask(scope="nothing"),
        limited.ask(),
        limited.post(TOKEN, {"client_id": "app"}),
        limited.post(REVOKE, {}, headers=basic("app", "wrong")),
        limited.post(AUTHORIZE, {"client_id": "app"}),
        limited.post(TOKEN, {"client_id": "app"}, client="198.51.100.7"),
    ]
    assert [limit - remaining(each) for each in spent] == [1, 2, 3, 4, 5, 6]
    assert remaining(limited.post(TOKEN, {"client_id": "rival"})) == limit - 1


@pytest.mark.parametrize("name", ["nobody", "é", "", "x" * 400])
def test_rate_4_a_client_that_nobody_knows_is_counted_for_its_address(limited, name):
    limit = limited.world.contract.policy.rate_limits[0].limit
    assert remaining(limited.post(TOKEN, {"client_id": name}, client="198.51.100.8")) == limit - 1
    assert remaining(limited.ask({"client_id": name})) == limit - 1
    assert remaining(limited.world.get(METADATA)) == limit - 2
    assert remaining(limited.post(TOKEN, {}, headers=basic("app", "x"), client="198.51.100.8")) == limit - 1


def test_rate_3_a_client_without_room_is_refused_and_nothing_is_used_up(limited):
    code, limit = limited.code(), limited.world.contract.policy.rate_limits[0].limit
    while limited.post(TOKEN, {"client_id": "app"}).status != 429:
        pass
    reply = limited.redeem(code)
    assert (reply.status, reply.code) == (429, "rate_limited")
    assert reply.headers["cache-control"] == "no-store"
    assert int(reply.headers["retry-after"]) <= 60
    assert limited.ask().status == 429
    limited.advance(59)
    assert limited.redeem(code).status == 429
    assert limit > 3


def test_oauth_14_every_url_that_the_metadata_names_works_and_is_in_the_contract(flow):
    stated = flow.world.get(METADATA).json
    assert stated["issuer"] == "http://127.0.0.1:8080"
    urls = {name: url for name, url in stated.items() if name.endswith("_endpoint")}
    assert set(urls) == {"authorization_endpoint", "token_endpoint", "revocation_endpoint"}
    paths = {name: url.removeprefix(stated["issuer"]) for name, url in urls.items()}
    assert set(paths.values()) == {path for path in flow.world.contract.data["paths"] if path.startswith("/oauth/")}
    assert flow.world.get(paths["authorization_endpoint"]).status == 400
    refused(flow.world.post(paths["token_endpoint"]), "invalid_request")
    refused(flow.world.post(paths["revocation_endpoint"]), "invalid_client", 401)


def test_oauth_14_every_method_that_the_metadata_names_works_and_no_other(flow):
    stated = flow.world.get(METADATA).json
    code = {"client_secret_post": credentials(), "client_secret_basic": {}, "none": credentials("pub", None)}
    for endpoint in ("token", "revocation"):
        assert set(stated[f"{endpoint}_endpoint_auth_methods_supported"]) == set(code)
    for name, fields in code.items():
        headers = basic("app", "the+secret+of+app") if name == "client_secret_basic" else {}
        assert flow.post(REVOKE, {"token": "x"} | {k: v for k, v in fields.items() if v}, headers=headers).status == 200
    for grant in (*stated["grant_types_supported"], "password", "implicit", "client_credentials"):
        error = flow.post(TOKEN, {"grant_type": grant} | credentials()).json["error"]
        assert (error == "unsupported_grant_type") == (grant not in stated["grant_types_supported"])
    assert stated["scopes_supported"] == list(flow.world.contract.scopes)
    assert stated["response_types_supported"] == ["code"]
    assert stated["code_challenge_methods_supported"] == ["S256"]


def test_tokens_and_clients_of_a_file_outlive_the_server(contract, tmp_path):
    path = tmp_path / "store.db"
    first = flow_of(open_world(contract, store=open_store(contract, path)))
    secret = first.world.sandbox.oauth.clients.register("kept", ["http://127.0.0.1/callback"], public=False)
    held, code, now = first.tokens(), first.code(), first.world.sandbox.clock.now()
    used = first.tokens()
    first.refresh(used.refresh)
    first.revoke(held.access)
    first.world.sandbox.store.close()
    again = flow_of(open_world(contract, store=open_store(contract, path), data=False))
    assert again.world.sandbox.clock.now() == now == parse_rfc3339("2026-03-04T12:00:00Z")
    assert again.alive(used.access)
    assert not again.alive(held.access)
    assert again.redeem(code).status == 200
    assert again.refresh(held.refresh).status == 200
    refused(again.refresh(used.refresh), "invalid_grant")
    assert not again.alive(used.access)
    assert again.redeem(again.code(client_id="kept"), client_id="kept", client_secret=secret).status == 200
    assert re.fullmatch("scs_.{43}", secret)
