"""What somebody has accepted, for a reason and for a time: one file for all that judge, `accepted.toml`.

An entry names what it is about by its fingerprint, or by a rule, with the operation or the JSON pointer that it is
about where it isn't about all.
"""

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from smartcal_api.errors import UsageError
from smartcal_api.input import Unreadable, read_toml

FILE = "accepted.toml"
_SHOWN = 3
_SUBJECTS = ("fingerprint", "rule", "operation", "pointer")
_MEMBERS: Mapping[str, type] = {"reason": str, "owner": str, "expires": date}


@dataclass(frozen=True, slots=True)
class Entry:
    """What is accepted, why, by whom, and until when."""

    reason: str
    owner: str
    expires: date
    fingerprint: str = ""
    rule: str = ""
    operation: str = ""
    pointer: str = ""

    @property
    def said(self) -> str:
        return f"{self.reason} ({self.owner}, until {self.expires})"

    @property
    def subject(self) -> str:
        """What it names."""
        return " ".join(each for each in (self.fingerprint, self.rule, self.operation, self.pointer) if each)

    def fits(self, fingerprint: str, rule: str, operations: Iterable[str] = (), pointers: Iterable[str] = ()) -> bool:
        """Whether it is about this finding; a pointer is about all that is below it."""
        if self.fingerprint:
            return self.fingerprint == fingerprint
        within = [each for each in pointers if f"{each}/".startswith(f"{self.pointer}/")]
        return (
            self.rule in ("", rule)
            and (not self.operation or self.operation in operations)
            and (not self.pointer or bool(within))
        )


@dataclass(slots=True)
class Accepted:
    """The entries of a file, and which of them have fitted something."""

    entries: Sequence[Entry] = ()
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    used: list[Entry] = field(default_factory=list)

    def reason(self, fingerprint: str, rule: str, operations: Iterable[str] = (), pointers: Iterable[str] = ()) -> str:
        """Why a finding is accepted today; empty where it isn't."""
        operations, pointers = tuple(operations), tuple(pointers)
        found = [each for each in self.entries if each.fits(fingerprint, rule, operations, pointers)]
        self.used += [each for each in found if each not in self.used]
        return next((each.said for each in found if each.expires >= self.today), "")

    @property
    def idle(self) -> list[Entry]:
        """Those that have fitted nothing."""
        return [each for each in self.entries if each not in self.used]

    def notes(self) -> list[str]:
        """A line for what has expired, and one for all that fits nothing any more."""
        over = [each for each in self.used if each.expires < self.today]
        lines = [f"accepted until {each.expires}, which is over: {each.subject} ({each.owner})" for each in over]
        if idle := self.idle:
            count = f"{len(idle)} entries fit" if len(idle) > 1 else "1 entry fits"
            named = ", ".join(each.subject for each in idle[:_SHOWN]) + (", …" if len(idle) > _SHOWN else "")
            them = "them" if len(idle) > 1 else "it"
            lines.append(f"accepted: {count} nothing any more: {named}; `smartcal accept --prune` takes {them} out")
        return lines


def of(entries: Iterable[Entry], tool: str, rules: Container[str]) -> list[Entry]:
    """Those that are about what a tool finds: by its fingerprints, by one of its rules, or by an operation alone."""
    return [
        each
        for each in entries
        if each.fingerprint.startswith(f"{tool}.")
        or (not each.fingerprint and (each.rule in rules or (not each.rule and each.operation)))
    ]


def read_accepted(path: Path, *, flag: str = "") -> list[Entry]:
    """TOML: a table `[[accepted]]` for each; raises `UsageError`, which begins with the flag that named the file."""
    before = f"{flag}: " if flag else ""
    try:
        stated = read_toml(path).get("accepted", [])
    except Unreadable as error:
        raise UsageError(f"{before}{error}") from None
    if not isinstance(stated, list) or not all(isinstance(each, dict) for each in stated):
        raise UsageError(f"{before}{path}: what is accepted stands in tables, each of them [[accepted]].")
    return [_entry(each, number, f"{before}{path}") for number, each in enumerate(stated, 1)]


def _entry(stated: Mapping[str, Any], number: int, where: str) -> Entry:
    for name, kind in _MEMBERS.items():
        if not isinstance(stated.get(name), kind) or not stated[name]:
            raise UsageError(f"{where}: number {number} has no {name}; each [[accepted]] has {', '.join(_MEMBERS)}.")
    subject = {name: stated[name] for name in _SUBJECTS if stated.get(name)}
    if not subject or not all(isinstance(each, str) for each in subject.values()):
        raise UsageError(f"{where}: number {number} has no fingerprint; it names one, or a rule or an operation.")
    strangers = [name for name in stated if name not in (*_SUBJECTS, *_MEMBERS)]
    if strangers:
        known = ", ".join((*_SUBJECTS, *_MEMBERS))
        raise UsageError(f"{where}: number {number} has {strangers[0]!r}, which is unknown; it can have {known}.")
    return Entry(**{name: stated[name] for name in _MEMBERS}, **subject)


def accepted_text(entries: Iterable[Entry]) -> str:
    """The file as we write it."""
    lines = ["# What is accepted, until when. `smartcal accept` adds to it, and --prune takes out what fits nothing.\n"]
    for each in entries:
        texts = {name: getattr(each, name) for name in _SUBJECTS if getattr(each, name)}
        texts |= {"reason": each.reason, "owner": each.owner}
        stated = [f"{name} = {_quoted(value)}" for name, value in texts.items()]
        lines.append("\n".join(["", "[[accepted]]", *stated, f"expires = {each.expires.isoformat()}", ""]))
    return "".join(lines)


def _quoted(text: str) -> str:
    """A basic string of TOML, whose escapes are those of JSON but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
