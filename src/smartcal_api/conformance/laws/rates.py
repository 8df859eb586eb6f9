"""RATE: what the headers say of a budget, on every answer."""

from itertools import pairwise

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.credential import Carrier, Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import NotVerified
from smartcal_api.conformance.law import Law, law, product, readable
from smartcal_api.conformance.probe import Probe
from smartcal_api.contract import Operation


@law(
    "RATE 2",
    "Remaining falls by one with each request and is never negative; Limit is that of a window.",
    clause="/x-rate-limit-headers",
    requests=6,
    worth=61,
)
def remaining_falls_by_one(probe: Probe) -> None:
    operation, key = cheapest(probe), fresh_key(probe)
    limits = {each.limit for each in probe.contract.policy.rate_limits}
    count = 6
    probe.session.pacing.before(key.value, room=count)
    seen = []
    for number in range(count):
        # Refusals by content are counted like any other request.
        query = "no_such_parameter=1" if number == 2 else ""
        answer = probe.call(operation, query=query, credential=key)
        limit, remaining = stated_budget(probe, answer)
        probe.expect(
            limit in limits, f"{answer} has a limit of {limit}; the contract has {sorted(limits)}.", kind="limit"
        )
        probe.expect(0 <= remaining <= limit, f"{answer} has {remaining} remaining of {limit}.", kind="range")
        seen.append((limit, remaining))
    if all(limit == remaining for limit, remaining in seen):
        probe.give_up("the headers never show less than the whole budget: limits seem to be switched off")
    falls = [before[1] - after[1] for before, after in pairwise(seen) if before[0] == after[0]]
    if not probe.alone and len(set(falls)) > 1:
        probe.give_up(f"Remaining fell by {falls}: somebody else seems to use {key.label}")
    probe.expect(set(falls) <= {1}, f"Remaining was {[each[1] for each in seen]}; it falls by one each.", kind="falls")


@law(
    "RATE 4",
    "A budget is a credential's: using one leaves the others whole, and both headers of a key share one.",
    clause="/info/description",
    needs=(Capability.SECOND_KEY,),
    requests=7,
    worth=60,
)
def a_budget_is_a_credentials(probe: Probe) -> None:
    operation, key = cheapest(probe), fresh_key(probe)
    fitting = [each for each in probe.credentials() if operation.scopes <= probe.session.satisfied(each)]
    other = next((each for each in fitting if each.value != key.value), None)
    if other is None:
        raise NotVerified(Capability.SECOND_KEY)
    falls = _falls(probe, key, other)
    for _ in range(0 if probe.alone or set(falls.values()) == {1} else 2):
        # Somebody else's requests make it fall at random; a server that counts wrongly does the same each time.
        if _falls(probe, key, other) != falls:
            probe.give_up(f"Remaining of {key.label} falls by one number and another: somebody else seems to use it")
    for when, fell in falls.items():
        probe.expect(fell == 1, f"Remaining of {key.label} fell by {fell} {when}; that is by one.", kind=when)


@law(
    "RATE 5",
    "The headers are on every answer, of any status, on unknown paths too.",
    clause="/x-rate-limit-headers",
    requests=3,
    worth=3,
)
def the_headers_are_on_every_answer(probe: Probe) -> None:
    key = probe.credentials()[0] if probe.credentials() else None
    below = product(probe.contract)
    unknown = "PUT" if probe.target.writable else "GET"
    for method, path in (("GET", f"{below}/nothing"), ("GET", below), (unknown, f"{below}/nowhere")):
        probe.send(method, path, credential=key)
    names = probe.contract.policy.rate_limit_headers
    for exchange in probe.answers():
        values = [exchange.header(name) for name in (names.limit, names.remaining)]
        sound = all(value is not None and value.isdigit() for value in values)
        late = exchange.header(names.retry_after) or ""
        if not sound or (exchange.status == 429 and not late.isdigit()):
            probe.show(exchange)
            probe.expect(sound, f"{exchange} has {names.limit} and {names.remaining} {values}.", kind="missing")
            probe.fail(f"{exchange} has {names.retry_after} {late!r}.", kind="retry")


def cheapest(probe: Probe) -> Operation:
    """An operation that any readable key can call, answered by one small resource where there is one."""
    found = [each for each in readable(probe.contract) if not each.path_names]
    return min(found, key=lambda each: (each.listing is not None, each.path))


def fresh_key(probe: Probe) -> Credential:
    """A key that nobody has used, where one can be made; else the one that was used least."""
    scopes = cheapest(probe).scopes
    return probe.fresh(scopes) if probe.has_control else probe.credential(scopes)


def stated_budget(probe: Probe, answer: Exchange) -> tuple[int, int]:
    names = probe.contract.policy.rate_limit_headers
    limit, remaining = answer.header(names.limit) or "", answer.header(names.remaining) or ""
    sound = limit.isdigit() and remaining.isdigit()
    probe.expect(sound, f"{answer} has {names.limit} {limit!r} and {names.remaining} {remaining!r}.", kind="headers")
    return int(limit), int(remaining)


def _falls(probe: Probe, key: Credential, other: Credential) -> dict[str, int]:
    """By how much Remaining falls with one request, in several situations."""
    operation = cheapest(probe)
    probe.session.pacing.before(key.value, room=6)
    falls = {}
    limit, before = stated_budget(probe, probe.call(operation, credential=key))
    for carrier in tuple(Carrier) if probe.session.key_header else (Carrier.BEARER,):
        limit, now = stated_budget(probe, probe.call(operation, credential=key, carrier=carrier))
        if limit == now:
            probe.give_up("the headers never show less than the whole budget: limits seem to be switched off")
        falls[f"as {carrier.value}"], before = before - now, now
    for _ in range(3):
        probe.call(operation, credential=other)
    _, now = stated_budget(probe, probe.call(operation, credential=key))
    falls["while another key was used three times"] = before - now
    return falls


LAWS: tuple[Law, ...] = (
    remaining_falls_by_one,
    a_budget_is_a_credentials,
    the_headers_are_on_every_answer,
)
