"""Access logs: the combined format of Apache and nginx, and JSON lines with a mapping of their fields."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from smartcal_api.traffic.call import Call
from smartcal_api.traffic.callers import Callers

_COMBINED = re.compile(
    r"(?P<host>\S+) (?P<ident>\S+) (?P<user>\S+) \[(?P<time>[^]]+)\] "
    r'"(?P<method>[A-Z]+) (?P<target>\S+)(?: HTTP/[\d.]+)?" (?P<status>\d{3}) \S+'
    r'(?: "(?P<referer>(?:[^"\\]|\\.)*)" "(?P<user_agent>(?:[^"\\]|\\.)*)")?'
)
# What the fields are usually called, the likely ones first; `--field method=http.verb` says it otherwise.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "method": ("method", "request_method", "http_method", "verb"),
    "target": ("target", "request_uri", "uri", "path", "url", "request_path"),
    "query": ("query", "query_string", "args"),
    "status": ("status", "status_code", "response_status", "http_status"),
    "time": ("time", "timestamp", "@timestamp", "ts", "time_iso8601", "time_local", "date"),
    "user_agent": ("user_agent", "http_user_agent", "userAgent", "agent"),
}


def calls_of_lines(text: str, callers: Callers, fields: Mapping[str, str]) -> Iterator[Call | None]:
    """None for a line that isn't of either form."""
    for line in text.splitlines():
        if line.strip():
            yield _json(line, callers, fields) if line.lstrip().startswith("{") else _combined(line, callers)


def _combined(line: str, callers: Callers) -> Call | None:
    found = _COMBINED.match(line)
    if found is None:
        return None
    stated: dict[str, Any] = {name: value for name, value in found.groupdict().items() if value is not None}
    moment = None
    with suppress(ValueError):
        moment = datetime.strptime(found["time"], "%d/%b/%Y:%H:%M:%S %z")
    return Call(found["method"], found["target"], int(found["status"]), moment, callers.of((), stated))


def _json(line: str, callers: Callers, fields: Mapping[str, str]) -> Call | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entry, dict):
        return None
    stated = {name: _field(entry, fields.get(name), names) for name, names in _NAMES.items()}
    method, target = stated["method"], stated["target"]
    if not isinstance(method, str) or not isinstance(target, str):
        return None
    parts = urlsplit(target)
    query = parts.query or str(stated["query"] or "").lstrip("?")
    status = int(stated["status"]) if str(stated["status"]).isdigit() else None
    whole = {**entry, "user_agent": stated["user_agent"]}
    if callers.named and callers.named not in whole:
        whole[callers.named] = _field(entry, callers.named, ())
    target = parts.path + (f"?{query}" if query else "")
    return Call(method.upper(), target, status, _moment(stated["time"]), callers.of((), whole))


def _field(entry: Mapping[str, Any], named: str | None, usual: tuple[str, ...]) -> Any:
    """The value of a field, which may be inside of others: `http.request.method`."""
    for name in (named,) if named else usual:
        if name in entry:
            return entry[name]
        value: Any = entry
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None:
            return value
    return None


def _moment(value: Any) -> datetime | None:
    """A date and time, or seconds or milliseconds since 1970."""
    with suppress(ValueError, OverflowError, OSError, TypeError):
        if isinstance(value, str) and not re.fullmatch(r"[\d.]+", value):
            with suppress(ValueError):
                return datetime.strptime(value, "%d/%b/%Y:%H:%M:%S %z")
            found = datetime.fromisoformat(value)
            return found if found.tzinfo else found.astimezone()
        seconds = float(value)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds).astimezone()
    return None
