"""Resources of one's own to begin with: of both accounts, partial, naming each other (law SRC 5)."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from smartcal_api.contract.document import escape
from smartcal_api.errors import Invalid, hint
from smartcal_api.sandbox.sandbox import Sandbox
from smartcal_api.sandbox.staging.bookings import BOOKING, PAGE, Bookings
from smartcal_api.sandbox.staging.change import MAIN, OTHER, Change, Document
from smartcal_api.sandbox.staging.completion import Completion
from smartcal_api.sandbox.staging.drafts import Drafts, moved
from smartcal_api.sandbox.staging.events import EVENT, check_times
from smartcal_api.sandbox.staging.refusal import Refusal, Unfit, unfit
from smartcal_api.sandbox.staging.resources import ACCOUNT, Resources

_OTHER = "other"
# What others name comes first: pages before bookings, events before the bookings that stand behind them.
_FIRST = (ACCOUNT, PAGE, EVENT, BOOKING)
_TOGETHER = ("start_time", "end_time")


class _Entry(NamedTuple):
    owner: int
    collection: str
    pointer: str
    given: Any


class Loading:
    """Loads into an empty sandbox, in one transaction; raises `Unfit` for all faults of the first kind of resource that
    has any, since what names such a resource would be at fault for nothing."""

    def __init__(self, completion: Completion, drafts: Drafts, bookings: Bookings, resources: Resources) -> None:
        self._completion, self._drafts, self._bookings, self._resources = completion, drafts, bookings, resources

    def load(self, sandbox: Sandbox, data: Mapping[str, Any], collections: list[str], *, now: int) -> None:
        """`data` has collections of the main account, and under `other` those of the other one."""
        entries = [*_entries(data, MAIN, "", collections)]
        if _OTHER in data:
            entries += _entries(data[_OTHER], OTHER, f"/{_OTHER}", collections)
        for owner in (MAIN, OTHER):
            if not any(each.owner == owner and each.collection == ACCOUNT for each in entries):
                entries.append(_Entry(owner, ACCOUNT, "", {}))
        for collection in (*_FIRST, *(name for name in collections if name not in _FIRST)):
            _each(
                [each for each in entries if each.collection == collection],
                lambda entry: self._add(Change(sandbox, owner=entry.owner, now=now, quiet=True), entry),
            )
        _each(
            [each for each in entries if each.collection == EVENT and "booking_id" in each.given],
            lambda entry: self._check_event(Change(sandbox, owner=entry.owner, now=now, quiet=True), entry.given),
        )

    def _add(self, change: Change, entry: _Entry) -> None:
        given = self._completion.read(entry.collection, entry.given, now=change.now)
        if entry.collection == BOOKING:
            identifier = given.get("event_id")
            event = change.find(EVENT, identifier) if isinstance(identifier, str) else None
            document = self._bookings.make(change, given, event=event)
            if event is not None:
                _link(change, event, document)
        elif entry.collection == EVENT:
            self._add_event(change, given)
        else:
            self._resources.put(change, entry.collection, None, None, given)

    def _add_event(self, change: Change, given: Document) -> None:
        source = given.get("source")
        draft = self._drafts.event(change, source=source if isinstance(source, str) else None)
        drafted = self._completion.drafted(EVENT, draft, salt=change.salt)
        document = self._completion.laid_over(EVENT, drafted, moved(drafted, given))
        self._completion.check(EVENT, document)
        check_times(document)
        change.free(EVENT, document["id"])
        change.put(EVENT, document)

    def _check_event(self, change: Change, given: Document) -> None:
        identifier = given["booking_id"]
        if identifier is not None and change.find(BOOKING, identifier) is None:
            raise unfit("/booking_id", "names no booking of this account; leave it out, or add the booking.")


def _link(change: Change, event: Document, booking: Document) -> None:
    """Both name each other, and tell the same time."""
    if event["booking_id"] not in (None, booking["id"]):
        raise unfit("/event_id", f"names an event of the booking {event['booking_id']}.")
    for name in _TOGETHER:
        if event[name] != booking[name]:
            raise unfit(f"/{name}", f"is {booking[name]}, and that of its event {event[name]}; give both the same.")
    change.put(EVENT, event | {"booking_id": booking["id"]})


def _each(entries: list[_Entry], do: Any) -> None:
    """Does something with every entry; raises the faults of all of them together."""
    faults: list[Invalid] = []
    for entry in entries:
        try:
            do(entry)
        except Refusal as error:
            inner = error.faults or (Invalid(error.detail, pointer=""),)
            faults += [Invalid(each.detail, pointer=f"{entry.pointer}{each.pointer or ''}") for each in inner]
    if faults:
        raise Unfit(*faults)


def _entries(data: Any, owner: int, base: str, collections: list[str]) -> Iterator[_Entry]:
    """One for each document: a collection has a list of them, or one alone."""
    if not isinstance(data, Mapping):
        raise unfit(base, f"is not a mapping; it has collections, such as {EVENT}.")
    for name, documents in data.items():
        pointer = f"{base}/{escape(name)}"
        if name == _OTHER and owner == MAIN:
            continue
        if name not in collections:
            raise unfit(pointer, f"is not a collection; {hint(name, [*collections, _OTHER])}")
        if not isinstance(documents, list):
            yield _Entry(owner, name, pointer, documents)
            continue
        for index, given in enumerate(documents):
            yield _Entry(owner, name, f"{pointer}/{index}", given)
