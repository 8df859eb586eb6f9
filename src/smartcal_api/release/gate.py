"""Yes, no, or can't tell: a reason for each thing that a policy asks, from what was found."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from smartcal_api.conformance.report.record import CaseRecord, grouped
from smartcal_api.conformance.report.wording import counted, listed
from smartcal_api.conformance.verdict import Verdict
from smartcal_api.release.answer import Answer, Reason
from smartcal_api.release.consequences import consequences
from smartcal_api.release.policy import Policy
from smartcal_api.release.proof import Proof

_RECORDED = "recorded"
_NAMED = 3


def decide(
    proof: Proof, policy: Policy, *, labels: Mapping[str, str], now: datetime
) -> tuple[Answer, tuple[Reason, ...]]:
    """`labels` are those of the build that is to be released. No wins over can't tell, and that over yes."""
    reasons = tuple(_Gate(proof, policy, labels, now).reasons())
    found = {each.answer for each in reasons}
    return next((each for each in (Answer.NO, Answer.UNKNOWN) if each in found), Answer.YES), reasons


class _Gate:
    def __init__(self, proof: Proof, policy: Policy, labels: Mapping[str, str], now: datetime) -> None:
        self._proof = proof
        self._verdicts = proof.verdicts
        self._diffs = proof.diffs
        self._policy = policy
        self._labels = labels
        self._now = now

    def reasons(self) -> Iterator[Reason]:
        given = {"verdict": self._verdicts, "diff": self._diffs, "impact": self._proof.impacts}
        for kind, found in given.items():
            if kind in self._policy.needs and not found:
                yield Reason(Answer.UNKNOWN, kind, f"none was given, and the policy needs one ({kind})")
        if self._verdicts:
            yield self._build()
            yield self._contract()
            yield self._age()
            yield from self._profile()
            yield self._broken()
            yield self._accepted()
            yield self._undecided()
            yield self._not_verified()
        yield from consequences(self._proof, self._policy)

    def _build(self) -> Reason:
        names = dict.fromkeys((*self._policy.labels, *self._labels))
        said = []
        for name in names:
            values = {file: record.labels.get(name) for file, record in self._verdicts.items()}
            silent = [file for file, value in values.items() if value is None]
            if silent:
                return Reason(Answer.UNKNOWN, "build", f"{listed(silent)} doesn't say its {name} (--label {name}=…)")
            wanted = self._labels.get(name, next(iter(values.values())))
            other = next(((file, value) for file, value in values.items() if value != wanted), None)
            if other is not None:
                return Reason(Answer.UNKNOWN, "build", f"{other[0]} is of {name} {other[1]}, not of {wanted}")
            said.append(f"{name} {wanted}")
        roots = listed(sorted({each.root for each in self._verdicts.values()}))
        return Reason(Answer.YES, "build", f"{', '.join(said) or 'not named'}, at {roots}")

    def _contract(self) -> Reason:
        wanted = self._policy.digest()
        versions = {file: (each.contract, each.digest) for file, each in self._verdicts.items()}
        first, (version, digest) = next(iter(versions.items()))
        about = f"{version} (sha256 {digest[:12] or 'not said'})"
        if wanted is not None:
            other = next((file for file, (_, found) in versions.items() if found != wanted), None)
            if other is not None:
                return Reason(
                    Answer.UNKNOWN, "contract", f"{other} is of another document than {self._policy.contract}"
                )
            about += f", which is {self._policy.contract}"
        for file, found in versions.items():
            if found != (version, digest):
                return Reason(Answer.UNKNOWN, "contract", f"{file} is of another document than {first}")
        for file, diff in self._diffs.items():
            if diff.version != version:
                return Reason(
                    Answer.UNKNOWN, "contract", f"{file} is about version {diff.version}, {first} about {version}"
                )
        overlays = sorted({name for each in self._verdicts.values() for name, _ in each.overlays})
        return Reason(Answer.YES, "contract", about + (f", with {', '.join(overlays)}" if overlays else ""))

    def _age(self) -> Reason:
        oldest = min(self._verdicts, key=lambda file: self._verdicts[file].finished)
        finished = self._verdicts[oldest].finished
        most = self._policy.max_age
        if not finished:
            answer = Answer.YES if most is None else Answer.UNKNOWN
            return Reason(answer, "age", f"{oldest} doesn't say when it ended")
        age = self._now - datetime.fromisoformat(finished).astimezone(UTC)
        hours = age.total_seconds() / 3600
        said = f"the oldest ended {hours:.1f} h ago"
        if most is None:
            return Reason(Answer.YES, "age", said)
        old = age > most
        bound = f"at most {self._policy.max_age_hours:g}"
        return Reason(Answer.UNKNOWN if old else Answer.YES, "age", f"{said}, {bound}" + (f": {oldest}" if old else ""))

    def _profile(self) -> Iterator[Reason]:
        wanted = self._policy.profile
        other = [file for file, each in self._verdicts.items() if each.profile not in (wanted, "full", _RECORDED)]
        if wanted is not None and other:
            yield Reason(Answer.UNKNOWN, "profile", f"{listed(other)} is of another profile than {wanted}")

    def _broken(self) -> Reason:
        groups = grouped(each for record in self._verdicts.values() for each in record.breaches)
        if not groups:
            return Reason(Answer.YES, "broken", "nothing")
        named = "; ".join(f"{group[0].name}: {group[0].said}" for group in groups[:_NAMED])
        more = "; …" if len(groups) > _NAMED else ""
        return Reason(Answer.NO, "broken", f"{counted(len(groups), 'cause')}: {named}{more}")

    def _accepted(self) -> Reason:
        groups = [
            group
            for group in grouped(each for record in self._verdicts.values() for each in record.differences)
            if group[0].accepted
        ]
        cases = [each for record in self._verdicts.values() for each in record.cases if each.accepted]
        count, most = len(groups) + len(cases), self._policy.accepted
        why = listed([*(group[0].accepted for group in groups), *(each.accepted for each in cases)], _NAMED)
        said = f"{count}{f' of at most {most}' if most is not None else ''}{f': {why}' if count else ''}"
        return Reason(Answer.NO if most is not None and count > most else Answer.YES, "accepted", said)

    def _undecided(self) -> Reason:
        found = [
            each
            for record in self._verdicts.values()
            for each in record.cases
            if each.verdict in (Verdict.INCONCLUSIVE, Verdict.ERROR)
            and not each.accepted
            and not self._policy.spares(each.law)
        ]
        if not found and not any(record.of(Verdict.HELD) for record in self._verdicts.values()):
            return Reason(Answer.UNKNOWN, "undecided", "no case was decided at all")
        if not found:
            return Reason(Answer.YES, "undecided", "nothing")
        said = f"{counted(len(found), 'case')}: {_names(found)}: {found[0].why}"
        return Reason(Answer.UNKNOWN, "undecided", said)

    def _not_verified(self) -> Reason:
        """What no verdict of the same deployment has decided: it lacked the means, or was told to leave it out."""
        decided = {
            (record.root, each.name)
            for record in self._verdicts.values()
            for each in record.cases
            if each.verdict in (Verdict.HELD, Verdict.BROKEN)
        }
        missing = [
            each
            for record in self._verdicts.values()
            for each in record.of(Verdict.NOT_VERIFIED)
            if (record.root, each.name) not in decided and not each.accepted and not self._policy.spares(each.law)
        ]
        left_out = [
            name
            for record in self._verdicts.values()
            for name in record.left_out
            if (record.root, name) not in decided and not self._policy.spares(_law(name))
        ]
        parts = [file for file, record in self._verdicts.items() if record.shard]
        if parts:
            said = f"{listed(parts, _NAMED)}: a shard alone is no verdict; `smartcal verdict merge` makes one of all"
            return Reason(Answer.UNKNOWN, "not verified", said)
        if left_out:
            said = f"{counted(len(left_out), 'case')} left out by --only: {listed(left_out, _NAMED)}"
            return Reason(Answer.UNKNOWN, "not verified", said)
        if not missing:
            return Reason(Answer.YES, "not verified", "nothing that matters")
        matters = self._policy.not_verified is not None or any(each.required for each in missing)
        said = f"{counted(len(missing), 'case')}: {_names(missing)}: {missing[0].why}"
        return Reason(Answer.UNKNOWN if matters else Answer.YES, "not verified", said)


def _names(cases: list[CaseRecord]) -> str:
    return listed([each.name for each in cases], _NAMED)


def _law(name: str) -> str:
    """The law of a case's name."""
    return " ".join(name.split()[:2])
