"""What all reports say in the same words."""

from dataclasses import dataclass, field

from smartcal_api.changes.change import Change
from smartcal_api.changes.comparison import Comparison
from smartcal_api.changes.delta import Level, Proof
from smartcal_api.changes.rules import RULES
from smartcal_api.changes.usage import Use
from smartcal_api.changes.wording import shown


@dataclass(frozen=True, slots=True)
class Told:
    """A comparison with the names of what was compared; `uses` says of fingerprints who is hit, where that is known."""

    comparison: Comparison
    old_name: str
    new_name: str
    uses: dict[str, Use | None] = field(default_factory=dict)

    def counts(self) -> str:
        found = [f"{len(self.comparison.of(level))} {level.value}" for level in Level]
        accepted = len(self.comparison.changes) - len(self.comparison.counted)
        ending = f" ({accepted} accepted)" if accepted else ""
        return f"{', '.join(found)}{ending}" if self.comparison.changes else "no change that anybody could notice"

    def heading(self) -> str:
        return f"{self.new_name} against {self.old_name}"

    def version(self) -> str | None:
        """What `info.version` should be, where it isn't yet."""
        comparison = self.comparison
        wanted, stated = comparison.wanted, comparison.new.version
        if wanted is None or (comparison.of(Level.BREAKING) and comparison.announced) or stated == wanted:
            return None
        if not comparison.of(Level.BREAKING) and stated != comparison.old.version:
            return None
        return f"wants version {wanted}; info.version is {stated or 'missing'}"

    @staticmethod
    def where(change: Change) -> str:
        return f"{change.subject}  {change.part}".strip()

    def use(self, change: Change) -> str | None:
        """Who is hit, in a sentence; None where no traffic was given."""
        if change.fingerprint not in self.uses:
            return None
        use = self.uses[change.fingerprint]
        return use.sentence() if use is not None else "recorded calls don't show who receives it"

    @staticmethod
    def why(change: Change) -> str:
        return RULES[change.rule][1]

    @staticmethod
    def proof(change: Change, most: int = 50) -> str | None:
        """What shows it, in words; None where the clause itself does."""
        if change.proof is Proof.NONE:
            return "not proven: no value was found that shows it, and none can be excluded"
        if change.proof is Proof.CONTAINMENT and change.level is Level.BREAKING:
            return "proven without an example: the old values and the new ones were compared as sets"
        if change.witness is None:
            return None
        sent = RULES[change.rule][0] is not Level.COMPATIBLE and change.rule in _SENT
        which = "possible now, and not before" if sent else "valid before, and not now"
        return f"{shown(change.witness.part, most)} is {which}"


_SENT = frozenset({"values-widened", "enum-grown", "property-not-sent", "property-unforeseen", "object-opened"})
