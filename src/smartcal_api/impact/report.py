"""What the candidate does to recorded calls, as a person or a machine reads it."""

import json
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smartcal_api.annotations import Annotation, github, sarif
from smartcal_api.impact.hit import LIMITED, REFUSED, UNSENT, Hit
from smartcal_api.traffic.traffic import Traffic

_WIDTH = 80
_SHOWN = 5
_KINDS = {
    REFUSED: "calls that were answered and would be refused",
    LIMITED: "calls that would be over a limit",
    UNSENT: "answers that would no longer be sent",
}


@dataclass(frozen=True, slots=True)
class Told:
    """The hits, with the names of what was compared and what was recorded."""

    hits: Sequence[Hit]
    traffic: Traffic
    file: Path
    candidate: str
    current: str | None

    @property
    def counted(self) -> list[Hit]:
        """Those that nobody has accepted."""
        return [hit for hit in self.hits if not hit.accepted]

    def heading(self) -> str:
        against = f", where {self.current} was served" if self.current else ""
        noun = "call" if len(self.traffic.calls) == 1 else "calls"
        return f"{self.traffic.extent(noun)}, against {self.candidate}{against}"

    def counts(self) -> str:
        calls = sum(len(hit.calls) for hit in self.counted)
        callers = {caller for hit in self.counted for caller, _ in hit.callers}
        accepted = len(self.hits) - len(self.counted)
        ending = f" ({accepted} accepted)" if accepted else ""
        if not self.counted:
            return f"none of them would be refused or answered otherwise{ending}"
        parts = ((len(self.counted), "cause"), (calls, "hit"), (len(callers), "caller"))
        return ", ".join(f"{n:,} {noun}{'' if n == 1 else 's'}" for n, noun in parts) + ending

    def limits(self) -> Iterator[str]:
        """What the statement doesn't rest on."""
        if not self.traffic.bodies:
            yield "bodies and headers weren't recorded, so nothing is said about them"
        if self.traffic.odd:
            noun = "entry or line" if self.traffic.odd == 1 else "entries or lines"
            yield f"{self.traffic.odd:,} {noun} couldn't be read"


def text_report(told: Told) -> str:
    lines = [*textwrap.wrap(told.heading(), _WIDTH), told.counts(), *told.limits()]
    for kind, title in _KINDS.items():
        hits = [hit for hit in told.counted if hit.kind == kind]
        lines += ["", title.upper()] if hits else []
        for hit in hits:
            lines += _hit(hit, told)
    return "\n".join(lines) + "\n"


def _hit(hit: Hit, told: Told) -> Iterator[str]:
    yield from _wrapped(f"{hit.operation}: {hit.message}", "  ")
    named = ", ".join(f"{caller} {count:,}" for caller, count in hit.callers[:_SHOWN])
    others = len(hit.callers) - _SHOWN
    moment = f"; the last on {hit.last.date().isoformat()}" if hit.last else ""
    yield from _wrapped(f"{len(hit.calls):,}: {named}{f' and {others} more' if others > 0 else ''}{moment}", "    ")
    first = hit.calls[0]
    yield from _wrapped(f"such as {first.method} {first.target}", "    ")
    place = f"{told.file}:{hit.line}"
    yield f"    {place:<{_WIDTH - 5 - len(hit.fingerprint)}} {hit.fingerprint}"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ", break_on_hyphens=False)


def json_report(told: Told) -> str:
    """All of it, what is accepted as well."""
    moments = [call.at for call in told.traffic.calls if call.at is not None]
    stated: dict[str, Any] = {
        "candidate": told.candidate,
        "current": told.current,
        "recorded": {
            "calls": len(told.traffic.calls),
            "from": min(moments).isoformat() if moments else None,
            "until": max(moments).isoformat() if moments else None,
            "bodies": told.traffic.bodies,
            "unread": told.traffic.odd,
        },
        "hits": [
            {
                "fingerprint": hit.fingerprint,
                "kind": hit.kind,
                "operation": hit.operation,
                "message": hit.message,
                "file": str(told.file),
                "line": hit.line,
                "pointer": hit.clause,
                "calls": len(hit.calls),
                "callers": dict(hit.callers),
                "last": hit.last.isoformat() if hit.last else None,
                "example": f"{hit.calls[0].method} {hit.calls[0].target}",
                "accepted": hit.accepted,
            }
            for hit in told.hits
        ],
    }
    return json.dumps(stated, indent=2, ensure_ascii=False) + "\n"


def github_report(told: Told) -> str:
    return github(_annotations(told))


def sarif_report(told: Told) -> str:
    return sarif(_annotations(told), {_rule(kind): title for kind, title in _KINDS.items()})


def _annotations(told: Told) -> list[Annotation]:
    return [
        Annotation(
            "error",
            _rule(hit.kind),
            str(told.file),
            hit.line,
            f"{len(hit.calls):,} calls {hit.kind}",
            f"{hit.operation}: {hit.message} ({hit.fingerprint})",
            hit.fingerprint,
            hit.accepted,
        )
        for hit in told.hits
    ]


def _rule(kind: str) -> str:
    return kind.replace(" ", "-")


RULES = tuple(_rule(kind) for kind in _KINDS)
REPORTS: Mapping[str, Callable[[Told], str]] = {
    "text": text_report,
    "json": json_report,
    "github": github_report,
    "sarif": sarif_report,
}
