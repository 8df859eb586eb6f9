"""SBX: what the control plane of a sandbox undoes is undone, as far as a client can see."""

from typing import Any

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.findings import Inconclusive
from smartcal_api.conformance.law import Law, keyed, law, listings, readable, secured
from smartcal_api.conformance.probe import Probe
from smartcal_api.contract import Operation

_PROSE = "/info/description"


@law(
    "SBX 3",
    "What happens between a snapshot and its restore hasn't happened: not to a list, and not to a budget.",
    over=keyed,
    needs=(Capability.WRITES, Capability.CONTROL),
    requests=40,
    worth=-1,  # the last of all: the ids of requests are those of before, too
    quick=False,
)
def what_is_restored_has_not_happened(probe: Probe) -> None:
    control, name = probe.control, f"judged-{probe.rng.getrandbits(32):08x}"
    plain = next(each for each in readable(probe.contract) if not each.path_names)
    changing = [each for each in secured(probe.contract) if each.method == "POST"]
    remaining = probe.contract.policy.rate_limit_headers.remaining
    # Nothing becomes past or due meanwhile.
    with control.frozen():
        key = probe.fresh(plain.scopes)
        before = _lists(probe)
        left = probe.call(plain, credential=key).header(remaining)
        control.post("/snapshots", {"name": name})
        try:
            if not sum(_changes(probe, each) for each in changing):
                probe.give_up("nothing could be changed, so nothing could be undone")
            probe.call(plain, credential=key)
            control.post(f"/snapshots/{name}/restore")
        finally:
            control.ask("DELETE", f"/snapshots/{name}", {})
        again = probe.call(plain, credential=key)
        for path, items in _lists(probe).items():
            differ = [each for each in (*items, *before[path]) if (each in items) != (each in before[path])]
            said = f"{path} is another after a restore: {str(differ[:1])[:200]}."
            probe.expect(not differ, said, by=_PROSE, kind="list", parameter=path, seen="")
    if left is None or not left.isdigit():
        probe.give_up(f"no {remaining} says what a budget has left")
    probe.expect(
        again.header(remaining) == str(int(left) - 1),
        f"{again} has {remaining} {again.header(remaining)}; the next after {left}, which is restored, is one less.",
        by=_PROSE,
        at=again,
        kind="budget",
    )


def _changes(probe: Probe, operation: Operation) -> bool:
    """Whether it changed something; a run may have used up what it is for."""
    try:
        return probe.succeed(operation).ok
    except Inconclusive:
        return False


def _lists(probe: Probe) -> dict[str, list[Any]]:
    probe.forget()
    return {each.path: probe.whole(each) for each in listings(probe.contract)}


LAWS: tuple[Law, ...] = (what_is_restored_has_not_happened,)
