"""RATE: the windows themselves, by the clock where there is a control plane."""

from collections.abc import Iterator
from contextlib import contextmanager

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.laws.rates import cheapest, fresh_key, stated_budget
from smartcal_api.conformance.probe import Probe
from smartcal_api.contract import Operation, RateLimit

_CLAUSE = "/x-rate-limits"
_MORE = 3
"""Requests beyond a limit, to see that refused ones count for nothing."""


@law(
    "RATE 1",
    "In any window at most its limit is admitted, and nothing is refused while every window has room.",
    clause=_CLAUSE,
    needs=(Capability.CONTROL,),
    requests=1040,
    worth=62,
)
def both_windows_admit_what_they_say(probe: Probe) -> None:
    """Full bursts, one shortest window apart, until the longest window is full; then it opens to the second."""
    operation, key = cheapest(probe), fresh_key(probe)
    shortest, *longer = _windows(probe)
    with _frozen(probe):
        _burst(probe, operation, key, shortest.limit, shortest)
        probe.control.advance(shortest.window_seconds - 1)
        _refused(probe, operation, key, f"a second before the {shortest.name} is over")
        probe.control.advance(1)
        elapsed, admitted = shortest.window_seconds, shortest.limit
        for window in longer:
            while admitted < window.limit:
                count = min(shortest.limit, window.limit - admitted)
                _burst(probe, operation, key, count, shortest if count == shortest.limit else window)
                admitted += count
                probe.control.advance(shortest.window_seconds)
                elapsed += shortest.window_seconds
            _refused(probe, operation, key, f"after {admitted} in {elapsed} s, where the {window.name} has no room")
            probe.control.advance(window.window_seconds - elapsed - 1)
            _refused(probe, operation, key, f"a second before the {window.name} is over for the first burst")
            probe.control.advance(1)
            _admitted(probe, operation, key, f"when the {window.name} is over for the first burst")


@law(
    "RATE 3",
    "A 429 is a problem that says when to come back; coming back then is admitted, and what was refused counts not.",
    clause="/components/responses/RateLimited",
    requests=106,
    worth=42,
    quick=False,
)
def a_refusal_says_when_to_come_back(probe: Probe) -> None:
    operation, key = cheapest(probe), fresh_key(probe)
    names = probe.contract.policy.rate_limit_headers
    most = max(each.limit for each in probe.contract.policy.rate_limits)
    shortest = _windows(probe)[0]
    if probe.session.pacing.reserved:
        probe.give_up("--reserve leaves requests to others, so no budget can be used up")
    with _frozen(probe) if probe.has_control else _nothing():
        answer = probe.call(operation, credential=key, take_429=True)
        for _ in range(min(most, shortest.limit)):
            if answer.status == 429:
                break
            answer = probe.call(operation, credential=key, take_429=True)
        if answer.status != 429:
            _, remaining = stated_budget(probe, answer)
            probe.expect(remaining > 0, f"{answer}, with {remaining} remaining, and more was admitted.", clause=_CLAUSE)
            probe.give_up(f"{shortest.limit + 1} requests in a row were all admitted: limits seem to be switched off")
        for refused in (answer, *(probe.call(operation, credential=key, take_429=True) for _ in range(_MORE))):
            probe.expect(refused.status == 429, f"{refused} after a 429 of the same moment.", kind="flicker")
        stated = answer.header(names.retry_after) or ""
        sound = stated.isdigit() and int(stated) >= 1
        probe.expect(
            sound, f"{answer} has {names.retry_after} {stated!r}; that is whole seconds, at least 1.", kind="retry"
        )
        code = answer.code
        probe.expect(code == "rate_limited", f"{answer} has the code {code!r}.", clause="/x-problems", kind="code")
        if probe.has_control:
            probe.control.advance(int(stated))
        else:
            probe.session.pacing.pause(int(stated), key.value)
        back = probe.call(operation, credential=key, take_429=True)
        probe.expect(back.status != 429, f"{back}, {stated} s after a 429 that said {stated}.", kind="not-back")


def _windows(probe: Probe) -> list[RateLimit]:
    return sorted(probe.contract.policy.rate_limits, key=lambda each: each.window_seconds)


@contextmanager
def _frozen(probe: Probe) -> Iterator[None]:
    """The sandbox's clock stands still but for what is moved."""
    with probe.control.frozen():
        yield


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _burst(probe: Probe, operation: Operation, key: Credential, count: int, window: RateLimit) -> None:
    """Exactly so many are admitted, and the next ones aren't."""
    for number in range(1, count + 1):
        _admitted(probe, operation, key, f"as number {number} of {window.limit} in a {window.name}")
    for _ in range(_MORE if count == window.limit else 0):
        _refused(probe, operation, key, f"beyond {window.limit} in a {window.name}")


def _admitted(probe: Probe, operation: Operation, key: Credential, when: str) -> None:
    answer = probe.call(operation, credential=key, take_429=True)
    probe.expect(answer.status != 429, f"{answer} {when}; every window has room.", kind="refused")


def _refused(probe: Probe, operation: Operation, key: Credential, when: str) -> None:
    answer = probe.call(operation, credential=key, take_429=True)
    probe.expect(answer.status == 429, f"{answer} {when}; that is 429.", kind="admitted")


LAWS: tuple[Law, ...] = (both_windows_admit_what_they_say, a_refusal_says_when_to_come_back)
