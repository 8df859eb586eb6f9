"""Clients are kept with the SHA-256 of their secrets, and found by their id (law AUTH 3)."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.auth import Secrets
from smartcal_api.auth.oauth import Clients, Credentials, Refused
from smartcal_api.clock import Clock
from smartcal_api.contract import Contract
from smartcal_api.store import open_store
from tests.flows.oauth import basic

URIS = ("https://app.example/a", "com.example:/b")


@pytest.fixture
def clients(contract: Contract) -> Clients:
    return Clients(open_store(contract), Clock(0, frozen=True), prefix="scs_", secrets=Secrets(["scs_"]))


def test_a_registered_client_is_found_as_it_was_registered(clients):
    secret = clients.register("app", URIS, public=False, name="An app", scopes=["read"], development=True)
    found = clients.find("app")
    assert (found.name, found.redirect_uris, found.scopes, found.development) == ("An app", URIS, ("read",), True)
    assert found.secret == sha256(secret.encode()).digest()
    assert found.has_secret(secret)
    assert not found.public
    assert clients.registered() == [found]


def test_a_public_client_has_no_secret_and_none_is_taken_for_its(clients):
    assert clients.register("app", URIS, public=True) is None
    found = clients.find("app")
    assert found.public
    assert found.scopes is None
    assert not found.has_secret("")


def test_secrets_are_fresh_and_of_256_bits(clients):
    secrets = {clients.register(f"app {n}", URIS, public=False) for n in range(50)}
    assert len(secrets) == 50
    assert all(len(each.removeprefix("scs_")) == 43 for each in secrets)


def test_a_client_given_at_start_is_not_kept_and_comes_first(clients):
    clients.register("app", URIS, public=True)
    clients.add("app", ["https://other.example/"], secret="x")
    assert clients.find("app").redirect_uris == ("https://other.example/",)
    assert [each.redirect_uris for each in clients.registered()] == [URIS]


@given(st.text())
def test_an_unknown_id_is_nobody(contract, identifier):
    assert Clients(open_store(contract), Clock(0), prefix="scs_", secrets=Secrets(["scs_"])).find(identifier) is None


@given(st.text(min_size=1), st.text())
def test_any_secret_but_its_own_is_refused_in_either_place(contract, secret, other):
    clients = Clients(open_store(contract), Clock(0), prefix="scs_", secrets=Secrets(["scs_"]))
    own = clients.add("app", URIS, secret=secret)
    given = {"client_id": "app", "client_secret": secret}
    assert Credentials([], given).authenticate(clients) == (own, "client_secret_post")
    if other != secret:
        with pytest.raises(Refused, match="invalid_client") as refused:
            Credentials([], given | {"client_secret": other}).authenticate(clients)
        assert refused.value.status == 401


def test_basic_names_the_client_for_its_budget_before_anybody_knows_whether_it_is_true(clients):
    header = basic("app", "whatever")["authorization"].encode()
    assert Credentials([header], {}).client_id == "app"
    assert Credentials([header], {"client_id": "other"}).client_id == "other"
    assert Credentials([header, header], {}).client_id is None
    assert Credentials([b"Basic ?"], {}).client_id is None
