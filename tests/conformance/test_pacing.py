"""Below the limits at any time: alone it is never refused, with others it waits out what they cause."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Inconclusive
from smartcal_api.conformance.pacing import Pacing
from smartcal_api.contract import Contract
from smartcal_api.sandbox.limits import Limits

CONTRACT = Contract.read()
A, B = (Credential(f"key_{name}", name, frozenset({"read"})) for name in "ab")


class Server:
    """Answers by the exact limits of the contract, at an instant that only its callers move."""

    def __init__(self, **pacing: Any) -> None:
        self.seconds = 1000.0
        self.limits = Limits(CONTRACT.policy.rate_limits)
        self.pacing = Pacing(CONTRACT.policy, None, clock=lambda: self.seconds, sleep=self.sleep, **pacing)
        self.waited: list[float] = []
        self.stands: float | None = None
        """The instant that its clock stands at; None while it goes."""

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.seconds += seconds

    def ask(self, name: str) -> Exchange:
        limit, remaining, retry_after, *_ = self.limits.admit(name, int((self.stands or self.seconds) * 1e9))
        names = CONTRACT.policy.rate_limit_headers
        headers = [(names.limit, str(limit)), (names.remaining, str(remaining))]
        headers += [(names.retry_after, str(retry_after))] if retry_after is not None else []
        status = 200 if retry_after is None else 429
        return Exchange(0, "", None, "GET", "/", (), b"", None, status, tuple(headers), b"", 0.0, 0.0)

    def request(self, name: str) -> Exchange:
        self.pacing.before(name)
        answer = self.ask(name)
        self.pacing.after(name, answer)
        return answer


@pytest.fixture
def clock_stands() -> Server:
    server = Server()
    server.stands = server.seconds
    return server


@given(st.lists(st.floats(0, 90), min_size=1, max_size=20), st.integers(1, 130))
def test_alone_it_is_never_refused(pauses: list[float], burst: int) -> None:
    server = Server()
    for pause in pauses:
        server.seconds += pause
        for _ in range(burst):
            assert server.request("a").status == 200


def test_two_keys_are_used_in_turn_and_double_what_fits() -> None:
    server = Server()
    for _ in range(2 * CONTRACT.policy.rate_limits[0].limit):
        server.request(server.pacing.choose([A, B]).value)
    assert server.waited == []
    server.request(server.pacing.choose([A, B]).value)
    assert len(server.waited) == 1


def test_some_of_each_window_is_left_to_others() -> None:
    server = Server(reserve=30)
    for _ in range(500):
        server.request("a")
        window = CONTRACT.policy.rate_limits[0]
        assert sum(at > server.seconds - window.window_seconds for at in server.pacing.budget("a").sent) <= 70


@given(st.integers(50, 99))
def test_what_somebody_else_has_used_is_seen_in_the_headers(used: int) -> None:
    server = Server()
    for _ in range(used):
        server.ask("a")
    for _ in range(120):
        assert server.request("a").status == 200


def test_whoever_would_wait_longer_than_the_budget_gives_up() -> None:
    server = Server(deadline=1030.0)
    for _ in range(100):
        server.request("a")
    with pytest.raises(Inconclusive, match="--budget ran out"):
        server.request("a")


def test_a_server_without_limits_is_not_waited_for() -> None:
    server = Server()
    server.limits.enabled = False
    began = time.monotonic()
    for _ in range(3000):
        server.request("a")
    assert server.waited == []
    assert time.monotonic() - began < 30


def test_whoever_waits_in_vain_gives_up(clock_stands: Server) -> None:
    """A server whose limits never refill, as a sandbox whose clock is frozen and has no control plane."""
    for _ in range(CONTRACT.policy.rate_limits[0].limit):
        clock_stands.request("a")
    for _ in range(2):
        assert clock_stands.request("a").status == 429
    with pytest.raises(Inconclusive, match="clock stands still"):
        clock_stands.pacing.pause(60.0, "a")
    assert len(clock_stands.waited) == 2
    assert clock_stands.request("b").status == 200, "which says nothing of another budget"


def test_two_budgets_waited_for_in_vain_say_that_the_clock_stands(clock_stands: Server) -> None:
    for name in "ab":
        for _ in range(CONTRACT.policy.rate_limits[0].limit + 2):
            clock_stands.request(name)
    waited = len(clock_stands.waited)
    with pytest.raises(Inconclusive, match="as if the target's clock stood still"):
        clock_stands.pacing.pause(60.0, "c")
    assert len(clock_stands.waited) == waited


def test_a_wait_that_helped_is_a_reason_to_wait_again(clock_stands: Server) -> None:
    for _ in range(CONTRACT.policy.rate_limits[0].limit + 1):
        clock_stands.request("a")
    clock_stands.stands = None
    assert clock_stands.request("a").status == 200
    for _ in range(500):
        assert clock_stands.request("a").status == 200
