"""What a new contract means for those who call: by its changes, and by calls that were recorded."""

from collections import Counter
from collections.abc import Iterator

from smartcal_api.conformance.report.wording import counted, listed
from smartcal_api.release.answer import Answer, Reason
from smartcal_api.release.policy import ANNOUNCED, ANY, Policy
from smartcal_api.release.proof import Change, Proof

_NAMED = 3


def consequences(proof: Proof, policy: Policy) -> Iterator[Reason]:
    """Nothing is said of what wasn't given."""
    if proof.diffs:
        yield from _changes(proof, "breaking", policy.breaking)
        yield from _changes(proof, "risky", policy.risky)
    if proof.impacts:
        yield _impact(proof, policy)


def _changes(proof: Proof, level: str, allowed: str) -> Iterator[Reason]:
    """A reason for each of those whom it concerns."""
    groups: dict[str, list[tuple[bool, Change]]] = {}
    for diff in proof.diffs.values():
        for change in diff.of(level):
            if not change.accepted:
                groups.setdefault(change.concerns, []).append((diff.announced, change))
    if not groups:
        yield Reason(Answer.YES, level, "nothing")
    for concerns, found in groups.items():
        announced = allowed == ANNOUNCED and all(said for said, _ in found)
        named = "; ".join(f"{each.where}: {each.text}" for _, each in found[:_NAMED])
        more = "; …" if len(found) > _NAMED else ""
        how = ", announced by its version" if announced else ""
        fine = announced or allowed == ANY
        said = f"{len(found)} for {concerns}{how}: {named}{more}"
        yield Reason(Answer.YES if fine else Answer.NO, level, said)


def _impact(proof: Proof, policy: Policy) -> Reason:
    empty = next((file for file, each in proof.impacts.items() if not each.calls), None)
    if empty is not None:
        return Reason(Answer.UNKNOWN, "impact", f"{empty} is about no call at all")
    hits = [hit for each in proof.impacts.values() for hit in each.hits if not hit.accepted]
    if not hits:
        calls = sum(each.calls for each in proof.impacts.values())
        return Reason(Answer.YES, "impact", f"none of {counted(calls, 'recorded call')}")
    callers = Counter[str]()
    for hit in hits:
        callers.update(hit.callers)
    who = listed([f"{name} {count}" for name, count in callers.most_common()], _NAMED)
    named = "; ".join(f"{each.operation}: {each.message}" for each in hits[:_NAMED])
    more = "; …" if len(hits) > _NAMED else ""
    said = f"{counted(sum(each.calls for each in hits), 'recorded call')} ({who}): {named}{more}"
    return Reason(Answer.YES if policy.impact == ANY else Answer.NO, "impact", said)
