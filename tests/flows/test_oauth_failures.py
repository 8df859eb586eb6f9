"""A store that fails at any statement of an OAuth request: 503, and nothing has changed (law STORE 3)."""

from collections.abc import Callable

import pytest

from smartcal_api.contract import Contract
from smartcal_api.store import Store, collections, open_memory
from tests.api.calls import dump
from tests.flows.oauth import VERIFIER, Flow, challenge, flow_of
from tests.store.failing import FailingConnection
from tests.wire import Reply, open_world

MOST_STATEMENTS = 40


def allow(flow: Flow) -> Callable[[], Reply]:
    page = flow.ask(challenge())
    return lambda: flow.decide(page)


def redeem(flow: Flow) -> Callable[[], Reply]:
    code = flow.code(**challenge())
    return lambda: flow.redeem(code, code_verifier=VERIFIER)


def burn(flow: Flow) -> Callable[[], Reply]:
    code = flow.code(**challenge())
    return lambda: flow.redeem(code, code_verifier="x" * 43)


def reuse(flow: Flow) -> Callable[[], Reply]:
    held = flow.tokens()
    flow.refresh(held.refresh)
    return lambda: flow.refresh(held.refresh)


def refresh(flow: Flow) -> Callable[[], Reply]:
    held = flow.tokens()
    return lambda: flow.refresh(held.refresh)


def revoke(flow: Flow) -> Callable[[], Reply]:
    held = flow.tokens()
    return lambda: flow.revoke(held.refresh)


@pytest.mark.parametrize("prepare", [allow, redeem, burn, reuse, refresh, revoke])
def test_store_3_a_failure_at_any_statement_changes_nothing_and_the_next_try_is_as_good(contract: Contract, prepare):
    connection = FailingConnection(open_memory())
    flow = flow_of(open_world(contract, store=Store(connection, collections(contract)), data=False))
    request = prepare(flow)
    before = dump(flow.world.sandbox)
    for nth in range(MOST_STATEMENTS):
        connection.arm(nth, "database or disk is full")
        reply = request()
        connection.disarm()
        if not connection.failed:
            break
        assert (reply.status, reply.code) == (503, "unavailable"), connection.failed
        assert dump(flow.world.sandbox) == before, connection.failed
    assert nth >= 3
    assert reply.status in (200, 303, 400)
    assert dump(flow.world.sandbox) != before
