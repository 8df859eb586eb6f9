"""The limiter against a plain list of what was admitted (laws RATE 1 to 4)."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from smartcal_api.clock import NANOSECONDS
from smartcal_api.contract import Contract, RateLimit
from smartcal_api.sandbox import limits as limits_module
from smartcal_api.sandbox.limits import Admission, Limits

BUDGETS = st.sampled_from(["a key", "another key", "192.0.2.1"])
WINDOWS = st.lists(
    st.builds(RateLimit, name=st.just("w"), limit=st.integers(1, 12), window_seconds=st.integers(1, 90)),
    min_size=1,
    max_size=3,
)
# Whole seconds, the edges of them, and anything between: an off-by-one is at an edge.
STEPS = st.one_of(
    st.just(0),
    st.integers(0, 100).map(lambda seconds: seconds * NANOSECONDS),
    st.tuples(st.integers(1, 100), st.sampled_from([-1, 1])).map(lambda step: step[0] * NANOSECONDS + step[1]),
    st.integers(0, 100 * NANOSECONDS),
)


class Model:
    """Every admission that ever was, and the definition of a limit: no more than so many in any window."""

    def __init__(self, windows: list[RateLimit]) -> None:
        self.windows = windows
        self.admitted: dict[str, list[int]] = {}

    def within(self, budget: str, window: RateLimit, now: int) -> int:
        since = now - window.window_seconds * NANOSECONDS
        return sum(since < at <= now for at in self.admitted.get(budget, []))

    def has_room(self, budget: str, now: int) -> bool:
        return all(self.within(budget, window, now) < window.limit for window in self.windows)

    def expected(self, budget: str, now: int) -> Admission:
        """What the headers must say once the request has been counted, if it may be; what that counts is kept."""
        if admitted := self.has_room(budget, now):
            self.admitted.setdefault(budget, []).append(now)
        left = [(w.limit - self.within(budget, w, now), w.window_seconds, w.limit) for w in self.windows]
        remaining, _, limit = min((max(count, 0), seconds, limit) for count, seconds, limit in left)
        if admitted:
            return Admission(limit, remaining, None)
        wait = 1
        while not self.has_room(budget, now + wait * NANOSECONDS):
            wait += 1
        return Admission(limit, 0, wait)


def said(admission: Admission) -> Admission:
    """What of it the headers say."""
    return admission._replace(window=None, room_at=0)


class AnySequence(RuleBasedStateMachine):
    """RATE 1, 2, 3: any sequence of requests and clock steps, with windows of any size, and windows that change."""

    @initialize(windows=WINDOWS, now=st.integers(0, 2**61))
    def start(self, windows: list[RateLimit], now: int) -> None:
        self.now = now
        self.limits, self.model = Limits(windows), Model(windows)

    @rule(step=STEPS)
    def wait(self, step: int) -> None:
        self.now += step

    @rule(budget=BUDGETS, times=st.integers(1, 15))
    def send(self, budget: str, times: int) -> None:
        for _ in range(times):
            assert said(self.limits.admit(budget, self.now)) == self.model.expected(budget, self.now)

    @rule(budget=BUDGETS)
    def send_until_refused_and_honour_it(self, budget: str) -> None:
        while (refused := self.limits.admit(budget, self.now)).retry_after is None:
            assert refused == self.model.expected(budget, self.now)
        assert said(refused) == self.model.expected(budget, self.now)
        assert self.model.has_room(budget, refused.room_at)
        assert not self.model.has_room(budget, refused.room_at - 1)
        if refused.retry_after > 1:  # a second less is not enough: nobody is made to wait for nothing
            early = self.now + (refused.retry_after - 1) * NANOSECONDS
            assert self.limits.admit(budget, early).retry_after == 1
        self.now += refused.retry_after * NANOSECONDS
        admitted = self.limits.admit(budget, self.now)
        assert admitted.retry_after is None
        assert admitted == self.model.expected(budget, self.now)

    @rule(windows=WINDOWS)
    def edit_the_contract(self, windows: list[RateLimit]) -> None:
        """The admissions that count are those within the longest window there has been; older ones may be forgotten."""
        if max(each.limit for each in windows) > max(each.limit for each in self.model.windows):
            return
        self.limits.adopt(windows)
        self.model.windows = windows

    @invariant()
    def logs_are_bounded(self) -> None:
        for log in getattr(self, "limits", Limits([RateLimit("w", 1, 1)]))._logs.values():
            assert len(log) <= 2 * 12 + 1


AnySequence.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)


class TestAnySequence(AnySequence.TestCase):
    """RATE 1, 2, 3."""


@pytest.fixture
def stated(contract: Contract) -> tuple[RateLimit, ...]:
    return contract.policy.rate_limits


@given(gaps=st.lists(st.integers(0, 40 * NANOSECONDS), min_size=1200, max_size=1200), hurry=st.integers(1, 200))
@settings(max_examples=8)
def test_rate_1_the_windows_that_the_contract_states_are_never_exceeded_nor_left_unused(gaps, hurry):
    windows = list(Contract.read().policy.rate_limits)
    limits, model, now = Limits(windows), Model(windows), 0
    for gap in gaps:
        now += gap // hurry
        assert (limits.admit("a key", now).retry_after is None) == model.has_room("a key", now)
        if model.has_room("a key", now):
            model.admitted.setdefault("a key", []).append(now)


def test_rate_2_remaining_falls_by_one_within_a_burst_and_is_never_negative(stated):
    limits = Limits(stated)
    answers = [limits.admit("a key", 7) for _ in range(stated[0].limit + 5)]
    remaining = [each.remaining for each in answers]
    assert remaining == [*range(stated[0].limit - 1, -1, -1), 0, 0, 0, 0, 0]
    assert {each.limit for each in answers} == {stated[0].limit}


def test_rate_2_limit_is_that_of_the_window_that_remaining_counts(stated):
    minute, hour = stated
    limits, now, seen = Limits(stated), 0, []
    for _ in range(hour.limit // minute.limit):
        seen += [limits.admit("a key", now) for _ in range(minute.limit)]
        now += minute.window_seconds * NANOSECONDS
    assert all(each.retry_after is None for each in seen)
    assert {each.limit for each in seen[: -minute.limit]} == {minute.limit}
    # In the last minute both windows have as much left; the shorter one is described.
    assert all(before.remaining == after.remaining + 1 for before, after in pairwise(seen[-minute.limit :]))
    refused = limits.admit("a key", now)
    assert said(refused) == Admission(hour.limit, 0, hour.window_seconds - now // NANOSECONDS)
    assert (refused.window, refused.room_at) == (hour.name, hour.window_seconds * NANOSECONDS)


def test_rate_3_a_refused_request_counts_for_nothing(stated):
    limits = Limits(stated)
    for _ in range(stated[0].limit):
        limits.admit("a key", 0)
    for _ in range(50_000):
        assert limits.admit("a key", 1).retry_after == stated[0].window_seconds
    after = stated[0].window_seconds * NANOSECONDS
    assert limits.admit("a key", after).remaining == stated[0].limit - 1


@given(requests=st.lists(st.tuples(BUDGETS, STEPS), max_size=80), windows=WINDOWS)
def test_rate_4_what_other_budgets_spend_changes_nothing(requests, windows):
    together, alone, now = Limits(windows), {}, 0
    for budget, step in requests:
        now += step
        assert together.admit(budget, now) == alone.setdefault(budget, Limits(windows)).admit(budget, now)


def test_rate_4_any_number_of_budgets_is_kept_in_bounded_memory(monkeypatch, stated):
    monkeypatch.setattr(limits_module, "_BUDGETS", 100)
    limits = Limits(stated)
    for number in range(5_000):
        limits.admit(f"address {number}", number)
        assert len(limits._logs) <= 100


def test_rate_4_budgets_that_nobody_uses_any_more_make_room_first(monkeypatch, stated):
    monkeypatch.setattr(limits_module, "_BUDGETS", 100)
    limits, longest = Limits(stated), max(each.window_seconds for each in stated) * NANOSECONDS
    limits.admit("in use", 0)
    for number in range(99):
        limits.admit(f"old {number}", 0)
    used = limits.admit("in use", longest - 1)
    for number in range(99):
        limits.admit(f"new {number}", longest)
    assert limits.admit("in use", longest).remaining == used.remaining - 1


@given(requests=st.lists(st.tuples(BUDGETS, STEPS), max_size=60), windows=WINDOWS)
def test_switched_off_nothing_is_refused_and_remaining_stays_at_limit(requests, windows):
    limits, now = Limits(windows, enabled=False), 0
    tightest = min(each.limit for each in windows)
    for budget, step in requests:
        now += step
        assert limits.admit(budget, now) == Admission(tightest, tightest, None)
    assert not limits._logs
