"""How reports say where something stands in the contract, how often it was seen, and what a run came to."""

from collections.abc import Iterator, Sequence

from smartcal_api.conformance.basis import Basis
from smartcal_api.conformance.report.record import CLIENT, CaseRecord, FindingRecord, Record, grouped
from smartcal_api.conformance.verdict import Exit, Verdict

SAID = {
    Exit.CONFORMANT: "Conformant",
    Exit.BROKEN: "Not conformant",
    Exit.INCONCLUSIVE: "Inconclusive",
    Exit.ERROR: "Not judged",
}
MARKS = {
    Verdict.HELD: "✓",
    Verdict.BROKEN: "✗",
    Verdict.NOT_VERIFIED: "·",
    Verdict.INCONCLUSIVE: "?",
    Verdict.ERROR: "!",
}
_NAMED = 6


def where(finding: FindingRecord) -> str:
    """File, line and pointer of the clause."""
    return f"{finding.file}:{finding.line} {finding.clause or '/'}"


def headline(group: Sequence[FindingRecord]) -> str:
    """What is the matter, and how many cases it was seen in."""
    names = _names(group)
    if len(names) == 1:
        return group[0].said
    return f"{group[0].said} ({len(names)} cases: {listed(names)})"


def others(group: Sequence[FindingRecord]) -> str:
    """The other cases of the same cause; nothing where there is none."""
    names = _names(group)[1:]
    return f"in {len(names)} more: {listed(names)}" if names else ""


def listed(names: Sequence[str], most: int = _NAMED) -> str:
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def counts(record: Record) -> str:
    """The cases, by what came of them."""
    return " · ".join(f"{len(record.of(each))} {each.value}" for each in Verdict if record.of(each))


def took(record: Record) -> str:
    waited = f", {record.waited_seconds:.0f} s of it waiting for limits" if record.waited_seconds else ""
    shard = f", shard {record.shard}" if record.shard else ""
    return f"{counted(record.requests, 'request')} in {record.seconds:.1f} s{waited}{shard}"


def heading(basis: Basis, document: str) -> str:
    """What the causes of a basis have in common."""
    return {
        Basis.SAFETY: "Unsafe, whatever the contract says",
        Basis.STANDARD: "Against a standard",
        Basis.DOCUMENTED: "Against what is documented",
        Basis.DECIDED: f"Against a choice that only {document} makes, made to count by --strict",
    }[basis]


def verdict_sentence(record: Record) -> str:
    """What it came to, and whose it is to mend."""
    broken = grouped(record.breaches)
    app = [group for group in broken if of_the_app(group[0])]
    sides = [(len(broken) - len(app), "the deployment"), (len(app), "the app")]
    said = [f"{counted(number, 'cause')} for {who} to mend" for number, who in sides if number]
    if record.of(Verdict.ERROR):
        said.append(f"smartcal itself failed in {counted(len(record.of(Verdict.ERROR)), 'case')}")
    undecided = len([each for each in record.of(Verdict.INCONCLUSIVE) if not each.accepted])
    if undecided:
        said.append(f"{counted(undecided, 'case')} could not be decided")
    if not said:
        held = len(record.of(Verdict.HELD))
        said.append(f"{counted(held, 'case')} held, and none was broken" if held else "nothing could be decided")
    return "; ".join(said)[:1].upper() + "; ".join(said)[1:] + "."


def steps(record: Record) -> Iterator[tuple[str, FindingRecord | None]]:
    """What to do next, one after the other, and which finding a step is about."""
    broken = grouped(record.breaches)
    for app, who in ((False, "deployment"), (True, "app")):
        first = next((group[0] for group in broken if of_the_app(group[0]) is app), None)
        if first is not None:
            yield f"Mend {first.name} first, in the {who}: it is the gravest. Its curl lines repeat it.", first
    if record.of(Verdict.ERROR):
        yield f"Report the fault of smartcal: {record.of(Verdict.ERROR)[0].why}", None
    undecided = [each for each in record.of(Verdict.INCONCLUSIVE) if not each.accepted]
    if undecided:
        yield f"See to what kept {listed(_cases(undecided), 3)} from being decided, and run it again.", None
    missing: dict[str, int] = {}
    for each in record.of(Verdict.NOT_VERIFIED):
        missing[each.why] = missing.get(each.why, 0) + 1
    if missing:
        most = max(missing, key=missing.__getitem__)
        yield f"To verify {counted(missing[most], 'case')} more, give {most}.", None
    if record.shard:
        yield f"Merge it with the other shards: it is {record.shard} of a run (`smartcal verdict merge`).", None
    if record.left_out:
        yield f"Run it without --only for {counted(len(record.left_out), 'case')} more.", None
    if broken:
        yield "What has to be lived with for a while is accepted in a file for --baseline, by its fingerprint.", None


def of_the_app(finding: FindingRecord) -> bool:
    """Whether it is wrong with whoever asked."""
    return finding.law.startswith(CLIENT)


def _cases(cases: Sequence[CaseRecord]) -> list[str]:
    return [each.name for each in cases]


def _names(group: Sequence[FindingRecord]) -> list[str]:
    return list(dict.fromkeys(each.name for each in group))
