"""RATE: the limits are those of the contract, in both directions. By the clock where there is a control plane."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.credential import Carrier, Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import NotVerified
from smartcal_api.conformance.law import Law, law, readable
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
    requests=1200,
    worth=62,
)
def both_windows_admit_what_they_say(probe: Probe) -> None:
    """Full bursts, one shortest window apart, until the longest window is full; then it opens to the second."""
    operation, key = _cheapest(probe), _fresh(probe)
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
    "RATE 2",
    "Remaining falls by one with each request and is never negative; Limit is that of a window.",
    clause="/x-rate-limit-headers",
    requests=12,
    worth=61,
)
def remaining_falls_by_one(probe: Probe) -> None:
    operation, key = _cheapest(probe), _fresh(probe)
    limits = {each.limit for each in probe.contract.policy.rate_limits}
    count = 6
    probe.session.pacing.before(key.value, room=count)
    seen = []
    for number in range(count):
        # Refusals by content are counted like any other request.
        query = "no_such_parameter=1" if number == 2 else ""
        answer = probe.call(operation, query=query, credential=key)
        limit, remaining = _headers(probe, answer)
        probe.expect(
            limit in limits, f"{answer} has a limit of {limit}; the contract has {sorted(limits)}.", kind="limit"
        )
        probe.expect(0 <= remaining <= limit, f"{answer} has {remaining} remaining of {limit}.", kind="range")
        seen.append((limit, remaining))
    if all(limit == remaining for limit, remaining in seen):
        probe.give_up("the headers never show less than the whole budget: limits seem to be switched off")
    falls = [before[1] - after[1] for before, after in pairwise(seen) if before[0] == after[0]]
    if any(fall > 1 for fall in falls) and len(set(falls)) > 1 and not probe.has_control:
        probe.give_up(f"Remaining fell by {falls}: somebody else seems to use {key.label}")
    probe.expect(set(falls) <= {1}, f"Remaining was {[each[1] for each in seen]}; it falls by one each.", kind="falls")


@law(
    "RATE 3",
    "A 429 is a problem that says when to come back; coming back then is admitted, and what was refused counts not.",
    clause="/components/responses/RateLimited",
    requests=110,
    worth=42,
    quick=False,
)
def a_refusal_says_when_to_come_back(probe: Probe) -> None:
    operation, key = _cheapest(probe), _fresh(probe)
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
            _, remaining = _headers(probe, answer)
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


@law(
    "RATE 4",
    "A budget is a credential's: using one leaves the others whole, and both headers of a key share one.",
    clause="/info/description",
    needs=(Capability.SECOND_KEY,),
    requests=8,
    worth=60,
)
def a_budget_is_a_credentials(probe: Probe) -> None:
    operation, key = _cheapest(probe), _fresh(probe)
    other = next(
        (
            each
            for each in probe.credentials()
            if each.value != key.value and operation.scopes <= probe.session.satisfied(each)
        ),
        None,
    )
    carriers = tuple(Carrier) if probe.session.key_header else (Carrier.BEARER,)
    probe.session.pacing.before(key.value, room=6)
    before = _headers(probe, probe.call(operation, credential=key))
    for carrier in carriers:
        now = _headers(probe, probe.call(operation, credential=key, carrier=carrier))
        if now[0] == now[1]:
            probe.give_up("the headers never show less than the whole budget: limits seem to be switched off")
        if now[0] == before[0]:
            _fell_by_one(probe, before[1], now[1], f"in the header of {carrier.value}", key)
        before = now
    if other is None:
        raise NotVerified(Capability.SECOND_KEY)
    for _ in range(3):
        probe.call(operation, credential=other)
    now = _headers(probe, probe.call(operation, credential=key))
    if now[0] == before[0]:
        _fell_by_one(probe, before[1], now[1], f"while {other.label} was used three times", key)


@law(
    "RATE 5",
    "The headers are on every answer, of any status, on unknown paths too.",
    clause="/x-rate-limit-headers",
    requests=4,
    worth=3,
)
def the_headers_are_on_every_answer(probe: Probe) -> None:
    key = probe.credentials()[0] if probe.credentials() else None
    for method, path in (("GET", "/api/v1/nothing"), ("GET", "/api/v1/events/nothing"), ("PUT", "/api/v1/events")):
        probe.send(method, path, credential=key)
    names = probe.contract.policy.rate_limit_headers
    for exchange in list(probe.session.evidence):
        values = [exchange.header(name) for name in (names.limit, names.remaining)]
        sound = all(value is not None and value.isdigit() for value in values)
        late = exchange.header(names.retry_after) or ""
        if not sound or (exchange.status == 429 and not late.isdigit()):
            probe.show(exchange)
            probe.expect(sound, f"{exchange} has {names.limit} and {names.remaining} {values}.", kind="missing")
            probe.fail(f"{exchange} has {names.retry_after} {late!r}.", kind="retry")


def _cheapest(probe: Probe) -> Operation:
    """An operation that any readable key can call, answered by one small resource where there is one."""
    found = [each for each in readable(probe.contract) if not each.path_names]
    return min(found, key=lambda each: (each.listing is not None, each.path))


def _fresh(probe: Probe) -> Credential:
    """A key that nobody has used, where one can be made; else the one that was used least."""
    scopes = _cheapest(probe).scopes
    return probe.fresh(scopes) if probe.has_control else probe.credential(scopes)


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


def _headers(probe: Probe, answer: Exchange) -> tuple[int, int]:
    names = probe.contract.policy.rate_limit_headers
    limit, remaining = answer.header(names.limit) or "", answer.header(names.remaining) or ""
    sound = limit.isdigit() and remaining.isdigit()
    probe.expect(sound, f"{answer} has {names.limit} {limit!r} and {names.remaining} {remaining!r}.", kind="headers")
    return int(limit), int(remaining)


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


def _fell_by_one(probe: Probe, before: int, now: int, when: str, key: Credential) -> None:
    fell = before - now
    if fell > 1 and not probe.has_control and not _again(probe, key, fell):
        probe.give_up(f"Remaining of {key.label} fell by {fell} {when}; somebody else seems to use it")
    probe.expect(
        fell == 1, f"Remaining of {key.label} fell from {before} to {now} {when}; that is by one.", kind="shared"
    )


def _again(probe: Probe, key: Credential, fell: int) -> bool:
    """Whether it falls by one when nothing else is sent in between: then nobody else uses the key."""
    operation = _cheapest(probe)
    seen = [_headers(probe, probe.call(operation, credential=key))[1] for _ in range(3)]
    return fell > 1 and all(before - after == 1 for before, after in pairwise(seen))


LAWS: tuple[Law, ...] = (
    both_windows_admit_what_they_say,
    remaining_falls_by_one,
    a_refusal_says_when_to_come_back,
    a_budget_is_a_credentials,
    the_headers_are_on_every_answer,
)
