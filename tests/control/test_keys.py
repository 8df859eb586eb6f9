"""Laws AUTH 1, AUTH 3, SCOPE 1 and OAUTH: credentials as a test needs them, of which a list never shows one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.contract import Contract
from tests.control.plane import Plane, open_plane

KEYS, CLIENTS, OAUTH = (f"/sandboxes/default/{name}" for name in ("keys", "oauth-clients", "oauth"))
ME = "/api/v1/me"


def mint(plane: Plane, **wanted: Any) -> dict[str, Any]:
    reply = plane.post(KEYS, {"scopes": ["read"], **wanted})
    assert reply.status == 201, reply.body
    return reply.json


@given(data=st.data())
def test_scope_1_a_key_has_the_scopes_and_the_account_that_were_asked_for(
    contract: Contract, shared: Plane, data: st.DataObject
) -> None:
    scopes = data.draw(st.lists(st.sampled_from(contract.scopes), min_size=1, unique=True))
    owner = data.draw(st.sampled_from(["main", "other"]))
    made = mint(shared, scopes=scopes, owner=owner, label="mine")
    assert (made["scopes"], made["owner"], made["label"], made["state"]) == (scopes, owner, "mine", "active")
    me = shared.get(ME, key=made["key"])
    assert (me.status == 200) == bool({"read", "admin"} & set(scopes))
    listed = shared.get(KEYS)
    assert made["key"] not in listed.body.decode()
    assert {name: value for name, value in made.items() if name != "key"} in listed.json["data"]


@pytest.fixture(scope="module")
def shared(contract: Contract) -> Plane:
    return open_plane(contract)


def test_auth_1_a_key_expires_on_the_sandboxes_clock_or_at_once(plane: Plane) -> None:
    later, now = mint(plane, expires_at="now+1h"), mint(plane)
    assert plane.get(ME, key=later["key"]).status == 200
    expired = plane.post(f"{KEYS}/{now['fingerprint']}/expire").json
    assert (expired["state"], expired["expires_at"]) == ("expired", "2026-03-04T12:00:00Z")
    assert plane.get(ME, key=now["key"]).code == "invalid_token"
    plane.post("/sandboxes/default/clock/advance", {"by": "1h"})
    assert plane.get(ME, key=later["key"]).code == "invalid_token"
    states = {each["fingerprint"]: each["state"] for each in plane.get(KEYS).json["data"]}
    assert states[later["fingerprint"]] == "expired"


def test_auth_1_any_key_can_be_revoked_those_given_at_start_too(plane: Plane) -> None:
    given = plane.world.key("read")
    made = mint(plane)
    listed = plane.get(KEYS).json["data"]
    assert [each["kept"] for each in listed] == [False, True]
    for each, key in zip(listed, (given, made["key"]), strict=True):
        assert plane.get(ME, key=key).status == 200
        assert plane.request("DELETE", f"{KEYS}/{each['fingerprint']}").json["state"] == "revoked"
        assert plane.get(ME, key=key).code == "invalid_token"
    assert plane.request("DELETE", f"{KEYS}/{'0' * 12}").status == 404


def test_a_key_of_ones_own_is_one_that_nobody_has(plane: Plane) -> None:
    own = mint(plane, key="my_own_key")
    assert plane.get(ME, key="my_own_key").status == 200
    assert plane.post(KEYS, {"scopes": ["read"], "key": "my_own_key"}).code == "conflict"
    plane.request("DELETE", f"{KEYS}/{own['fingerprint']}")
    assert plane.post(KEYS, {"scopes": ["read"], "key": "my_own_key"}).code == "conflict"
    other = plane.create(name="a")
    assert plane.post(KEYS, {"scopes": ["read"], "key": other["keys"]["read"]}).code == "conflict"
    assert plane.post(KEYS, {"scopes": ["read"], "key": "scp_demo_read"}).status == 400


@pytest.mark.parametrize(
    "wanted",
    [{}, {"scopes": []}, {"scopes": ["all"]}, {"scopes": ["read"], "expires_at": "soon"}, {"scopes": ["read"], "x": 1}],
)
def test_a_key_that_can_not_be_is_refused(plane: Plane, wanted: dict[str, Any]) -> None:
    assert plane.post(KEYS, wanted).status == 400
    assert plane.get(KEYS).json["data"] == []


def authorize(plane: Plane, client: str) -> Any:
    asked = {"client_id": client, "redirect_uri": "http://127.0.0.1/cb", "response_type": "code", "state": "s"}
    return plane.get("/oauth/authorize", query=asked)


def test_a_client_is_registered_used_and_removed_with_all_that_it_was_given(plane: Plane) -> None:
    assert plane.request("PATCH", OAUTH, body={"auto_consent": True}).json == {
        "auto_consent": True,
        "pkce": "supported",
    }
    made = plane.post(CLIENTS, {"client_id": "my?app", "redirect_uris": ["http://127.0.0.1/cb"], "scopes": ["read"]})
    assert made.status == 201, made.body
    assert made.headers["location"].endswith("/oauth-clients/my%3Fapp")
    secret = made.json["client_secret"]
    code = authorize(plane, "my?app").headers["location"].partition("code=")[2].partition("&")[0]
    form = f"grant_type=authorization_code&code={code}&redirect_uri=http://127.0.0.1/cb&client_id=my?app"
    token = plane.post(
        "/oauth/token", f"{form}&client_secret={secret}".encode(), media_type="application/x-www-form-urlencoded"
    )
    key = token.json["access_token"]
    assert plane.get(ME, key=key).status == 200
    listed = plane.get(CLIENTS)
    assert secret not in listed.body.decode()
    assert [each["client_id"] for each in listed.json["data"]] == ["my?app"]
    assert plane.post(CLIENTS, {"client_id": "my?app", "redirect_uris": ["http://127.0.0.1/cb"]}).code == "conflict"
    assert plane.request("DELETE", f"{CLIENTS}/my%3Fapp").status == 204
    assert plane.get(ME, key=key).code == "invalid_token"
    assert authorize(plane, "my?app").status == 400
    assert plane.request("DELETE", f"{CLIENTS}/my%3Fapp").status == 404


def test_pkce_can_be_required_of_everybody(plane: Plane) -> None:
    plane.post(CLIENTS, {"client_id": "app", "redirect_uris": ["http://127.0.0.1/cb"]})
    plane.request("PATCH", OAUTH, body={"auto_consent": True, "pkce": "required"})
    assert "error=invalid_request" in authorize(plane, "app").headers["location"]
    assert plane.request("PATCH", OAUTH, body={"pkce": "supported"}).json["auto_consent"] is True
    assert "code=" in authorize(plane, "app").headers["location"]


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"redirect_uris": ["javascript:alert(1)"]}, "/redirect_uris/0"),
        ({"redirect_uris": ["http://127.0.0.1/cb"], "scopes": ["all"]}, "/scopes/0"),
        ({"redirect_uris": ["http://127.0.0.1/cb"], "public": True, "client_secret": "x"}, "/client_secret"),
    ],
)
def test_a_client_that_can_not_be_is_refused(plane: Plane, wanted: dict[str, Any], pointer: str) -> None:
    refused = plane.post(CLIENTS, wanted)
    assert refused.json["errors"][0]["pointer"] == pointer
    assert plane.get(CLIENTS).json["data"] == []
