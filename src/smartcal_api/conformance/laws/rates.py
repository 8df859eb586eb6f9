"""RATE: what the headers say of a budget, on every answer, and whose budget it is."""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import cycle, pairwise

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.credential import Carrier, Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import NotVerified
from smartcal_api.conformance.granted import granted
from smartcal_api.conformance.law import Law, keyed, law, nowhere, product, readable, secured
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.resources import NOTHING
from smartcal_api.contract import Operation

_LIMITS, _NAMES = "/x-rate-limits", "/x-rate-limit-headers"
_LIMIT, _REMAINING = "/components/headers/RateLimitLimit", "/components/headers/RateLimitRemaining"
_PROSE = "/info/description"
_TRIES = 3
_MANY = 8
"""Requests that tell one budget from two, whatever refills meanwhile."""
_ON_THE_WAY = (413, 414, 431)
"""Refusals that come from what is before a deployment as often as from itself."""


@law(
    "RATE 2",
    "Remaining falls by one with each request and is never negative; Limit is that of a window.",
    over=keyed,
    requests=8,
    worth=61,
)
def remaining_falls_by_one(probe: Probe) -> None:
    """A bucket refills while it is used, so that it needn't fall by one; but it falls."""
    operation, key = cheapest(probe), fresh_key(probe)
    limits = {each.limit for each in probe.contract.policy.rate_limits}
    probe.session.pacing.before(key.value, room=_MANY)
    seen: list[tuple[int, int]] = []
    answers: list[Exchange] = []
    for number in range(_MANY):
        # Refusals by content are counted like any other request.
        query = "no_such_parameter=1" if number == 2 else ""
        answer = probe.call(operation, query=query, credential=key)
        answers.append(answer)
        limit, remaining = stated_budget(probe, answer)
        said = f"{answer} has a limit of {limit}; there are {sorted(limits)}."
        probe.expect(limit in limits, said, by=_LIMITS, at=answer, kind="limit", seen=str(limit))
        said = f"{answer} has {remaining} remaining of {limit}."
        probe.expect(0 <= remaining <= limit, said, by=_NAMES, at=answer, kind="range")
        seen.append((limit, remaining))
    falls = [before[1] - after[1] for before, after in pairwise(seen) if before[0] == after[0]]
    told = f"Remaining was {[each[1] for each in seen]}"
    short = _refilled(probe, answers) + 1 < _MANY - 1
    static = short and bool(falls) and max(falls) <= 0
    probe.expect(not static, f"{told}; it falls as it is used.", by=_REMAINING, kind="static", seen="")
    if probe.alone or len(set(falls)) == 1:
        probe.expect(set(falls) <= {1}, f"{told}; it falls by one each.", by=_NAMES, kind="falls", seen="")


@law(
    "RATE 4",
    "A budget is a credential's: using one leaves the others whole, and it is one for both headers and all operations.",
    over=keyed,
    needs=(Capability.SECOND_KEY,),
    requests=80,
    worth=60,
)
def a_budget_is_a_credentials(probe: Probe) -> None:
    operation, key = cheapest(probe), fresh_key(probe)
    fitting = [each for each in probe.credentials() if operation.scopes <= probe.session.satisfied(each)]
    other = next((each for each in fitting if each.value != key.value), None)
    if other is None:
        raise NotVerified(Capability.SECOND_KEY)
    if probe.session.key_header:
        header = _Use("in its own header", lambda: probe.call(operation, credential=key, carrier=Carrier.HEADER))
        _is_shared(probe, key, header)
    head = _Use("by HEAD", lambda: probe.send("HEAD", operation.path, credential=key))
    _is_shared(probe, key, head)
    elsewhere = [each for each in readable(probe.contract) if not each.path_names and each.id != operation.id]
    usable = [each for each in elsewhere if each.scopes <= probe.session.satisfied(key)]
    if usable:
        _is_shared(probe, key, _Use(f"by {usable[0].id}", lambda: probe.call(usable[0], credential=key)))
    wide = max(probe.credentials(), key=lambda each: len(probe.session.satisfied(each)))
    if operation.scopes <= probe.session.satisfied(wide):
        for what, methods in (("by whatever reads", ("GET",)), ("by whatever writes", ("POST", "DELETE"))):
            turns = _in_turns(probe, wide, methods)
            if turns is not None:
                _is_shared(probe, wide, _Use(what, turns))
    _is_whole(probe, key, _Use("by another key", lambda: probe.call(operation, credential=other)))
    token = granted(probe, operation.scopes)
    if token is not None:
        _is_whole(probe, key, _Use("by a token", lambda: probe.call(operation, credential=token)))
        second = granted(probe, frozenset(probe.contract.scopes))
        if second is not None:
            _is_whole(probe, token, _Use("by another token", lambda: probe.call(operation, credential=second)))


