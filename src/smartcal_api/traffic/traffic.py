"""All that some files have recorded, and on what a statement about it rests."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from smartcal_api.errors import UsageError
from smartcal_api.input import read_text
from smartcal_api.traffic.call import Call
from smartcal_api.traffic.callers import Callers
from smartcal_api.traffic.documents import calls_of_archive, calls_of_journal
from smartcal_api.traffic.lines import calls_of_lines

_MOST_BYTES = 1024 * 1024 * 1024
_FIELDS = ("method", "target", "query", "status", "time", "user_agent")


@dataclass(frozen=True, slots=True)
class Traffic:
    """`odd` is how many entries or lines could not be read."""

    calls: Sequence[Call]
    odd: int = 0
    names: Sequence[str] = field(default_factory=tuple)

    @property
    def bodies(self) -> bool:
        """Whether those of requests were recorded."""
        return any(call.request_body is not None for call in self.calls)

    def extent(self, noun: str = "") -> str:
        """How many calls from when to when, as a statement about none of them needs it."""
        moments = sorted(call.at for call in self.calls if call.at is not None)
        count = f"{len(self.calls):,}{f' {noun}' if noun else ''} recorded"
        if not moments:
            return count
        days = [moments[0].date().isoformat(), moments[-1].date().isoformat()]
        return f"{count} on {days[0]}" if days[0] == days[1] else f"{count} from {days[0]} to {days[1]}"


def read_traffic(paths: Iterable[Path], callers: Callers, fields: Mapping[str, str]) -> Traffic:
    """HTTP archives, journals (a page of the control plane, or `smartcal logs --json`), and access logs; raises
    `UsageError` for a file in which nothing can be read."""
    calls: list[Call] = []
    odd = 0
    names = []
    for path in paths:
        found = list(_read(path, callers, fields))
        readable = [each for each in found if each is not None]
        if not readable:
            raise UsageError(
                f"{path}: holds no call; it may be an HTTP archive, a journal, or an access log in the combined format "
                "or as JSON lines, whose fields --field names."
            )
        calls += readable
        odd += len(found) - len(readable)
        names.append(str(path))
    return Traffic(calls, odd, names)


def named_fields(stated: Iterable[str]) -> dict[str, str]:
    """`--field method=http.verb`; raises `UsageError`."""
    found = {}
    for each in stated:
        name, equals, value = each.partition("=")
        if name not in _FIELDS or not equals or not value:
            raise UsageError(f"--field: write it as NAME=FIELD with a NAME of {', '.join(_FIELDS)}, not {each!r}.")
        found[name] = value
    return found


def last(calls: Iterable[Call]) -> datetime | None:
    return max((call.at for call in calls if call.at is not None), default=None)


def _read(path: Path, callers: Callers, fields: Mapping[str, str]) -> Iterator[Call | None]:
    text = read_text(path, most=_MOST_BYTES)
    try:
        stated = json.loads(text) if text.lstrip().startswith(("{", "[")) else None
    except (ValueError, RecursionError):
        stated = None
    log = stated.get("log") if isinstance(stated, dict) else None
    if isinstance(log, dict) and isinstance(log.get("entries"), list):
        return calls_of_archive(log, callers)
    entries = stated.get("data") if isinstance(stated, dict) else stated
    if isinstance(entries, list):
        return calls_of_journal(entries, callers)
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and lines[0].startswith("{") and '"serial"' in lines[0] and '"sandbox"' in lines[0]:
        return calls_of_journal([_loaded(line) for line in lines], callers)
    return calls_of_lines(text, callers, fields)


def _loaded(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
