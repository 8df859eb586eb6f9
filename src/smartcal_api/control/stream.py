"""What happens in the sandboxes, told as it happens (law SBX 6)."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from smartcal_api.control.choices import refusal
from smartcal_api.control.control import Control, ControlHandler
from smartcal_api.control.journal import documents_of
from smartcal_api.errors import Problem, hint
from smartcal_api.http.event_stream import Event, EventStream
from smartcal_api.http.exchange import Exchange
from smartcal_api.journal.document import Documents
from smartcal_api.sandbox import Sandbox

_log = logging.getLogger("smartcal")
_SCHEMAS = "/paths/~1_sandbox~1stream/get/responses/200/x-events"
# Of one sandbox at a time: whatever is more waits in its journal, which is bounded.
_MOST = 100
_READERS = 64


@dataclass(slots=True)
class _Position:
    """How far a reader was told of a sandbox."""

    sandbox: Sandbox
    serial: int
    state: tuple[Any, ...]


class Feed:
    """What one reader has not been told yet. It holds a position for each sandbox, and nothing for slow readers."""

    def __init__(
        self, control: Control, documents: Callable[[], Documents], *, only: Sandbox | None, since: int | None
    ) -> None:
        self._control = control
        self._make_documents = documents
        self._contract, self._documents = control.contract, documents()
        self._only = only
        self._names: list[str] = []
        self._positions = {each.name: _begun(each) for each in self._watched()}
        if only is not None and since is not None:
            self._positions[only.name].serial = since

    def news(self) -> Iterator[Event]:
        """Each of them judged by the document; one that breaks it is a defect, and is logged in its place."""
        for event in self._news():
            validator = self._control.description.schemas.at(f"{_SCHEMAS}/{event.name}")
            fault = next(iter(validator.iter_errors(event.data)), None)
            if fault is None:
                yield event
            else:
                _log.error("an event of the stream, %s, breaks the contract: %s", event.name, fault.message)

    def _news(self) -> Iterator[Event]:
        if self._control.contract is not self._contract:
            self._contract, self._documents = self._control.contract, self._make_documents()
        watched = self._watched()
        names = [each.name for each in watched]
        if names != self._names:
            self._names = names
            self._positions = {name: found for name, found in self._positions.items() if name in names}
            yield Event("sandboxes", {"names": names})
        for sandbox in watched:
            position = self._positions.get(sandbox.name)
            if position is None or position.sandbox is not sandbox:
                position = self._positions[sandbox.name] = _Position(sandbox, 1, ())
            yield from self._requests(position)
            state = _state(sandbox)
            if state != position.state:
                position.state = state
                yield Event("changed", {"sandbox": sandbox.name})

    def _requests(self, position: _Position) -> Iterator[Event]:
        sandbox, journal = position.sandbox, position.sandbox.journal
        if position.serial >= journal.next_serial:
            return
        if missed := journal.missing(position.serial):
            yield Event("missed", {"sandbox": sandbox.name, "count": missed})
        position.serial = max(position.serial, journal.first_serial)
        for entry in islice(journal.since(position.serial), _MOST):
            position.serial = entry.serial + 1
            yield Event("request", {"sandbox": sandbox.name, **self._documents.outline(entry)})

    def _watched(self) -> list[Sandbox]:
        registry = self._control.registry
        if self._only is None:
            return list(registry)
        return [each for each in registry if each is self._only]


def handlers(control: Control) -> dict[str, ControlHandler]:
    """Readers are counted, since each is looked after ten times a second."""
    reading: set[EventStream] = set()

    def stream_events(exchange: Exchange) -> EventStream:
        asked, only = exchange.parameters, None
        if "sandbox" in asked:
            only = control.registry.get(asked["sandbox"])
            if only is None:
                there = hint(asked["sandbox"], [each.name for each in control.registry])
                raise Problem("not_found", f"There is no sandbox {asked['sandbox']!r}; {there}")
        elif "since" in asked:
            raise refusal("Serials are those of one sandbox: name it as well.", "since")
        if len(reading) >= _READERS:
            raise Problem("no_room", f"{_READERS} readers follow already. Close some, and ask again.")
        feed = Feed(control, partial(documents_of, control, exchange), only=only, since=asked.get("since"))
        stream = EventStream(feed.news, ended=reading.discard)
        reading.add(stream)
        return stream

    return {"streamEvents": stream_events}


def _begun(sandbox: Sandbox) -> _Position:
    return _Position(sandbox, sandbox.journal.next_serial, _state(sandbox))


def _state(sandbox: Sandbox) -> tuple[Any, ...]:
    """Another one whenever its data, its deliveries or its clock may have been changed by anything but time."""
    return sandbox.store.changes, sandbox.generation, sandbox.clock.pace