@law(
    "RATE 5",
    "The headers are on every answer, of any status, on unknown paths too.",
    requests=3,
    worth=3,
    watches=True,
)
def the_headers_are_on_every_answer(probe: Probe) -> None:
    """Every answer of the API, that is: of what is below its base URL. Elsewhere only the contract wants them."""
    key = probe.credentials()[0] if probe.credentials() else None
    below, other = product(probe.contract), nowhere(probe.contract, "nowhere")
    unknown = "PUT" if probe.target.writable else "GET"
    for method, path in (("GET", nowhere(probe.contract)), ("GET", below), (unknown, other)):
        probe.send(method, path, credential=key)
    names = probe.contract.policy.rate_limit_headers
    for exchange in probe.answers():
        own = exchange.path.startswith(f"{below}/") and exchange.status not in _ON_THE_WAY
        status = str(exchange.status)
        for name, by in ((names.limit, _LIMIT), (names.remaining, _REMAINING)):
            value = exchange.header(name)
            said = f"{exchange} has no {name}."
            cause = f"answers have no {name}"
            ground = by if own and not exchange.case.startswith(_HOSTILE) else _PROSE
            there = probe.expect(
                value is not None,
                said,
                by=ground,
                at=exchange,
                kind="missing",
                parameter=name,
                seen=status,
                cause=cause,
                ends=False,
            )
            told = f"{exchange} has {name} {value!r}; that is a number of requests."
            sound = not there or (value or "").isdigit()
            probe.expect(sound, told, by=_NAMES, at=exchange, kind="form", parameter=name, seen="")
        late = exchange.header(names.retry_after) or ""
        said = f"{exchange} has {names.retry_after} {late!r}."
        probe.expect(
            exchange.status != 429 or late.isdigit(), said, by=f"{_NAMES}/retry_after", at=exchange, kind="retry"
        )


def _in_turns(probe: Probe, key: Credential, methods: Collection[str]) -> Callable[[], Exchange] | None:
    """One operation after the other, with what changes nothing: an id that there isn't, a body that is no object."""
    if not probe.target.writable and "GET" not in methods:
        return None
    usable = [each for each in secured(probe.contract) if each.scopes <= probe.session.satisfied(key)]
    turns = cycle([each for each in usable if each.method in methods])

    def use() -> Exchange:
        operation = next(turns)
        path = dict.fromkeys(operation.path_names, NOTHING)
        return probe.call(operation, path=path, body=[] if operation.body else None, credential=key)

    return use if any(each.method in methods for each in usable) else None


@dataclass(frozen=True, slots=True)
class _Use:
    """A way of using a budget, or perhaps another one."""

    how: str
    once: Callable[[], Exchange]


def _is_shared(probe: Probe, key: Credential, use: _Use) -> None:
    """What is used so is missing from the key's budget."""
    for _ in range(_TRIES):
        fell, refilled = _fall(probe, key, use)
        if fell == _MANY + 1 or fell >= _MANY + 1 - refilled > 1:
            break
        if _MANY + 1 - refilled <= 1:
            probe.give_up(f"{_MANY} requests took so long that a bucket can have refilled meanwhile")
    else:
        said = (
            f"Remaining of {key.label} fell by {fell} with {_MANY} requests {use.how} and one more: it has two budgets."
        )
        probe.expect(False, said, by=_LIMITS, kind="two budgets", parameter=use.how, seen="")
    said = f"Remaining of {key.label} fell by {fell} with {_MANY} requests {use.how} and one more."
    same = fell == _MANY + 1 or not probe.alone
    probe.expect(same, said, by=_NAMES, kind="falls", parameter=use.how, seen="")


def _is_whole(probe: Probe, key: Credential, use: _Use) -> None:
    """What is used so isn't missing from the key's budget. Somebody else's requests make it fall at random."""
    for _ in range(_TRIES):
        fell, refilled = _fall(probe, key, use)
        if fell <= max(2, _MANY - refilled):
            return
    said = f"Remaining of {key.label} fell by {fell} with one request and {_MANY} {use.how}: they have one budget."
    probe.expect(False, said, by=_LIMITS, kind="one budget", parameter=use.how, seen="")


def _fall(probe: Probe, key: Credential, use: _Use) -> tuple[int, int]:
    """By how much Remaining falls with that and one request more, and how much can have refilled meanwhile."""
    operation = cheapest(probe)
    probe.session.pacing.before(key.value, room=_MANY + 2)
    first = probe.call(operation, credential=key)
    for _ in range(_MANY):
        use.once()
    last = probe.call(operation, credential=key)
    before, after = stated_budget(probe, first), stated_budget(probe, last)
    if before[0] == before[1] and after[0] == after[1]:
        probe.give_up("the headers never show less than the whole budget")
    return before[1] - after[1], _refilled(probe, [first, last])


def _refilled(probe: Probe, answers: list[Exchange]) -> int:
    """How many requests a bucket gives back meanwhile, at the most."""
    seconds = answers[-1].began + answers[-1].seconds - answers[0].began
    fastest = max(each.limit / each.window_seconds for each in probe.contract.policy.rate_limits)
    return 0 if probe.has_control else math.ceil(fastest * seconds)


def cheapest(probe: Probe) -> Operation:
    """An operation that any readable key can call, answered by one small resource where there is one."""
    found = [each for each in readable(probe.contract) if not each.path_names]
    return min(found, key=lambda each: (each.listing is not None, each.path))


def fresh_key(probe: Probe) -> Credential:
    """A key that nobody has used, where one can be made; else the one that was used least."""
    scopes = cheapest(probe).scopes
    return probe.fresh(scopes) if probe.has_control else probe.credential(scopes)


def stated_budget(probe: Probe, answer: Exchange) -> tuple[int, int]:
    """Limit and Remaining; without them nothing is to be seen of a budget."""
    names = probe.contract.policy.rate_limit_headers
    limit, remaining = answer.header(names.limit) or "", answer.header(names.remaining) or ""
    if not limit.isdigit() or not remaining.removeprefix("-").isdigit():
        probe.give_up(f"answers tell no budget: {names.limit} is {limit!r}, {names.remaining} {remaining!r}")
    return int(limit), int(remaining)


_HOSTILE = ("ERR 6", "GUARD 1", "SCHEMA 3")
LAWS: tuple[Law, ...] = (
    remaining_falls_by_one,
    a_budget_is_a_credentials,
    the_headers_are_on_every_answer,
)
