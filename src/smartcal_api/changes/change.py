"""One change as it is told: what, where, how it weighs, whom it concerns, and what proves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256
from pathlib import Path

from smartcal_api.changes.delta import Delta, Level, Proof, Witness
from smartcal_api.changes.rules import RULES
from smartcal_api.changes.side import Side
from smartcal_api.changes.wording import place


class Audience(Enum):
    """Whom a change concerns."""

    CALLERS = "those who call"
    RECEIVERS = "those who receive webhooks"
    SIGNING_IN = "those who sign in"
    NEAR_A_LIMIT = "those near a limit"


@dataclass(slots=True)
class Change:
    """`subject` is an operation or a part of the policy, `part` what of it; the lines are in the two documents."""

    rule: str
    level: Level
    audience: Audience
    subject: str
    part: str
    text: str
    old_at: str | None
    new_at: str | None
    proof: Proof = Proof.RULE
    witness: Witness | None = None
    verified_by: tuple[str, ...] = ()
    decided: bool = False
    accepted: str = ""
    """Why it no longer counts."""
    also: list[str] = field(default_factory=list)
    old_place: tuple[Path, int] | None = None
    new_place: tuple[Path, int] | None = None

    @property
    def matters(self) -> bool:
        """Whether anybody needs to decide about it."""
        return self.level is not Level.COMPATIBLE

    @property
    def fingerprint(self) -> str:
        """The same for the same change, wherever its lines have moved to."""
        said = "\x00".join((self.rule, self.subject, self.part, self.text))
        return "diff." + sha256(said.encode()).hexdigest()[:12]


class Changes:
    """What was found so far. A clause that many operations share is told once, with those that share it."""

    def __init__(self, old: Side, new: Side, levels: Mapping[str, Level], decided: Level = Level.BREAKING) -> None:
        self._old, self._new = old, new
        self._levels = levels
        self._most_decided = decided
        self._found: dict[tuple[object, ...], Change] = {}

    def all(self) -> list[Change]:
        return list(self._found.values())

    def add(
        self,
        rule: str,
        audience: Audience,
        subject: str,
        part: str,
        text: str,
        at: tuple[str | None, str | None],
        *,
        delta: Delta | None = None,
    ) -> Change | None:
        """The change if it is new; None where another operation has it already."""
        level = self._levels.get(rule, RULES[rule][0])
        decided = self._decided(at)
        if decided and level is Level.BREAKING:
            level = self._most_decided
        key = (rule, audience, level, text, at) if any(at) else (rule, audience, level, text, subject, part)
        known = self._found.get(key)
        if known is not None:
            if subject not in (known.subject, *known.also):
                known.also.append(subject)
            return None
        change = Change(rule, level, audience, subject, part, text, *at, decided=decided)
        self._found[key] = change
        if delta is not None:
            change.witness = delta.witness
            if not delta.proven:
                change.proof = Proof.NONE
            elif delta.witness is not None:
                change.proof = Proof.VALUE
            elif delta.breaks:
                change.proof = Proof.CONTAINMENT
        return change

    def add_delta(self, delta: Delta, audience: Audience, subject: str, part: str) -> Change | None:
        where = " ".join(each for each in (part, place(delta.path)) if each)
        return self.add(delta.rule, audience, subject, where, delta.text, (delta.old_at, delta.new_at), delta=delta)

    def _decided(self, at: tuple[str | None, str | None]) -> bool:
        sides = [(side, each) for side, each in zip((self._old, self._new), at, strict=True) if each]
        return bool(sides) and all(side.decided(each) for side, each in sides)
