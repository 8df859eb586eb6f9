"""Laws SBX 1 and 7: worlds that share nothing, and who may make them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.app import Options
from smartcal_api.contract import Contract
from smartcal_api.sandbox.registry import Registry
from smartcal_api.sandbox.room import Room
from tests.control.plane import Plane, open_plane
from tests.edits import edited
from tests.wire import open_world

FROZEN = {"now": "2026-03-04T12:00:00Z", "frozen": True}


def test_sbx_1_a_new_sandbox_has_a_root_data_keys_and_clients_of_its_own(plane: Plane) -> None:
    made = plane.create(name="checkout", **FROZEN)
    assert made["root_url"].endswith("/~checkout")
    for ring in (made["keys"], made["other"]["keys"]):
        assert set(ring) == set(plane.world.contract.scopes)
    own = plane.get("/~checkout/api/v1/events", key=made["keys"]["read"])
    assert own.status == 200
    assert own.json["pagination"]["total"] == 200
    assert {each["client_id"] for each in made["oauth"]["clients"]} == {"demo_app.checkout", "demo_public.checkout"}
    assert plane.get("/sandboxes").json["data"][1] == {k: made[k] for k in plane.get("/sandboxes/checkout").json}


def test_sbx_1_at_the_bare_root_a_key_selects_its_sandbox_and_no_key_the_default(plane: Plane) -> None:
    made = plane.create(name="a", events=0, bookings=0, **FROZEN)
    total = plane.get("/api/v1/events", key=made["keys"]["read"]).json["pagination"]["total"]
    assert total == 0, "the data of the key's sandbox"
    assert plane.get("/api/v1/events", key=plane.world.key("read")).json["pagination"]["total"] == 200
    anonymous = [int(plane.get("/api/v1/events").headers["x-ratelimit-remaining"]) for _ in range(2)]
    assert plane.sandbox("a").limits.admit("127.0.0.1", 0).remaining == anonymous[0], "its budgets are untouched"


def test_sbx_1_below_a_root_foreign_credentials_are_401(plane: Plane) -> None:
    first, second = plane.create(name="a"), plane.create(name="b")
    own = plane.world.key("read")
    for path, key in [("/~a", second["keys"]["read"]), ("/~b", first["keys"]["read"]), ("/~a", own)]:
        assert plane.get(f"{path}/api/v1/me", key=key).status == 401
    assert plane.get("/~default/api/v1/me", key=first["keys"]["read"]).status == 401
    assert plane.get("/~default/api/v1/me", key=own).status == 200


def test_sbx_1_links_locations_and_the_issuer_lead_below_the_own_root(plane: Plane) -> None:
    made = plane.create(name="a", **FROZEN)
    listed = plane.get("/~a/api/v1/events?per_page=7", key=made["keys"]["read"])
    assert listed.headers["link"].count("/~a/api/v1/events?") == 3
    body = {"url": "https://hooks.example.com/", "events": ["booking.created"]}
    created = plane.post("/~a/api/v1/webhooks", body, key=made["keys"]["webhooks"])
    assert "/~a/api/v1/webhooks/whk_" in created.headers["location"]
    assert plane.get("/~a/.well-known/oauth-authorization-server").json["issuer"] == made["root_url"]
    assert plane.get("/~a/api/v1/events/evt_0", key=made["keys"]["read"]).json["instance"].startswith("/~a/")


def test_sbx_1_a_client_selects_its_sandbox_at_the_bare_root(plane: Plane) -> None:
    made = plane.create(name="a", **FROZEN)
    plane.sandbox("a").oauth.auto_consent = True
    (confidential, _) = made["oauth"]["clients"]
    asked = {"client_id": confidential["client_id"], "redirect_uri": "http://127.0.0.1/callback"}
    asked |= {"response_type": "code", "scope": "read", "state": "s"}
    sent = plane.get("/oauth/authorize", query=asked)
    assert sent.status == 303, sent.body
    code = sent.headers["location"].partition("code=")[2].partition("&")[0]
    form = "&".join(
        [
            f"grant_type=authorization_code&code={code}&redirect_uri={asked['redirect_uri']}",
            f"client_id={confidential['client_id']}&client_secret={confidential['client_secret']}",
        ]
    )
    token = plane.post("/oauth/token", form.encode(), media_type="application/x-www-form-urlencoded")
    assert token.status == 200, token.body
    me = plane.get("/api/v1/me", key=token.json["access_token"])
    assert me.json["auth_method"] == "oauth"
    assert plane.get("/~default/api/v1/me", key=token.json["access_token"]).status == 401


def test_sbx_1_a_removed_sandbox_is_gone_with_its_credentials(plane: Plane) -> None:
    made = plane.create(name="a")
    assert plane.request("DELETE", "/sandboxes/a").status == 204
    assert plane.get("/sandboxes/a").status == 404
    assert plane.get("/api/v1/me", key=made["keys"]["read"]).status == 401
    assert plane.get("/~a/api/v1/me", key=made["keys"]["read"]).status == 404
    assert plane.request("DELETE", "/sandboxes/default").status == 409


def test_a_name_that_is_taken_or_can_not_be_is_refused(plane: Plane) -> None:
    plane.create(name="a")
    assert plane.post("/sandboxes", {"name": "a"}).code == "name_taken"
    assert plane.post("/sandboxes", {"name": "default"}).code == "name_taken"
    for name in ("", "a/b", "~a", "ä", "x" * 65, 3):
        assert plane.post("/sandboxes", {"name": name}).status == 400
    assert plane.post("/sandboxes", {"events": 1, "bookings": 2}).status == 400


def test_an_idle_sandbox_is_removed_after_its_ttl(contract: Contract) -> None:
    now = 0
    world = open_world(contract)
    registry = Registry(world.sandbox, monotonic=lambda: now)
    other = open_world(contract).sandbox
    other.name, other.ttl = "idle", 5
    registry.add(other)
    now = 4
    assert registry.reap() == []
    registry.touch(other)
    now = 8
    assert registry.reap() == []
    now = 9
    assert registry.reap() == ["idle"]
    assert [each.name for each in registry] == ["default"]


def test_sbx_7_a_host_that_is_not_known_is_refused(plane: Plane) -> None:
    assert plane.get("/sandboxes", host="evil.example").code == "unknown_host"
    assert plane.get("/sandboxes", host="localhost:1").status == 200


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "evil.example"])
@pytest.mark.parametrize("path", ["/sandboxes/default/reset", "/sandboxes/default/clock/freeze", "/sandboxes", "/x"])
def test_delv_6_a_webhook_delivery_is_refused_whoever_sent_it(plane: Plane, host: str, path: str) -> None:
    header = plane.world.contract.policy.webhook_signature.header
    refused = plane.post(path, {"id": "evt_1"}, headers={header.upper(): "sha256=00"}, host=host)
    assert (refused.status, refused.code) == (403, "webhook_delivery")
    assert header in refused.json["detail"]
    sandbox = plane.world.sandbox
    assert (sandbox.generation, sandbox.clock.frozen, len(plane.registry)) == (0, True, 1)


def test_delv_6_the_header_that_a_delivery_is_known_by_is_the_contracts() -> None:
    def signed_otherwise(data: dict[str, Any]) -> None:
        data["x-webhook-signature"]["header"] = "X-Signed-By"
        (parameter,) = data["webhooks"]["event.created"]["post"]["parameters"]
        data["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]["name"] = "X-Signed-By"

    plane = open_plane(edited(signed_otherwise))
    assert plane.get("/sandboxes", headers={"x-signed-by": "x"}).code == "webhook_delivery"


@given(
    method=st.sampled_from(["POST", "PUT", "DELETE", "PATCH"]),
    media_type=st.sampled_from([None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "a/b"]),
)
def test_sbx_7_nothing_but_a_json_request_changes_anything(
    shared_plane: Plane, method: str, media_type: str | None
) -> None:
    before = [each.name for each in shared_plane.registry]
    reply = shared_plane.request(method, "/sandboxes", body={}, media_type=media_type)
    assert reply.status == 415
    assert [each.name for each in shared_plane.registry] == before


@pytest.fixture(scope="module")
def shared_plane(contract: Contract) -> Plane:
    return open_plane(contract)


def test_sbx_7_no_page_elsewhere_may_read_it(plane: Plane) -> None:
    for origin in ("http://localhost:3000", "https://evil.example"):
        reply = plane.get("/sandboxes", headers={"origin": origin})
        assert not [name for name in reply.headers if name.startswith("access-control")]
        preflight = plane.request(
            "OPTIONS", "/sandboxes", headers={"origin": origin, "access-control-request-method": "POST"}
        )
        assert preflight.status == 405
        assert not [name for name in preflight.headers if name.startswith("access-control")]


def test_sbx_7_a_token_is_asked_for_where_there_is_one(contract: Contract) -> None:
    plane = open_plane(contract, options=Options(control_token="only-for-us"))
    assert plane.get("/sandboxes").code == "missing_credentials"
    assert plane.get("/sandboxes", key="something else").code == "invalid_token"
    assert plane.get("/sandboxes", key="only-for-us").status == 200


def test_sbx_2_asking_the_control_plane_changes_no_answer_of_the_product(contract: Contract) -> None:
    def answers(plane: Plane, *, looking: bool) -> list[Any]:
        key, seen = plane.world.key("read"), []
        for _ in range(3):
            reply = plane.get("/api/v1/events?per_page=1", key=key)
            seen.append((reply.status, reply.headers, json.loads(reply.body)))
            if looking:
                plane.get("/sandboxes")
                plane.create()
        return seen

    assert answers(open_plane(contract), looking=True) == answers(open_plane(contract), looking=False)


def test_guard_2_sandboxes_and_snapshots_are_bounded_in_number_and_in_bytes(contract: Contract) -> None:
    """The refusal says which setting bounds them, and nothing of what was refused stays."""
    plane = open_plane(contract)
    size = plane.world.sandbox.store.size()
    plane.registry._room = Room(sandboxes=2, megabytes=size * 5 // 1_000_000 + 1)
    plane.create(name="one")
    plane.create(name="two")
    for refused in (plane.post("/sandboxes", {}), plane.post("/sandboxes/one/fork", {})):
        assert (refused.status, refused.code) == (409, "no_room")
        assert "--max-sandboxes" in refused.json["detail"]
    saved = [plane.post("/sandboxes/one/snapshots", {}) for _ in range(10)]
    kept = [each for each in saved if each.status == 201]
    assert 1 <= len(kept) < len(saved)
    assert {(each.status, each.code) for each in saved if each not in kept} == {(409, "no_room")}
    assert "--max-memory" in saved[-1].json["detail"]
    assert len(plane.get("/sandboxes/one/snapshots").json["data"]) == len(kept)
    name = kept[0].json["name"]
    assert plane.request("DELETE", f"/sandboxes/one/snapshots/{name}").status == 204
    assert plane.post("/sandboxes/one/snapshots", {}).status == 201, "there is room again"
    plane.registry._room = Room(snapshots=len(kept))
    full = plane.post("/sandboxes/default/snapshots", {})
    assert (full.status, full.code) == (409, "no_room")
    assert "--max-snapshots" in full.json["detail"]
    assert plane.post("/sandboxes/one/snapshots", {"name": kept[1].json["name"]}).status == 201, "in the other's place"
    assert len(plane.registry) == 3


def test_guard_3_a_sandbox_made_over_http_has_a_bounded_number_of_events(plane: Plane) -> None:
    reply = plane.post("/sandboxes", {"events": 100_001})
    assert (reply.status, reply.code) == (400, "invalid_body")
    assert "100000" in reply.json["detail"]
