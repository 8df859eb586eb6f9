"""Law SCOPE 1: any operation, any set of scopes, any credential."""

from collections.abc import Iterable
from itertools import combinations

import pytest

from smartcal_api.contract import Contract
from tests.api.calls import BEARER, HEADER, call, credential, dump, path_of, product, stated
from tests.wire import World, open_world

SCHEMES = {BEARER: "bearerKey", HEADER: "headerKey"}


def subsets(scopes: Iterable[str]) -> list[tuple[str, ...]]:
    scopes = list(scopes)
    return [chosen for size in range(len(scopes) + 1) for chosen in combinations(scopes, size)]


def lacking(contract: Contract, operation: object, granted: Iterable[str], scheme: str) -> set[str]:
    """The scopes that the contract asks of a scheme's credential and a grant doesn't stand for."""
    satisfied = set(granted)
    for scope in granted:
        satisfied.update(contract.data["x-scope-implies"].get(scope, ()))
    (wanted,) = (set(each[scheme]) for each in stated(contract, operation)["security"] if scheme in each)
    return wanted - satisfied


@pytest.mark.parametrize("carrier", [BEARER, HEADER])
def test_scope_1_an_operation_is_done_exactly_when_the_scopes_satisfy_the_contract(
    contract: Contract, carrier: str
) -> None:
    operations = product(contract)
    assert len(operations) == 11
    for operation in operations:
        world = open_world(contract)
        for granted in subsets(contract.scopes):
            missing = lacking(contract, operation, granted, SCHEMES[carrier])
            path_of(world, operation)  # makes what the operation works on, before the look at the store
            before = dump(world.sandbox)
            reply = call(world, operation, credential(carrier, world.key(*granted)))
            where = f"{operation.id} with {granted} as {carrier}"
            if not missing:
                assert reply.status == operation.success, where
                continue
            needed = " ".join(sorted(missing))
            assert (reply.status, reply.code) == (403, "insufficient_scope"), where
            assert needed in reply.json["detail"], where
            assert f'error="insufficient_scope", scope="{needed}"' in reply.headers["www-authenticate"], where
            assert dump(world.sandbox) == before, f"{where} changed the store"


@pytest.mark.parametrize("carrier", [BEARER, HEADER])
def test_scope_1_the_scope_is_judged_before_the_id_the_query_and_the_body(contract: Contract, carrier: str) -> None:
    world = open_world(contract)
    for operation in product(contract):
        for granted in subsets(contract.scopes):
            missing = lacking(contract, operation, granted, SCHEMES[carrier])
            for reply in _bad_requests(world, operation, credential(carrier, world.key(*granted))):
                assert reply.status == 403 if missing else reply.status in (400, 404, 415), (operation.id, granted)


def _bad_requests(world: World, operation: object, headers: dict[str, str]) -> Iterable[object]:
    missing = path_of(world, operation, identifier="nobody")
    yield world.request(operation.method, missing, headers=headers, query="unknown=1")
    if "{" in operation.path:
        yield world.request(operation.method, missing, headers=headers)
    if operation.body is not None:
        yield world.request(operation.method, missing, headers=headers, body=b"{", media_type="application/json")
        yield world.request(operation.method, missing, headers=headers, body=b"a", media_type="text/plain")


def test_scope_1_write_does_not_imply_read_and_admin_implies_all(world: World, contract: Contract) -> None:
    assert world.get("/api/v1/events", key=world.key("write")).status == 403
    for operation in product(contract):
        assert call(world, operation, credential(BEARER, world.key("admin"))).status == operation.success
