"""Law SBX 6: the journal says of each refusal which clause of the contract refused it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.clock import NANOSECONDS, parse_rfc3339
from smartcal_api.contract import Contract
from smartcal_api.contract.document import escape
from smartcal_api.journal.document import Documents
from tests.api.calls import MISSING, call, credential, path_of, product, stated
from tests.flows.oauth import AUTHORIZE, FORM, TOKEN, asking, flow_of
from tests.http.test_problems import PRODUCED, booking
from tests.wire import World, open_world

# Of an edited contract, in a world of its own.
ELSEWHERE = {"not_implemented"}
BODY_CODES = {"invalid_body", "invalid_webhook_url"}


def latest(world: World) -> dict[str, Any]:
    (*_, entry) = world.sandbox.journal.since(1)
    return Documents(
        world.contract, world.sandbox.secrets, world.sandbox.journal.masked, root="http://127.0.0.1:8080"
    ).document(entry)


def clause(world: World) -> dict[str, Any]:
    """That of the latest entry; its pointer leads somewhere."""
    found = latest(world)["clause"]
    world.contract.document.resolve(f"#{found['pointer']}")
    return found


@pytest.mark.parametrize("code", sorted(PRODUCED.keys() - ELSEWHERE))
def test_sbx_6_every_code_of_the_contract_has_its_clause(world: World, code: str) -> None:
    reply = PRODUCED[code](world)
    entry = latest(world)
    assert entry["status"] == reply.status
    assert (entry["clause"]["code"], entry["clause"]["detail"]) == (code, reply.json["detail"])
    assert entry["response"]["body"] == reply.body.decode()
    clause(world)


def test_sbx_6_a_success_has_none(world: World) -> None:
    world.get("/api/v1/me", key=world.key("read"))
    assert latest(world)["clause"] is None


def test_sbx_6_a_missing_scope_is_named_where_each_operation_states_it(world: World) -> None:
    nothing = world.key()
    for operation in product(world.contract):
        for carrier in ("bearer", "header"):
            assert call(world, operation, credential(carrier, nothing)).status == 403
            found = clause(world)
            assert found["pointer"].startswith(f"{operation.pointer}/security/")
            assert found["scope"].split() == world.contract.document.resolve(f"#{found['pointer']}")


def test_sbx_6_a_missing_or_bad_credential_points_to_the_security_of_each_operation(world: World) -> None:
    for operation in product(world.contract):
        for headers in ({}, credential("bearer", "scp_nobody"), credential("header", "scp_nobody")):
            assert call(world, operation, headers).status == 401
            found = clause(world)
            where = operation.pointer if "security" in stated(world.contract, operation) else ""
            assert found["pointer"] == f"{where}/security"
            assert found["schemes"]


def test_sbx_6_a_missing_id_points_to_the_404_of_each_operation(world: World) -> None:
    for operation in product(world.contract):
        for name in operation.path_names:
            identifier = MISSING[name.removesuffix("_id")] + "0" * 20
            path = path_of(world, operation, identifier=identifier)
            assert world.request(operation.method, path, key=world.key("admin")).status == 404
            found = clause(world)
            assert (found["pointer"], found["parameter"]) == (operation.responses[404].pointer, name)


def test_sbx_6_an_unknown_parameter_points_to_each_operation(world: World) -> None:
    for operation in product(world.contract):
        path = path_of(world, operation)
        assert world.request(operation.method, path, query="nothing=1", key=world.key("admin")).status == 400
        found = clause(world)
        assert (found["pointer"], found["parameter"]) == (operation.pointer, "nothing")


def test_sbx_6_a_bad_value_points_to_the_schema_of_each_query_parameter(world: World) -> None:
    tried = 0
    for operation in product(world.contract):
        for parameter in operation.parameters:
            if parameter.location == "query":
                reply = world.request(
                    operation.method, operation.path, query={parameter.name: ""}, key=world.key("admin")
                )
                assert reply.status == 400
                found = clause(world)
                assert (found["pointer"], found["parameter"]) == (parameter.pointer, parameter.name)
                tried += 1
    assert tried


def test_sbx_6_a_bad_body_points_to_the_keyword_of_its_schema(world: World) -> None:
    wanted = {"url": "https://a.example", "events": []}
    world.post("/api/v1/webhooks", wanted, key=world.key("webhooks"))
    assert clause(world)["pointer"].endswith("/properties/events/minItems")
    world.post("/api/v1/webhooks", key=world.key("webhooks"), body=b"{", media_type="application/json")
    assert clause(world)["pointer"].endswith("/requestBody/content/application~1json/schema")
    deep = b"[" * 65 + b"]" * 65
    world.post("/api/v1/webhooks", key=world.key("webhooks"), body=deep, media_type="application/json")
    assert clause(world)["pointer"] == "/x-request-limits/json_depth"


def test_sbx_6_an_unknown_path_points_to_the_paths_and_another_method_to_its_path(world: World) -> None:
    world.get("/api/v1/nothing")
    assert clause(world)["pointer"] == "/paths"
    for path in world.contract.data["paths"]:
        world.request("PATCH", path.replace("{", "").replace("}", ""))
        found = clause(world)
        assert (found["pointer"], found["allow"]) == (f"/paths/{escape(path)}", world.contract.allowed(path))


def test_sbx_6_the_bounds_of_a_request_are_named(world: World) -> None:
    limits = world.contract.policy.request_limits
    world.get("/api/v1/me", query="x" * limits.url_bytes)
    assert (clause(world)["pointer"], clause(world)["limit"]) == ("/x-request-limits/url_bytes", limits.url_bytes)
    world.get("/api/v1/me", headers={"x": "y" * limits.header_bytes})
    assert clause(world)["pointer"] == "/x-request-limits/header_bytes"
    world.get("/api/v1/me", headers=[(f"x-{number}", "y") for number in range(limits.header_count)])
    assert clause(world)["pointer"] == "/x-request-limits/header_count"
    large = b" " * (limits.body_bytes + 1)
    world.post("/api/v1/webhooks", key=world.key("webhooks"), body=large, media_type="application/json")
    assert (clause(world)["pointer"], clause(world)["limit"]) == ("/x-request-limits/body_bytes", limits.body_bytes)
    assert latest(world)["request"]["body"] is None


@pytest.mark.parametrize("status", ["cancelled", "no_show"])
def test_sbx_6_a_conflict_names_the_resource_and_its_state(world: World, status: str) -> None:
    identifier = booking(world, status)
    assert world.post(f"/api/v1/bookings/{identifier}/cancel", key=world.key("write")).status == 409
    found = clause(world)
    assert (found["booking"], found["status"]) == (identifier, status)


@given(used=st.integers(0, 3), between=st.integers(0, 90))
def test_sbx_6_a_429_names_the_window_and_when_room_comes(contract: Contract, used: int, between: int) -> None:
    world = open_world(contract, rate_limits=True, data=False)
    key = world.key("read")
    for _ in range(used):
        world.get("/api/v1/nothing", key=key)
        world.sandbox.clock.advance(between * NANOSECONDS)
    while world.get("/api/v1/nothing", key=key).status == 404:
        pass
    found = clause(world)
    window = contract.document.resolve(f"#{found['pointer']}")
    assert (found["window"], found["limit"]) == (window["name"], window["limit"])
    room_at = parse_rfc3339(found["room_at"])
    world.sandbox.clock.move_to(room_at - NANOSECONDS)
    assert world.get("/api/v1/nothing", key=key).status == 429
    world.sandbox.clock.move_to(room_at)
    assert world.get("/api/v1/nothing", key=key).status == 404


def test_sbx_6_both_windows_are_told_apart(contract: Contract) -> None:
    world = open_world(contract, rate_limits=True, data=False)
    minute, hour = contract.policy.rate_limits
    for _ in range(hour.limit // minute.limit):
        for _ in range(minute.limit):
            assert world.get("/api/v1/nothing", key=world.key("read")).status == 404
        world.sandbox.clock.advance(minute.window_seconds * NANOSECONDS)
    assert world.get("/api/v1/nothing", key=world.key("read")).status == 429
    assert (clause(world)["pointer"], clause(world)["window"]) == ("/x-rate-limits/1", hour.name)


def test_sbx_6_the_refusals_of_oauth_have_their_clause_too(world: World) -> None:
    flow = flow_of(world)
    flow.redeem("sca_nothing")
    assert clause(world)["code"] == "invalid_grant"
    assert clause(world)["pointer"] == world.contract.operations["issueToken"].responses[400].pointer
    flow.ask(response_type="token")
    assert (latest(world)["status"], clause(world)["code"]) in (
        (302, "unsupported_response_type"),
        (303, "unsupported_response_type"),
    )
    flow.ask(client_id="nobody")
    assert (latest(world)["operation"], clause(world)["code"]) == ("authorize", "invalid_request")
    world.post(TOKEN, body=b"grant_type=a&grant_type=b", media_type=FORM)
    assert clause(world)["code"] == "invalid_request"
    flow.ask()
    assert (latest(world)["path"].partition("?")[0], latest(world)["clause"]) == (AUTHORIZE, None)
    assert asking()["client_id"] in latest(world)["path"]
