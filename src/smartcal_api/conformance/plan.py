"""What a run would send and how long it would take, before anything is sent."""

from collections.abc import Iterator, Sequence

from smartcal_api.conformance.law import Case
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.verification import Options
from smartcal_api.contract import Contract, RateLimit

_QUICK = 3
"""`quick` tries about a third of what `full` does."""
_A_REQUEST = 0.004
"""Seconds that a request takes where nothing has to be waited for, its judgement included."""


def plan(
    cases: Sequence[Case], contract: Contract, target: Target, *, full: bool, reserve: int, jobs: int = 1
) -> Iterator[str]:
    """Lines: requests by law, by key, the duration, and what won't be decided."""
    laws: dict[str, list[Case]] = {}
    for case in cases:
        laws.setdefault(case.law.id, []).append(case)
    decided = {name: [each for each in of if target.lacks(each.law.needs) is None] for name, of in laws.items()}
    total = unsigned = 0
    for name, of in laws.items():
        count = sum(-(-each.law.requests // (1 if full else _QUICK)) for each in decided[name])
        more = sum(each.law.unsigned for each in decided[name])
        total, unsigned = total + count, unsigned + more
        lacking = target.lacks(of[0].law.needs)
        note = f"  not verified: {lacking.value}" if lacking else ""
        yield f"{name:<10} {len(of):>3} cases {count + more:>6} requests  {of[0].law.title[:70]}{note}"
    own = [each for each in target.credentials if each.account == 0]
    yield ""
    if own:
        yield f"about {total} requests over {len(own)} credentials, {-(-total // len(own))} each: " + ", ".join(
            each.label for each in own
        )
    if unsigned:
        yield f"about {unsigned} requests without a credential"
    limits = contract.policy.rate_limits
    seconds = max(
        duration(count, budgets, limits, reserve=reserve, jobs=jobs)
        for count, budgets in ((total, len(own)), (unsigned, 1))
    )
    total += unsigned
    if target.control_url:
        seconds = total * _A_REQUEST
    yield f"about {seconds:.0f} s" + (" with waits for the rate limit" if seconds > 2 * total * _A_REQUEST else "")


def resolved(target: Target, contract: Contract, options: Options) -> Iterator[str]:
    """Lines: what is known of the target, and how it is gone about, without a secret."""
    yield f"target      {target.root}"
    yield from _listed("keys", [f"{each.label} …" for each in target.credentials])
    yield from _listed("clients", [each.client_id + (" (secret …)" if each.secret else "") for each in target.clients])
    if target.control_url:
        yield f"control     {target.control_url}" + (" (token …)" if target.control_token else "")
    if target.receiver_port:
        yield f"receiver    {target.receiver_url or 'loopback'} → port {target.receiver_port}"
    yield from _listed("headers", [f"{name}: …" for name in target.headers])
    yield from _listed("TLS", [str(each) for each in (target.cacert, target.client_cert) if each])
    yield f"writes      {'allowed' if target.writable else 'not allowed'}"
    names = [each.name for each in contract.document.files]
    yield f"contract    {names[0]} {contract.version}" + (f", with {', '.join(names[1:])}" if names[1:] else "")
    yield from _listed("baseline", [f"{len(options.baseline.entries)} accepted"] if options.baseline.entries else [])
    yield from _listed("shard", [str(options.shard)] if options.shard else [])
    bounds = [f"{options.budget_seconds:g} s"] if options.budget_seconds is not None else []
    yield from _listed("budget", [*bounds, *([f"{options.reserve} left to others"] if options.reserve else [])])


def _listed(name: str, said: Sequence[str]) -> Iterator[str]:
    if said:
        yield f"{name:<11} {', '.join(said)}"


def duration(requests: int, budgets: int, limits: Sequence[RateLimit], *, reserve: int = 0, jobs: int = 1) -> float:
    """Seconds for so many requests, spread over so many budgets that so many jobs share: what fits into each window,
    and then its next."""
    share = -(-requests // max(1, budgets))
    waits = 0.0
    for limit in limits:
        usable = max(1, (limit.limit - reserve) // jobs)
        waits = max(waits, float((-(-share // usable) - 1) * limit.window_seconds))
    return waits + requests * _A_REQUEST
