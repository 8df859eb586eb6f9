"""What happens on a server, as it tells of it: server-sent events, read to their end."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple


class Event(NamedTuple):
    """What was told under a name."""

    name: str
    data: Any


def events(lines: Iterable[bytes]) -> Iterator[Event]:
    """Those that end; comments and what has no data are passed over."""
    name, data = "message", list[str]()
    for each in lines:
        line = each.decode("utf-8").rstrip("\r\n")
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line and data:
            yield Event(name, json.loads("\n".join(data)))
        if not line:
            name, data = "message", []
        elif field == "event":
            name = value
        elif field == "data":
            data.append(value)
