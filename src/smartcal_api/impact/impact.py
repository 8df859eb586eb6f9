"""Recorded traffic against a candidate contract."""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import timedelta

from smartcal_api.conformance.judge import Fault
from smartcal_api.contract import Contract
from smartcal_api.impact.hit import LIMITED, REFUSED, UNSENT, Hit
from smartcal_api.impact.judging import View
from smartcal_api.traffic.call import Call
from smartcal_api.traffic.traffic import Traffic


def impact(traffic: Traffic, candidate: Contract, current: Contract | None = None) -> list[Hit]:
    """What the candidate refuses of what was answered, the calls of most callers first.

    What the current contract doesn't have either is no news, and left out. Without one, a path that the candidate
    doesn't have counts where it was answered with success, and begins as one that it has.
    """
    new, old = View(candidate), View(current) if current is not None else None
    hits: dict[tuple[str, str, str], Hit] = {}
    for call in traffic.calls:
        for kind, operation, clause, message in _found(call, new, old):
            hit = hits.setdefault((kind, operation, clause), Hit(kind, operation, clause, message))
            hit.calls.append(call)
    for each in _limited(traffic.calls, candidate, current):
        hits[LIMITED, each.operation, each.clause] = each
    lines = {clause: candidate.document.line(clause) for _, _, clause in hits}
    for hit in hits.values():
        hit.line = lines[hit.clause]
    return sorted(hits.values(), key=lambda each: (-len(each.callers), -len(each.calls), each.operation))


def _found(call: Call, new: View, old: View | None) -> Iterator[tuple[str, str, str, str]]:
    operation = new.operation(call) or (old.operation(call) if old is not None else None)
    if operation is None and (old is not None or not new.is_near(call)):
        return  # nobody's call: a page beside the API
    name = f"{operation.method} {operation.path}" if operation else f"{call.method} {call.path}"
    if call.status is None or call.status < 400:
        known = {_about(fault) for fault in old.request_faults(call)} if old is not None else set()
        for fault in new.request_faults(call):
            if _about(fault) not in known:
                yield REFUSED, name, fault.clause, fault.message
    if call.status is not None and call.status < 500:
        known = {_about(fault) for fault in old.answer_faults(call)} if old is not None else set()
        for fault in new.answer_faults(call):
            if _about(fault) not in known:
                yield UNSENT, name, fault.clause, fault.message


def _about(fault: Fault) -> str:
    """The parameter or the member that a fault is about, or all that it says."""
    return fault.message.partition(": ")[0]


def _limited(calls: Iterable[Call], candidate: Contract, current: Contract | None) -> Iterator[Hit]:
    """Callers that were within the limits and aren't within those of the candidate; a caller is taken for a key."""
    before = (
        {(each.limit, each.window_seconds) for each in current.policy.rate_limits} if current is not None else set()
    )
    by_caller: dict[str, list[Call]] = {}
    for call in calls:
        if call.at is not None and call.status != 429:
            by_caller.setdefault(call.caller, []).append(call)
    stated = candidate.data.get("x-rate-limits")
    for number, limit in enumerate(candidate.policy.rate_limits if isinstance(stated, list) else ()):
        if (limit.limit, limit.window_seconds) in before:
            continue
        over: list[Call] = []
        for several in by_caller.values():
            over += _beyond(several, limit.limit, limit.window_seconds)
        if over:
            said = f"more than {limit.limit} calls in {limit.window_seconds} s"
            yield Hit(LIMITED, "every operation", f"/x-rate-limits/{number}", said, calls=over)


def _beyond(calls: list[Call], limit: int, seconds: int) -> Iterator[Call]:
    """The calls that would have been refused: those aren't counted against the ones after them."""
    window: deque[float] = deque()
    span = timedelta(seconds=seconds).total_seconds()
    timed = sorted(((call.at.timestamp(), call) for call in calls if call.at is not None), key=lambda pair: pair[0])
    for at, call in timed:
        while window and window[0] <= at - span:
            window.popleft()
        if len(window) >= limit:
            yield call
        else:
            window.append(at)
