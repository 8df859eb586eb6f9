import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ended
from tests.e2e.server import serving

Command = Callable[..., Ended]


@pytest.fixture
def store(smartcal: Command) -> str:
    assert smartcal("store", "seed", "calendar.db", "--events", "3", "--bookings", "1").code == 0
    return "calendar.db"


def test_a_key_is_shown_once_listed_by_its_fingerprint_and_revoked_by_it(smartcal: Command, store: str) -> None:
    added = smartcal("store", "keys", "add", store, "--scopes", "read,write", "--label", "for the tests")
    assert added.code == 0
    secret = added.out.strip()
    assert re.fullmatch(r"scp_[\w-]{43}", secret, re.ASCII)
    listed = smartcal("store", "keys", "list", store).out
    assert secret not in listed
    fingerprint, *cells = listed.split()
    assert cells[:4] == ["active", "read,write", "account", "1"]
    assert listed.rstrip().endswith("for the tests")
    revoked = smartcal("store", "keys", "revoke", store, fingerprint[:6])
    assert (revoked.code, revoked.out) == (0, f"revoked {fingerprint}\n")
    assert smartcal("store", "keys", "list", store).out.split()[:2] == [fingerprint, "revoked"]
    assert smartcal("store", "keys", "revoke", store, fingerprint).code == 2


def test_auth_3_the_file_has_no_key_in_it(smartcal: Command, store: str, tmp_path: Path) -> None:
    secret = smartcal("store", "keys", "add", store, "--scopes", "admin").out.strip()
    for file in tmp_path.iterdir():
        assert secret.encode() not in file.read_bytes()


def test_a_stored_key_works_until_it_is_revoked_and_in_its_own_account(
    smartcal: Command, store: str, tmp_path: Path
) -> None:
    mine = smartcal("store", "keys", "add", store, "--scopes", "read").out.strip()
    others = smartcal("store", "keys", "add", store, "--scopes", "read", "--other").out.strip()
    with serving(tmp_path, "--store", store) as server:
        accounts = [server.request("GET", "/api/v1/me", key=key).json["id"] for key in (mine, others)]
        assert accounts[0] != accounts[1]
        assert server.request("GET", "/api/v1/webhooks", key=mine).status == 403
        in_use = smartcal("store", "keys", "list", store)
        assert (in_use.code, in_use.err.count("\n")) == (2, 1)
        assert "in use by another smartcal" in in_use.err
    fingerprint = smartcal("store", "keys", "list", store).out.split()[0]
    assert smartcal("store", "keys", "revoke", store, fingerprint).code == 0
    with serving(tmp_path, "--store", store) as server:
        assert sorted(server.request("GET", "/api/v1/me", key=key).status for key in (mine, others)) == [200, 401]


@pytest.mark.parametrize(
    ("scopes", "words"), [("fly", "not fly"), ("read,fly", "not fly"), ("", "not none"), (",", "not none")]
)
def test_a_scope_that_the_contract_lacks_is_refused_with_those_that_it_has(
    smartcal: Command, store: str, scopes: str, words: str
) -> None:
    ended = smartcal("store", "keys", "add", store, "--scopes", scopes)
    assert (ended.code, ended.out) == (2, "")
    assert "the contract has read, write, webhooks, admin" in ended.err
    assert words in ended.err
    assert smartcal("store", "keys", "list", store).out == ""


@pytest.mark.parametrize("fingerprint", ["", "zzz"])
def test_a_fingerprint_that_names_no_key_or_several_revokes_none(
    smartcal: Command, store: str, fingerprint: str
) -> None:
    for _ in range(2):
        smartcal("store", "keys", "add", store, "--scopes", "read")
    ended = smartcal("store", "keys", "revoke", store, fingerprint)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert smartcal("store", "keys", "list", store).out.count("active") == 2
