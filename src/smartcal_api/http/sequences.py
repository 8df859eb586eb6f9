"""Bodies that are values one after the other: JSON lines, JSON text sequences (RFC 7464), server-sent events."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from smartcal_api.contract.media_type import essence

_EVENTS = "text/event-stream"
_FIELDS = ("event", "id", "retry", "data")
_SEPARATOR = b"\x1e"


def is_sequence(media_type: str) -> bool:
    return essence(media_type) in _RENDERED


def rendered_sequence(values: list[Any], media_type: str) -> bytes:
    render = _RENDERED[essence(media_type)]
    return b"".join(map(render, values))


def split_sequence(body: bytes) -> list[bytes]:
    """The texts of the values; those of events are none that a client sends."""
    return [text for part in body.split(_SEPARATOR) for text in part.split(b"\n") if text.strip()]


def _event(value: Any) -> bytes:
    """One event (HTML, section 9.2): an object has its fields, anything else is its data."""
    fields = value if isinstance(value, dict) else {"data": value}
    lines = [
        f"{name}: {line}" for name in _FIELDS if name in fields for line in (_text(fields[name]).splitlines() or [""])
    ]
    return ("\n".join(lines) + "\n\n").encode()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


_RENDERED: Mapping[str, Callable[[Any], bytes]] = {
    _EVENTS: _event,
    "application/json-seq": lambda value: _SEPARATOR + orjson.dumps(value) + b"\n",
    **dict.fromkeys(
        ("application/jsonl", "application/x-ndjson", "application/ndjson", "application/x-jsonlines"),
        lambda value: orjson.dumps(value) + b"\n",
    ),
}
