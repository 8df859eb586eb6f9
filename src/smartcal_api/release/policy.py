"""What a release has to have, as `release.toml` says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from smartcal_api.errors import UsageError, hint
from smartcal_api.input import Unreadable, read_bytes, read_toml

NONE, ANNOUNCED, ANY = "none", "announced", "any"
_CHOICES = {
    "breaking": (NONE, ANNOUNCED, ANY),
    "risky": (NONE, ANY),
    "impact": (NONE, ANY),
    "profile": ("quick", "full"),
}
_NEEDS = ("verdict", "diff", "impact")
_WORDS: Mapping[type, str] = {str: "text", list: "a list of texts", int: "a whole number", float: "a number of hours"}


@dataclass(frozen=True, slots=True)
class Policy:
    """What isn't stated isn't asked. `contract` is the file that everything has to be about, `labels` name what every
    verdict has to say of its build, `accepted` is the most that a baseline may have accepted, `not_verified` the laws
    and families that may be left undecided, where it matters, `needs` the kinds of files that have to be given."""

    contract: str | None = None
    max_age_hours: float | None = None
    labels: list[str] = field(default_factory=list)
    profile: str | None = None
    accepted: int | None = None
    not_verified: list[str] | None = None
    breaking: str = NONE
    risky: str = ANY
    impact: str = NONE
    needs: list[str] = field(default_factory=lambda: ["verdict"])
    folder: Path = Path()

    @property
    def max_age(self) -> timedelta | None:
        return None if self.max_age_hours is None else timedelta(hours=self.max_age_hours)

    def digest(self) -> str | None:
        """The SHA-256 of the contract's file, which stands where the policy says it, seen from there; raises
        `UsageError`."""
        if self.contract is None:
            return None
        try:
            return sha256(read_bytes(self.folder / self.contract)).hexdigest()
        except Unreadable as error:
            raise UsageError(f"--policy: contract: {error}") from None

    def spares(self, law: str) -> bool:
        """Whether a law may be left undecided."""
        names = {name.replace(" ", "").upper() for name in self.not_verified or ()}
        return law.replace(" ", "") in names or law.partition(" ")[0] in names


def read_policy(path: Path | None) -> Policy:
    """The strictest that asks for nothing but a verdict, where no file is given; raises `UsageError`."""
    if path is None:
        return Policy()
    try:
        stated = read_toml(path)
    except Unreadable as error:
        raise UsageError(f"--policy: {error}") from None
    known = {each.name: each for each in fields(Policy) if each.name != "folder"}
    for name, value in stated.items():
        if name not in known:
            raise UsageError(f"--policy: {path}: there is no {name!r}; {hint(name, known)}")
        _check(path, name, value)
    return Policy(**stated, folder=path.parent)


def _check(path: Path, name: str, value: Any) -> None:
    kind = {"max_age_hours": float, "accepted": int}.get(name, str)
    if name in ("labels", "not_verified", "needs"):
        kind = list
    fits = isinstance(value, (int, float) if kind is float else kind) and not isinstance(value, bool)
    if not fits or (kind is list and not all(isinstance(each, str) for each in value)):
        raise UsageError(f"--policy: {path}: {name} takes {_WORDS[kind]}.")
    if name in _CHOICES and value not in _CHOICES[name]:
        raise UsageError(f"--policy: {path}: {name} takes {', '.join(_CHOICES[name])}, not {value!r}.")
    if name == "needs" and (wrong := [each for each in value if each not in _NEEDS]):
        raise UsageError(f"--policy: {path}: needs takes {', '.join(_NEEDS)}, not {wrong[0]!r}.")
