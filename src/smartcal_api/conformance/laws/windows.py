"""RATE 1: the windows themselves, by the clock of a control plane."""

from collections.abc import Iterator
from contextlib import contextmanager

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.law import Law, keyed, law
from smartcal_api.conformance.laws.rates import cheapest, fresh_key
from smartcal_api.conformance.probe import Probe
from smartcal_api.contract import Operation, RateLimit

LIMITS, SLIDING = "/x-rate-limits", "/info/description"
"""That there are limits is documented; that their windows slide is a choice of the contract."""
MORE = 3
"""Requests beyond a limit, to see that refused ones count for nothing."""


@law(
    "RATE 1",
    "In any window at most its limit is admitted, and nothing is refused while every window has room.",
    over=keyed,
    needs=(Capability.CONTROL,),
    requests=1040,
    worth=62,
)
def both_windows_admit_what_they_say(probe: Probe) -> None:
    """Full bursts, one shortest window apart, until the longest window is full; then it opens to the second."""
    operation, key = cheapest(probe), fresh_key(probe)
    shortest, *longer = windows(probe)
    with frozen(probe):
        _burst(probe, operation, key, shortest.limit, shortest)
        probe.control.advance(shortest.window_seconds - 1)
        if not _refused(probe, operation, key, f"a second before the {shortest.name} is over", SLIDING):
            return
        probe.control.advance(1)
        elapsed, admitted = shortest.window_seconds, shortest.limit
        for window in longer:
            while admitted < window.limit:
                count = min(shortest.limit, window.limit - admitted)
                _burst(probe, operation, key, count, shortest if count == shortest.limit else window)
                admitted += count
                probe.control.advance(shortest.window_seconds)
                elapsed += shortest.window_seconds
            _refused(
                probe, operation, key, f"after {admitted} in {elapsed} s, where the {window.name} has no room", LIMITS
            )
            probe.control.advance(window.window_seconds - elapsed - 1)
            when = f"a second before the {window.name} is over for the first burst"
            if not _refused(probe, operation, key, when, SLIDING):
                return
            probe.control.advance(1)
            _admitted(probe, operation, key, f"when the {window.name} is over for the first burst")


def windows(probe: Probe) -> list[RateLimit]:
    return sorted(probe.contract.policy.rate_limits, key=lambda each: each.window_seconds)


@contextmanager
def frozen(probe: Probe) -> Iterator[None]:
    """The sandbox's clock stands still but for what is moved, where there is one to be moved."""
    if not probe.has_control:
        yield
        return
    with probe.control.frozen():
        yield


def _burst(probe: Probe, operation: Operation, key: Credential, count: int, window: RateLimit) -> None:
    """Exactly so many are admitted, and the next ones aren't."""
    for number in range(1, count + 1):
        _admitted(probe, operation, key, f"as number {number} of {window.limit} in a {window.name}")
    for _ in range(MORE if count == window.limit else 0):
        _refused(probe, operation, key, f"beyond {window.limit} in a {window.name}", LIMITS)


def _admitted(probe: Probe, operation: Operation, key: Credential, when: str) -> None:
    answer = probe.call(operation, credential=key, take_429=True)
    said = f"{answer} {when}; every window has room."
    probe.expect(answer.status != 429, said, by=LIMITS, at=answer, kind="refused")


def _refused(probe: Probe, operation: Operation, key: Credential, when: str, by: str) -> bool:
    answer = probe.call(operation, credential=key, take_429=True)
    said = f"{answer} {when}; that is 429."
    return probe.expect(answer.status == 429, said, by=by, at=answer, kind="admitted")


LAWS: tuple[Law, ...] = (both_windows_admit_what_they_say,)
