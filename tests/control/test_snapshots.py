"""Law SBX 3: snapshots, restore, reset, fork and diff, over the control plane."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from smartcal_api.contract import Contract
from smartcal_api.sandbox.population import data_set_of
from smartcal_api.sandbox.restoring import begin
from smartcal_api.store import open_store
from tests.control.plane import Plane, open_plane

SNAPSHOTS = "/sandboxes/default/snapshots"
FROZEN = {"now": "2026-03-04T12:00:00Z", "frozen": True}
HOOK = {"url": "https://hooks.example.com/", "events": ["booking.created"]}


def cancel_one(plane: Plane, key: str, root: str = "") -> str:
    """The id of a booking that was upcoming and is cancelled now."""
    (booking,) = plane.get(f"{root}/api/v1/bookings?upcoming=true&per_page=1", key=key).json["data"]
    reply = plane.post(f"{root}/api/v1/bookings/{booking['id']}/cancel", {"reason": "x"}, key=key)
    assert reply.status == 200
    return booking["id"]


def save(plane: Plane, name: str, sandbox: str = "default") -> dict[str, Any]:
    reply = plane.post(f"/sandboxes/{sandbox}/snapshots", {"name": name})
    assert reply.status == 201, reply.body
    return reply.json


def restore(plane: Plane, name: str, sandbox: str = "default") -> dict[str, Any]:
    reply = plane.post(f"/sandboxes/{sandbox}/snapshots/{name}/restore")
    assert reply.status == 200, reply.body
    return reply.json


def test_sbx_3_after_a_restore_every_answer_is_as_it_would_have_been(contract: Contract) -> None:
    plane = open_plane(contract, rate_limits=True)
    key = plane.world.key("admin")
    cancel_one(plane, key)
    save(plane, "here")

    def answers() -> list[Any]:
        made = plane.post("/api/v1/webhooks", HOOK, key=key)
        listed = plane.get("/api/v1/bookings?per_page=100", key=key)
        return [cancel_one(plane, key), made.json["id"], made.headers, listed, plane.get("/api/v1/events?page=0")]

    first = answers()
    plane.post("/sandboxes/default/clock/advance", {"by": "30d"})
    plane.sandbox("default").limits.enabled = False
    answers()
    assert restore(plane, "here")["clock"] == {"now": "2026-03-04T12:00:00Z", "frozen": True}
    assert answers() == first


def test_sbx_3_keys_that_came_since_are_gone_and_those_that_went_are_back(plane: Plane) -> None:
    keys = plane.sandbox("default").keys
    given, stored = plane.world.key("read"), keys.mint(["read"], owner=1)
    save(plane, "here")
    assert keys.revoke("") == 2
    later = [keys.mint(["read"], owner=1), plane.world.key("write")]
    restore(plane, "here")
    assert [plane.get("/api/v1/me", key=key).status for key in (given, stored, *later)] == [200, 200, 401, 401]


def test_sbx_3_restore_and_reset_begin_a_new_generation(plane: Plane) -> None:
    save(plane, "here")
    assert [restore(plane, "here")["generation"] for _ in range(2)] == [1, 2]
    assert plane.post("/sandboxes/default/reset").json["generation"] == 3


@pytest.mark.parametrize("wanted", [{}, {"events": 30, "seed": 7}, {"frozen": True}], ids=str)
def test_sbx_3_a_reset_leads_back_to_how_the_sandbox_began(plane: Plane, wanted: dict[str, Any]) -> None:
    made = plane.create(name="a", now="2026-03-04T12:00:00Z", **wanted)
    plane.post("/sandboxes/a/clock/freeze")
    key, listing = made["keys"]["admin"], "/~a/api/v1/bookings?per_page=100"
    before = plane.get(listing, key=key)
    cancel_one(plane, key, "/~a")
    plane.post("/sandboxes/a/clock/advance", {"by": "365d"})
    reset = plane.post("/sandboxes/a/reset").json
    assert reset["clock"]["frozen"] is wanted.get("frozen", False)
    assert reset["clock"]["now"] == "2026-03-04T12:00:00Z"
    again = plane.get(listing, key=key)
    assert (again.body, again.headers["x-request-id"]) == (before.body, before.headers["x-request-id"])


def test_sbx_3_the_default_sandbox_is_reset_to_its_own_data(contract: Contract, tmp_path: Path) -> None:
    for store in (None, open_store(contract, tmp_path / "calendar.db")):
        plane = open_plane(contract, store=store)
        before = plane.get("/api/v1/events?per_page=100", key=plane.world.key("read"))
        cancel_one(plane, plane.world.key("admin"))
        plane.post("/sandboxes/default/reset")
        again = plane.get("/api/v1/events?per_page=100", key=plane.world.key("read"))
        assert again == before
        plane.sandbox("default").store.close()


def test_sbx_3_a_fork_goes_on_from_a_snapshot_with_credentials_of_its_own(plane: Plane) -> None:
    made = plane.create(name="a", **FROZEN)
    key = made["keys"]["admin"]
    hook = plane.post("/~a/api/v1/webhooks", HOOK, key=key).json
    stored = plane.sandbox("a").keys.mint(["read"], owner=1)
    plane.sandbox("a").oauth.clients.register("mine", ["https://a.example/"], public=True)
    save(plane, "here", "a")
    cancelled = cancel_one(plane, key, "/~a")
    fork = plane.post("/sandboxes/a/fork", {"name": "b", "snapshot": "here"})
    assert fork.status == 201, fork.body
    assert fork.headers["location"].endswith("/_sandbox/sandboxes/b")
    own = fork.json["keys"]["admin"]
    assert plane.get("/~b/api/v1/webhooks", key=own).json["data"][0]["id"] == hook["id"]
    assert plane.get(f"/~b/api/v1/bookings/{cancelled}", key=own).json["status"] != "cancelled"
    assert cancel_one(plane, own, "/~b") == cancelled
    for old in (key, stored):
        assert plane.get("/~b/api/v1/me", key=old).status == 401
    assert plane.sandbox("b").oauth.clients.find("mine") is None
    assert plane.get("/~a/api/v1/me", key=own).status == 401
    assert plane.get("/api/v1/me", key=own).status == 200, "at the bare root it selects the fork"


def test_sbx_3_a_fork_of_now_shares_nothing_with_what_it_came_from(plane: Plane) -> None:
    fork = plane.post("/sandboxes/default/fork").json
    cancelled = cancel_one(plane, fork["keys"]["admin"], f"/~{fork['name']}")
    own = plane.get(f"/api/v1/bookings/{cancelled}", key=plane.world.key("read"))
    assert own.json["status"] != "cancelled"
    reset = plane.post(f"/sandboxes/{fork['name']}/reset")
    assert reset.status == 200
    assert cancel_one(plane, fork["keys"]["admin"], f"/~{fork['name']}") == cancelled


def test_sbx_3_a_diff_tells_what_was_added_changed_and_removed(plane: Plane) -> None:
    key, diff = plane.world.key("admin"), "/sandboxes/default/diff"
    gone = plane.post("/api/v1/webhooks", HOOK, key=key).json["id"]
    save(plane, "before")
    assert plane.get(f"{diff}?from=before").json == {"added": [], "changed": [], "removed": []}
    cancelled = cancel_one(plane, key)
    made = plane.post("/api/v1/webhooks", HOOK, key=plane.world.key("admin", owner=2)).json["id"]
    plane.request("DELETE", f"/api/v1/webhooks/{gone}", key=key)
    save(plane, "after")
    found = plane.get(f"{diff}?from=before&to=after").json
    assert found["added"] == [{"collection": "Webhook", "id": made, "owner": 2}]
    assert found["removed"] == [{"collection": "Webhook", "id": gone, "owner": 1}]
    booking, event = found["changed"]
    assert (booking["collection"], booking["id"], booking["owner"]) == ("Booking", cancelled, 1)
    assert set(booking["members"]) == {"status", "cancellation", "updated_at"}
    assert booking["members"]["status"]["to"] == event["members"]["status"]["to"] == "cancelled"
    back = plane.get(f"{diff}?from=after&to=before").json
    assert (back["added"], back["removed"]) == (found["removed"], found["added"])
    assert plane.get(f"{diff}?from=after").json == {"added": [], "changed": [], "removed": []}


def test_snapshots_are_listed_replaced_and_removed(plane: Plane) -> None:
    assert [plane.post(SNAPSHOTS).json["name"] for _ in range(2)] == ["snapshot-1", "snapshot-2"]
    saved = plane.post(SNAPSHOTS, {"name": "b.c"})
    assert saved.headers["location"] == f"http://127.0.0.1:8080/_sandbox{SNAPSHOTS}/b.c"
    assert saved.json["clock"] == {"now": "2026-03-04T12:00:00Z", "frozen": True}
    assert plane.get(f"{SNAPSHOTS}/b.c").json == saved.json
    assert plane.request("DELETE", f"{SNAPSHOTS}/snapshot-1").status == 204
    assert plane.request("DELETE", f"{SNAPSHOTS}/snapshot-1").status == 404
    plane.post("/sandboxes/default/clock/advance", {"by": "1d"})
    save(plane, "b.c")
    assert [each["name"] for each in plane.get(SNAPSHOTS).json["data"]] == ["b.c", "snapshot-2"]
    assert plane.get(f"{SNAPSHOTS}/b.c").json["clock"]["now"] == "2026-03-05T12:00:00Z"


def test_what_is_not_there_is_a_404_that_says_where_to_look(plane: Plane) -> None:
    asked = [
        plane.post(f"{SNAPSHOTS}/none/restore"),
        plane.get("/sandboxes/default/diff?from=none"),
        plane.get("/sandboxes/default/bundle?snapshot=none"),
        plane.post("/sandboxes/default/fork", {"snapshot": "none"}),
        plane.get(f"{SNAPSHOTS}/none"),
    ]
    for reply in asked:
        assert reply.status == 404
        assert "/_sandbox/sandboxes/default/snapshots" in reply.json["detail"]
    assert plane.post("/sandboxes/default/fork", {"name": "default"}).code == "name_taken"
    assert plane.post(SNAPSHOTS, {"name": "../x"}).status == 400
    assert plane.get("/sandboxes/default/diff").status == 400


def test_snapshots_of_a_file_lie_beside_it_and_are_found_again(contract: Contract, tmp_path: Path) -> None:
    path = tmp_path / "calendar.db"
    plane = open_plane(contract, store=open_store(contract, path))
    save(plane, "before")
    cancelled = cancel_one(plane, plane.world.key("admin"))
    sibling = tmp_path / "calendar.snapshot-before.db"
    assert oct(sibling.stat().st_mode)[-3:] == "600"
    plane.sandbox("default").store.close()

    again = open_plane(contract, store=open_store(contract, path), data=False)
    key = again.world.key("read")
    begin(again.sandbox("default"), data_set_of(again.sandbox("default")))  # as a server does, once it has its keys
    again.post("/sandboxes/default/clock/advance", {"by": "1d"})
    assert [each["name"] for each in again.get(SNAPSHOTS).json["data"]] == ["before"]
    restore(again, "before")
    booking = again.get(f"/api/v1/bookings/{cancelled}", key=key)
    assert booking.status == 200, "the credentials that this process was given are good"
    assert booking.json["status"] != "cancelled"
    assert again.get("/sandboxes/default/clock").json["now"] == "2026-03-04T12:00:00Z"
    again.sandbox("default").store.close()
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("SELECT count(*) FROM meta WHERE name LIKE 'image.%'").fetchall() == [(0,)]


def test_a_snapshot_file_that_is_none_is_left_out_and_refused(contract: Contract, tmp_path: Path) -> None:
    plane = open_plane(contract, store=open_store(contract, tmp_path / "calendar.db"))
    save(plane, "cut")
    cut = tmp_path / "calendar.snapshot-cut.db"
    broken = cut.read_bytes()[: cut.stat().st_size // 2]
    for content in (b"", b"hello", broken):
        cut.write_bytes(content)
        refused = plane.post(f"{SNAPSHOTS}/cut/restore")
        assert (refused.status, refused.code) == (409, "unreadable_snapshot")
    for content in (b"", b"hello"):
        cut.write_bytes(content)
        assert plane.get(SNAPSHOTS).json["data"] == []
    store = tmp_path / "another.db"
    open_store(contract, store).close()
    for content in (b"hello", store.read_bytes()):
        cut.write_bytes(content)
        for refused in (plane.post(SNAPSHOTS, {"name": "cut"}), plane.request("DELETE", f"{SNAPSHOTS}/cut")):
            assert (refused.status, refused.code) == (409, "unreadable_snapshot")
        assert cut.read_bytes() == content, "what isn't a snapshot is the user's"
    cut.write_bytes(broken)
    save(plane, "cut")
    assert restore(plane, "cut")["generation"] == 1
    plane.sandbox("default").store.close()
