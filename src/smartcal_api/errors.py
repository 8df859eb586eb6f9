"""What can go wrong, as a tree.

SmartCalError
├── UsageError             a command can't start or go on: one line for the person, exit code 2
│   └── ContractError      the contract can't be served: file, line, JSON pointer and cause of each finding
├── InvalidDelivery        a webhook delivery that a receiver must not believe: its signature or its body is wrong
└── Problem                an answer other than success: a code of the contract's `x-problems`, RFC 9457
    ├── Foreseen           one whose code was found in the contract
    ├── NotFound           404, the same for a missing id and for somebody else's
    └── Unavailable        503: the store couldn't do its work, and nothing has changed

One place renders problems (`http/problems.py`), one place renders usage errors (`cli/__init__.py`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

_ALSO = 4  # lines in which the same is wrong are listed


class SmartCalError(Exception):
    """Anything that this package raises on purpose."""


class UsageError(SmartCalError):
    """The message is one line: what is wrong, and what to do next."""


class InvalidDelivery(SmartCalError):
    """What `smartcal_api.webhooks.parse` refuses a delivery with; the message never quotes it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a contract: where it stands and what is wrong there."""

    pointer: str
    message: str
    line: int | None = None
    file: Path | None = None
    """Where that isn't the error's: an overlay of the document."""

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.message}"


class ContractError(UsageError):
    """A line for each cause: `file:line: pointer: cause`, and where else the same is wrong."""

    def __init__(self, file: str, findings: Sequence[Finding]) -> None:
        self.file = file
        self.findings = tuple(findings)
        causes: dict[tuple[Path | None, str], list[Finding]] = {}
        for finding in findings:
            causes.setdefault((finding.file, finding.message), []).append(finding)
        super().__init__("\n".join(_line(file, same) for same in causes.values()))


def _line(file: str, same: Sequence[Finding]) -> str:
    first, *others = same
    lines = list(dict.fromkeys(f"{each.line or 1}" for each in others))
    rest = f" and {len(lines) - _ALSO} more" if len(lines) > _ALSO else ""
    also = f" (the same in line {', '.join(lines[:_ALSO])}{rest})" if lines else ""
    return f"{first.file or file}:{first.line or 1}: {first}{also}"


@dataclass(frozen=True, slots=True)
class Invalid:
    """One fault of a request: a JSON `pointer` into its body, or the name of a `parameter`, and what to do about it."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None

    def as_json(self) -> dict[str, str]:
        where = {"pointer": self.pointer} if self.pointer is not None else {"parameter": self.parameter or ""}
        return {**where, "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Clause:
    """What of the contract refused a request: the `pointer` to it, and the facts that matter there.

    Without a pointer it is the one that the journal finds for the problem's code.
    """

    pointer: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


class Problem(SmartCalError):
    """An answer other than success. `detail` says what is wrong and what to do; its status is the contract's for the
    code, unless it has one of its own."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Sequence[Invalid] = (),
        headers: Mapping[str, str | int] | None = None,
        clause: Clause | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.clause = clause


class Foreseen(Problem):
    """One whose code no code of ours knows: it was found in the contract."""


class NotFound(Problem):
    def __init__(self, noun: str, identifier: str, *, list_path: str | None) -> None:
        listed = f" GET {list_path} lists what it has." if list_path is not None else ""
        super().__init__("not_found", f"This account has no {noun} with the id {shortened(identifier, 64)!r}.{listed}")


class Unavailable(Problem):
    def __init__(self, cause: str, advice: str = "free it and send the request again") -> None:
        super().__init__("unavailable", f"The store could not do this now: {cause}. Nothing has changed; {advice}.")
        self.cause = cause


def hint(name: str, known: Iterable[str], *, most: int = 24) -> str:
    """Which of the known names was meant, or what there is: the end of a sentence about a name that isn't there."""
    names = {each.lower(): each for each in known}
    close = get_close_matches(name.lower(), names, n=1)
    if close:
        return f"did you mean {names[close[0]]}?"
    listed = list(names.values())
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return f"there are {', '.join(listed[:most])}{more}." if listed else "there are none."


def shortened(text: str, most: int = 300) -> str:
    """A text that quotes what was sent, cut so that an error is never much longer than its reason."""
    return text if len(text) <= most else text[: most - 1] + "…"
