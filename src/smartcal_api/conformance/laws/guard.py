"""GUARD: what is larger than the contract allows is refused as it says, and hurts nobody."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple
from urllib.parse import urlsplit

from smartcal_api.conformance.exchange import Exchange, Fields
from smartcal_api.conformance.law import Law, keyed, law, readable, secured
from smartcal_api.conformance.probe import Probe
from smartcal_api.contract import Operation

_LIMITS = "/x-request-limits"


class _Large(NamedTuple):
    """A request, and the problem that it is; None for one that is as large as can be."""

    what: str
    due: str | None
    send: Callable[[], Exchange]


@law(
    "GUARD 1",
    "A URL, a head or a body beyond its limit is the problem that the contract has for it, and hurts nobody else.",
    over=keyed,
    requests=14,
    worth=20,
)
def what_is_too_large_is_refused_as_such(probe: Probe) -> None:
    plain = next(each for each in readable(probe.contract) if not each.path_names)
    problems = probe.contract.policy.problems
    known = {problems[name].status for name in ("uri_too_long", "headers_too_large", "body_too_large")}

    def check(large: _Large) -> None:
        answer = large.send()
        if large.due is None:
            said = f"{answer} to {large.what}; that is allowed."
            probe.expect(answer.status not in known, said, by=_LIMITS, at=answer, kind="allowed", parameter=large.what)
        else:
            due = problems[large.due].status
            said = f"{answer.coded} to {large.what}; that is {due} {large.due}."
            same = (answer.status, answer.code) == (due, large.due)
            probe.expect(same, said, by=_LIMITS, at=answer, kind="too large", parameter=large.what)
        probe.succeeds(probe.call(plain), f"it came after {large.what}", kind="after")

    probe.for_each(list(_larges(probe, plain)), check)


def _larges(probe: Probe, plain: Operation) -> Iterator[_Large]:
    limits = probe.contract.policy.request_limits
    path = f"{plain.path}?x="

    def get(query: int = 0, headers: Fields = ()) -> Exchange:
        target = path + "x" * query if query else plain.path
        return probe.send("GET", target, credential=probe.credential(plain.scopes), headers=headers)

    room = limits.url_bytes - len(path)
    # Whether what the root has of a path counts is for the deployment to say.
    within = room - len(urlsplit(probe.target.root).path)
    yield _Large(f"a URL of {limits.url_bytes} bytes", None, lambda: get(within))
    yield _Large(f"a URL of {limits.url_bytes + 1} bytes", "uri_too_long", lambda: get(room + 1))
    long = (("X-Large", "x" * limits.header_bytes),)
    yield _Large(f"headers of more than {limits.header_bytes} bytes", "headers_too_large", lambda: get(0, long))
    many = tuple((f"X-Large-{number}", "x") for number in range(limits.header_count))
    yield _Large(f"more than {limits.header_count} headers", "headers_too_large", lambda: get(0, many))
    taking = next((each for each in secured(probe.contract) if each.body and not each.path_names), None)
    if taking is None or not probe.target.writable:
        return
    for size, due in ((limits.body_bytes, None), (limits.body_bytes + 1, "body_too_large")):
        body = b'"' + b"x" * (size - 2) + b'"'
        yield _Large(f"a body of {size} bytes", due, partial(probe.call, taking, body=body))


LAWS: tuple[Law, ...] = (what_is_too_large_is_refused_as_such,)
