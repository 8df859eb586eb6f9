"""How long codes and tokens live, and what ends them early (laws OAUTH 9, 11, 13 and 15)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.flows.oauth import VERIFIER, Flow, challenge, credentials, flow_of, refused, tokens
from tests.wire import open_world

LIFETIMES = ("authorization_code", "access_token", "refresh_token")


@pytest.fixture
def lifetimes(contract) -> tuple[int, ...]:
    """Of codes, access tokens and refresh tokens, in seconds."""
    return tuple(contract.policy.lifetimes[name] for name in LIFETIMES)


def test_oauth_15_a_code_lives_to_the_second(flow, lifetimes):
    early, late = flow.code(), flow.code()
    flow.advance(lifetimes[0] - 1)
    assert flow.redeem(early).status == 200
    flow.advance(0.999)
    assert flow.redeem(flow.code()).status == 200
    flow.advance(0.001)
    assert "expired" in refused(flow.redeem(late), "invalid_grant")


def test_oauth_15_an_access_token_lives_to_the_second_and_says_so(flow, lifetimes):
    reply = flow.redeem(flow.code())
    assert reply.json["expires_in"] == lifetimes[1]
    flow.advance(lifetimes[1] - 0.001)
    assert flow.alive(tokens(reply).access)
    flow.advance(0.001)
    assert flow.me(tokens(reply).access).code == "invalid_token"
    assert 'error="invalid_token"' in flow.me(tokens(reply).access).headers["www-authenticate"]


def test_oauth_15_a_refresh_token_lives_to_the_second(flow, lifetimes):
    early, late = flow.tokens(), flow.tokens()
    flow.advance(lifetimes[2] - 0.001)
    assert flow.refresh(early.refresh).status == 200
    flow.advance(0.001)
    assert "expired" in refused(flow.refresh(late.refresh), "invalid_grant")


def test_oauth_15_every_refresh_starts_a_new_life(flow, lifetimes):
    held = flow.tokens()
    for _ in range(5):
        flow.advance(lifetimes[2] - 1)
        held = tokens(flow.refresh(held.refresh))
        # Other grants come and go meanwhile, and what is over is forgotten.
        flow.code()
    assert flow.alive(held.access)


def test_oauth_9_a_code_used_again_ends_its_tokens_and_those_that_came_of_them(flow):
    code, other = flow.code(), flow.tokens()
    first = tokens(flow.redeem(code))
    second = tokens(flow.refresh(first.refresh))
    assert "used before" in refused(flow.redeem(code), "invalid_grant")
    assert not any(flow.alive(each.access) for each in (first, second))
    refused(flow.refresh(second.refresh), "invalid_grant")
    assert flow.alive(other.access)


def test_oauth_9_a_code_used_again_ends_its_tokens_however_late(flow, lifetimes):
    code = flow.code()
    held = tokens(flow.redeem(code))
    for _ in range(3):
        flow.advance(lifetimes[2] - 60)
        held = tokens(flow.refresh(held.refresh))
        flow.code()  # what is over is forgotten whenever a code is made
    assert flow.alive(held.access)
    assert "used before" in refused(flow.redeem(code), "invalid_grant")
    assert not flow.alive(held.access)


def test_oauth_9_somebody_elses_used_code_ends_nothing(flow):
    code = flow.code()
    held = tokens(flow.redeem(code))
    refused(flow.redeem(code, **credentials("rival", "another secret")), "invalid_grant")
    assert flow.alive(held.access)


def test_oauth_9_a_code_that_was_burned_led_to_nothing(flow):
    code = flow.code(**challenge())
    refused(flow.redeem(code, code_verifier="x" * 43), "invalid_grant")
    refused(flow.redeem(code, code_verifier=VERIFIER), "invalid_grant")
    assert flow.redeem(flow.code(**challenge()), code_verifier=VERIFIER).status == 200


def test_oauth_11_refreshing_rotates_and_a_used_one_ends_the_family(flow):
    first, other = flow.tokens(), flow.tokens()
    second = tokens(flow.refresh(first.refresh))
    assert len({first.access, first.refresh, second.access, second.refresh}) == 4
    assert flow.alive(first.access)
    assert flow.alive(second.access)
    assert "used before" in refused(flow.refresh(first.refresh), "invalid_grant")
    assert not flow.alive(first.access)
    assert not flow.alive(second.access)
    assert "revoked" in refused(flow.refresh(second.refresh), "invalid_grant")
    assert flow.alive(other.access)


@given(st.data())
def test_oauth_12_scope_only_narrows_and_the_refresh_token_keeps_it_all(shared_flow: Flow, data):
    scopes = ["read", "write", "webhooks", "admin"]
    granted = data.draw(st.lists(st.sampled_from(scopes), min_size=1, unique=True))
    held = shared_flow.tokens(scope=" ".join(granted))
    for _ in range(3):
        asked = data.draw(st.lists(st.sampled_from([*scopes, "nothing"]), min_size=1, unique=True))
        reply = shared_flow.refresh(held.refresh, scope=" ".join(asked))
        if set(asked) <= set(granted):
            held = tokens(reply)
            assert held.scope.split() == asked
        else:
            # And the refresh token is as good as before.
            assert " ".join(granted) in refused(reply, "invalid_scope")
    assert tokens(shared_flow.refresh(held.refresh)).scope.split() == granted


def test_oauth_11_a_refresh_token_is_good_for_its_client_alone(flow):
    held = flow.tokens()
    refused(flow.refresh(held.refresh, **credentials("rival", "another secret")), "invalid_grant")
    refused(flow.refresh(held.access), "invalid_grant")
    assert flow.refresh(held.refresh).status == 200


def test_oauth_11_a_public_client_refreshes_without_a_secret(flow):
    code = flow.code(**challenge(), client_id="pub")
    held = tokens(flow.redeem(code, code_verifier=VERIFIER, client_id="pub", client_secret=None))
    assert flow.refresh(held.refresh, client_id="pub", client_secret=None).status == 200


@pytest.mark.parametrize("hint", [None, "access_token", "refresh_token", "id_token", "é" * 99])
def test_oauth_13_revoking_an_access_token_ends_it_alone(flow, hint):
    held = flow.tokens()
    reply = flow.revoke(held.access, token_type_hint=hint)
    assert (reply.status, reply.body, reply.headers["cache-control"]) == (200, b"", "no-store")
    assert not flow.alive(held.access)
    assert flow.alive(tokens(flow.refresh(held.refresh)).access)


@pytest.mark.parametrize("hint", [None, "access_token", "refresh_token"])
def test_oauth_13_revoking_a_refresh_token_ends_its_family(flow, hint):
    first, other = flow.tokens(), flow.tokens()
    second = tokens(flow.refresh(first.refresh))
    assert flow.revoke(second.refresh, token_type_hint=hint).status == 200
    assert not flow.alive(first.access)
    assert not flow.alive(second.access)
    refused(flow.refresh(second.refresh), "invalid_grant")
    assert flow.alive(other.access)


@given(st.text(min_size=1, max_size=255))
def test_oauth_13_revoking_what_nobody_knows_is_fine(shared_flow: Flow, text):
    assert shared_flow.revoke(text).status == 200


def test_oauth_13_revoking_twice_and_revoking_what_has_expired_is_fine(flow, lifetimes):
    held = flow.tokens()
    for _ in range(2):
        assert flow.revoke(held.access).status == flow.revoke(held.refresh).status == 200
    held = flow.tokens()
    flow.advance(lifetimes[2])
    assert flow.revoke(held.access).status == flow.revoke(held.refresh).status == 200


def test_oauth_13_another_clients_token_is_refused_and_stays_alive(flow):
    held = flow.tokens()
    for token in (held.access, held.refresh):
        refused(flow.revoke(token, **credentials("rival", "another secret")), "invalid_grant")
        refused(flow.revoke(token, client_id="pub", client_secret=None), "invalid_grant")
    assert flow.alive(held.access)
    assert flow.refresh(held.refresh).status == 200


def test_oauth_9_what_is_over_is_forgotten(flow, lifetimes):
    """Neither codes, nor tokens, nor the marks of spent forms are kept for ever."""
    query = flow.world.sandbox.store.query

    def kept() -> list[int]:
        tables = ("oauth_grants", "oauth_tokens", "oauth_tickets")
        return [query(f"SELECT count(*) FROM {table}")[0][0] for table in tables]

    for _ in range(5):
        flow.refresh(flow.tokens().refresh)
    assert kept() == [5, 20, 5]
    flow.advance(sum(lifetimes) + 1)
    flow.tokens()
    assert kept() == [1, 2, 1]


def test_oauth_9_one_code_many_claims_in_one_process(contract):
    """The statement that claims a code is the one that decides: a second one finds nothing to claim."""
    codes = flow_of(open_world(contract)).world.sandbox.oauth.codes
    asked = {"client": "app", "redirect_uri": "http://127.0.0.1/callback"}
    codes.keep("a code", owner=1, scopes=["read"], challenge=None, **asked)
    claims = [codes.claim("a code", **asked) for _ in range(50)]
    assert [isinstance(each, str) for each in claims] == [False] + [True] * 49
