"""A resource that no handler knows is served with its state, by the shape of its paths and schemas (law SRC 3)."""

import json
from functools import cache
from typing import Any

import pytest

from smartcal_api.contract import Contract
from smartcal_api.errors import ContractError
from smartcal_api.sandbox.subscriptions import subscribe
from tests.api.teams import CLOSE, MEMBERS, TEAMS, TYPES, with_teams
from tests.edits import drop, edited, put
from tests.independent import Independent
from tests.wire import NOW, Reply, World, open_world

TEAM = "/paths/~1api~1v1~1teams~1{team_id}"


@cache
def contract() -> Contract:
    return edited(*with_teams())


@pytest.fixture
def teams() -> World:
    return open_world(contract())


def send(world: World, method: str, path: str, body: Any = None) -> Reply:
    sent = b"" if body is None else json.dumps(body).encode()
    return world.request(
        method, path, key=world.key("read", "write"), body=sent, media_type="application/json" if sent else None
    )


def told(world: World) -> list[tuple[str, Any]]:
    """What deliveries say, in order: their type and their data."""
    rows = [json.loads(row[0]) for row in world.sandbox.store.query("SELECT body FROM webhook_events ORDER BY rowid")]
    return [(each["type"], each["data"]) for each in rows]


def test_src_3_what_is_created_is_kept_with_what_is_the_servers_and_listed(teams: World) -> None:
    made = send(
        teams,
        "POST",
        TEAMS,
        {"name": "Blue", "password": "b", "id": f"tm_{'0' * 20}", "created_at": "2020-01-01T00:00:00Z"},
    )
    assert made.status == 201
    team = made.json
    assert team == {
        "id": team["id"], "name": "Blue", "open": True, "closed_at": None, "created_at": NOW, "updated_at": NOW
    }  # fmt: skip
    assert team["id"] != f"tm_{'0' * 20}"
    assert Independent(contract().data).faults("/components/schemas/Team/properties/id", team["id"]) == []
    assert made.headers["location"] == f"http://127.0.0.1:8080{TEAMS}/{team['id']}"
    assert send(teams, "GET", f"{TEAMS}/{team['id']}").json == team
    assert send(teams, "GET", TEAMS).json[-1] == team
    assert send(teams, "POST", TEAMS, {"name": "Red", "password": "r"}).json["id"] != team["id"]
    assert send(teams, "POST", TEAMS, {"password": "r"}).status == 400


def test_src_3_a_patch_merges_a_put_replaces_and_both_leave_what_is_the_servers(teams: World) -> None:
    team = send(teams, "POST", TEAMS, {"name": "Blue", "password": "b"}).json
    path = f"{TEAMS}/{team['id']}"
    teams.sandbox.clock.move_to(teams.sandbox.clock.now() + 5_000_000_000)
    changed = send(teams, "PATCH", path, {"open": False}).json
    assert changed == team | {"open": False, "updated_at": "2026-03-04T12:00:05Z"}
    replaced = send(teams, "PUT", path, {"name": "Green", "password": "b"}).json
    assert replaced == changed | {"name": "Green", "open": True}
    assert send(teams, "GET", path).json == replaced


def test_src_3_what_is_deleted_is_gone_and_what_never_was_is_the_same_404(teams: World) -> None:
    team = send(teams, "POST", TEAMS, {"name": "Blue", "password": "b"}).json
    path = f"{TEAMS}/{team['id']}"
    assert (send(teams, "DELETE", path).status, send(teams, "DELETE", path).status) == (204, 404)
    gone, unknown = send(teams, "GET", path).json, send(teams, "GET", f"{TEAMS}/none").json
    assert gone["detail"].replace(team["id"], "none") == unknown["detail"]
    assert team not in send(teams, "GET", TEAMS).json


def test_auth_4_a_resource_is_of_the_account_that_made_it(teams: World) -> None:
    team = send(teams, "POST", TEAMS, {"name": "Blue", "password": "b"}).json
    other, path = teams.key("read", "write", owner=2), f"{TEAMS}/{team['id']}"
    body = json.dumps({"open": False}).encode()
    for method, sent in (("GET", b""), ("PATCH", body), ("DELETE", b"")):
        reply = teams.request(method, path, key=other, body=sent, media_type="application/json" if sent else None)
        assert reply.status == 404
    assert team["id"] not in {each["id"] for each in teams.get(TEAMS, key=other).json}
    assert send(teams, "GET", path).json == team


def test_src_3_a_list_selects_by_members_that_its_parameters_are_called_as(teams: World) -> None:
    every = send(teams, "GET", TEAMS).json
    for value in (True, False):
        selected = send(teams, "GET", f"{TEAMS}?open={str(value).lower()}").json
        assert selected == [each for each in every if each.get("open") is value]
        assert selected


