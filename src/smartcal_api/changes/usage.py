"""Who is hit by a change, as far as recorded traffic shows: how many calls, of whom, and when the last one was."""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from smartcal_api.changes.change import Audience, Change
from smartcal_api.changes.comparison import Comparison
from smartcal_api.changes.containment import End
from smartcal_api.changes.operations import Placed, operations
from smartcal_api.changes.parameters import declared
from smartcal_api.changes.side import own
from smartcal_api.contract.texts import typed
from smartcal_api.traffic.bases import Bases
from smartcal_api.traffic.call import Call
from smartcal_api.traffic.traffic import Traffic, last

_MISSING = frozenset({"parameter-required", "default-changed"})
"""Rules that are about calls without the parameter."""
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Use:
    """`certain` says whether each of these calls is hit; else they are calls of what has changed."""

    calls: Sequence[Call]
    certain: bool
    extent: str
    bodies: bool

    @property
    def callers(self) -> list[tuple[str, int]]:
        return Counter(call.caller for call in self.calls).most_common()

    @property
    def last(self) -> datetime | None:
        return last(self.calls)

    def sentence(self) -> str:
        """Of none, on what that rests."""
        if not self.calls:
            return f"no call among {self.extent}" + ("" if self.bodies else "; bodies weren't recorded")
        named = [f"{caller} {count:,}" for caller, count in self.callers[:_SHOWN]]
        others = len(self.callers) - _SHOWN
        more = f" and {others} more" if others > 0 else ""
        noun = "call" if len(self.calls) == 1 else "calls"
        verb = "is hit" if len(self.calls) == 1 else "are hit"
        ending = verb if self.certain else "of it"
        moment = f", the last on {self.last.date().isoformat()}" if self.last else ""
        return f"{len(self.calls):,} {noun} {ending} ({', '.join(named)}{more}){moment}, among {self.extent}"


class Usage:
    """Recorded calls by the operation of the old document that they went to."""

    def __init__(self, comparison: Comparison, traffic: Traffic) -> None:
        self._traffic = traffic
        self._ends = End(comparison.old), End(comparison.new)
        self._tables = [{each.title: each for each in operations(end).values()} for end in self._ends]
        self._calls: dict[str, list[Call]] = {}
        templates = [(each.title, _template(each)) for each in self._tables[0].values()]
        bases = Bases(comparison.old.data)
        for call in traffic.calls:
            paths = list(bases.below(call.path))
            fitting = [title for title, fits in templates if any(fits(call.method, path) for path in paths)]
            if fitting:
                self._calls.setdefault(min(fitting, key=lambda title: title.count("{")), []).append(call)

    def of(self, change: Change) -> Use | None:
        """None of what no call can show: deliveries."""
        if change.audience is Audience.RECEIVERS:
            return None
        subjects = [each for each in (change.subject, *change.also) if each in self._calls or each in self._tables[0]]
        known = self._old_title
        subjects = subjects or [title for title in map(known, (change.subject, *change.also)) if title]
        if not subjects:
            return self._use([call for several in self._calls.values() for call in several], certain=False)
        hit: list[Call] = []
        certain = True
        for subject in subjects:
            judged = [(call, self._hits(change, subject, call)) for call in self._calls.get(subject, ())]
            hit += [call for call, sure in judged if sure is not False]
            certain = certain and all(sure is not None for _, sure in judged)
        return self._use(hit, certain=certain)

    def _use(self, calls: Sequence[Call], *, certain: bool) -> Use:
        return Use(calls, certain, self._traffic.extent(), self._traffic.bodies)

    def _old_title(self, title: str) -> str | None:
        """An operation whose path has other names of parameters now."""
        shape = re.sub(r"\{[^}]*\}", "{}", title)
        return next((each for each in self._tables[0] if re.sub(r"\{[^}]*\}", "{}", each) == shape), None)

    def _hits(self, change: Change, subject: str, call: Call) -> bool | None:
        """None where that can't be told of a recorded call."""
        if change.rule == "operation-removed":
            return True
        place, _, name = change.part.partition(" ")
        if place == "query" and name and "." not in name and "[" not in name:
            return self._query(change, subject, name, call)
        if place == "body" and call.request_body:
            return self._body(subject, call)
        if place == "status" and call.status is not None and name.isdigit():
            return None if call.status == int(name) else False
        return None

    def _query(self, change: Change, subject: str, name: str, call: Call) -> bool | None:
        texts = [value for key, value in call.query if key == name]
        if change.rule in _MISSING:
            return not texts
        if not texts:
            return False
        if change.rule != "values-narrowed":
            return True
        fits = [
            self._fits(end, table.get(subject), name, texts[0])
            for end, table in zip(self._ends, self._tables, strict=True)
        ]
        return None if None in fits else fits == [True, False]

    def _fits(self, end: End, operation: Placed | None, name: str, text: str) -> bool | None:
        if operation is None:
            return None
        members = declared(end, (operation.item, operation.item_at), (operation.stated, operation.at), operation.path)
        stated, _ = members.get(f"query {name}", ({}, ""))
        schema, _ = end.side.follow(stated.get("schema", {}), "")
        types = schema.get("type") if isinstance(schema, dict) else None
        several = [types] if isinstance(types, str) else types or []
        return None if "array" in several else bool(end.accepts(schema, typed(text, several)))

    def _body(self, subject: str, call: Call) -> bool | None:
        """Whether the body was right by the old document and isn't by the new one."""
        try:
            value = json.loads(call.request_body or b"")
        except (ValueError, RecursionError):
            return None
        fits = []
        for end, table in zip(self._ends, self._tables, strict=True):
            operation = table.get(subject)
            body, _ = end.side.follow(operation.stated.get("requestBody", {}), "") if operation else ({}, "")
            schemas = [own(each).get("schema") for name, each in (body.get("content") or {}).items() if "json" in name]
            if not schemas or schemas[0] is None:
                return None
            fits.append(end.accepts(schemas[0], value))
        return fits == [True, False]


def _template(operation: Placed) -> Callable[[str, str], bool]:
    """Whether a method and a path lead to an operation."""
    pattern = re.compile("[^/]+".join(map(re.escape, re.split(r"\{[^}]*\}", operation.path))))
    method = operation.method.upper()
    return lambda asked, path: asked == method and bool(pattern.fullmatch(path))