def test_src_3_what_is_beneath_another_resource_is_told_apart_by_it(teams: World) -> None:
    one, other = (send(teams, "POST", TEAMS, {"name": name, "password": "x"}).json["id"] for name in ("A", "B"))
    lists = [MEMBERS.replace("{team_id}", each) for each in (one, other, "none")]
    member = send(teams, "POST", lists[0], {"email": "a@example.com"}).json
    assert member == {"id": member["id"], "team_id": one, "email": "a@example.com"}
    assert [send(teams, "GET", each).status for each in lists] == [200, 200, 404]
    assert [send(teams, "GET", each).json for each in lists[:2]] == [[member], []]
    assert [send(teams, "GET", f"{each}/{member['id']}").status for each in lists] == [200, 404, 404]
    assert send(teams, "POST", lists[2], {"email": "a@example.com"}).status == 404


def test_src_3_an_action_sets_what_it_states_and_is_refused_where_it_may_not_happen(teams: World) -> None:
    team = send(teams, "POST", TEAMS, {"name": "Blue", "password": "b"}).json
    path = CLOSE.replace("{team_id}", team["id"])
    assert send(teams, "POST", path).json == team | {"open": False, "closed_at": NOW}
    refused = send(teams, "POST", path)
    assert (refused.status, refused.code) == (400, "invalid_request")
    assert refused.json["errors"] == [{"pointer": "/open", "detail": "is false, and has to be true."}]
    assert send(teams, "POST", CLOSE.replace("{team_id}", "none")).status == 404


def test_hook_2_what_happens_to_a_resource_is_told_by_the_event_types_that_name_it(teams: World) -> None:
    url, secret = "https://hooks.example.com/", "whsec_" + "x" * 40
    subscribe(teams.sandbox, url, TYPES, secret=secret, owner=1, now=teams.sandbox.now())
    team = send(teams, "POST", TEAMS, {"name": "Blue", "password": "b"}).json
    path = f"{TEAMS}/{team['id']}"
    closed = send(teams, "POST", f"{path}/close").json
    assert send(teams, "POST", f"{path}/close").status == 400
    changed = send(teams, "PATCH", path, {"open": True}).json
    send(teams, "DELETE", path)
    events = [("team.created", team), ("team.updated", closed), ("team.updated", changed), ("team.deleted", changed)]
    assert told(teams) == events


def test_sbx_2_what_there_is_to_begin_with_is_valid_and_follows_from_the_seed() -> None:
    first, again, other = (open_world(contract(), seed=seed) for seed in (1, 1, 2))
    lists = [send(world, "GET", TEAMS).json for world in (first, again, other)]
    assert lists[0] == lists[1] != lists[2]
    made = [send(world, "POST", TEAMS, {"name": "x", "password": "x"}).json["id"] for world in (first, again)]
    assert made[0] == made[1]
    judge = Independent(contract().data)
    for team in lists[0]:
        assert judge.faults("/components/schemas/Team", team | {"password": "x"}) == []
        assert team["created_at"] <= team["updated_at"] < NOW
        members = send(first, "GET", MEMBERS.replace("{team_id}", team["id"])).json
        assert {each["team_id"] for each in members} <= {team["id"]}
    assert len({team["id"] for team in lists[0]}) == len(lists[0]) > 20


def test_src_3_no_transition_is_guessed_and_a_path_may_say_that_it_is_of_no_resource() -> None:
    plain = open_world(edited(*with_teams(), drop(f"{TEAM}~1close/post/x-action")))
    assert plain.application.assigned["closeTeam"].kind == "mock"
    none = open_world(edited(*with_teams(), drop(f"{TEAM}~1close/post/x-action"), put(f"{TEAM}/x-resource", False)))
    kinds = {name: none.application.assigned[name].kind for name in ("getTeam", "listTeams", "deleteTeam")}
    assert {*kinds.values()} == {"mock"}


@pytest.mark.parametrize(
    ("pointer", "value", "message"),
    [
        (f"{TEAM}/x-resource", {"id": "nmae"}, "nmae is not a member of the resource; did you mean name?"),
        (f"{TEAM}/x-resource", {"id": 3}, "is 3, but must be text"),
        (f"{TEAM}/x-resource", {"schema": "#/components/schemas/Taem"}, "leads nowhere"),
        (f"{TEAM}/x-parent", {"other_id": "name"}, "other_id is not a parameter of this path"),
        (f"{TEAM}~1close/post/x-action/set", {"opne": True}, "opne is not a member of Team; did you mean open?"),
        (f"{TEAM}~1close/post/x-action/set", {"open": 7}, "7 does not fit open of Team"),
        (f"{TEAM}~1close/post/x-action/else", "conflict", "conflict, which x-problems has not"),
        ("/paths/~1api~1v1~1me/get/x-action", {"set": {"name": "x"}}, "acts on a resource, and none is recognised"),
    ],
)
def test_src_4_what_is_said_of_a_resource_and_can_not_be_is_refused(pointer: str, value: Any, message: str) -> None:
    with pytest.raises(ContractError, match=message):
        edited(*with_teams(), put(pointer, value))
