"""What a test arranges: things that happen, and resources that are just there (laws SBX 2, SRC 5)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from smartcal_api.contract import Contract
from smartcal_api.errors import hint
from smartcal_api.sandbox.population import default_cast
from smartcal_api.sandbox.sandbox import Sandbox
from smartcal_api.sandbox.staging.bookings import BOOKING, Bookings
from smartcal_api.sandbox.staging.calendars import CALENDAR, Calendars
from smartcal_api.sandbox.staging.change import MAIN, Change, Document, Happened
from smartcal_api.sandbox.staging.completion import Completion, Given
from smartcal_api.sandbox.staging.drafts import Drafts
from smartcal_api.sandbox.staging.events import EVENT, Events
from smartcal_api.sandbox.staging.foreign import ForeignEvents
from smartcal_api.sandbox.staging.loading import Loading
from smartcal_api.sandbox.staging.refusal import Absent, Conflicting, unfit
from smartcal_api.sandbox.staging.resources import ACCOUNT, Resources
from smartcal_api.seeding.members import SOURCES
from smartcal_api.webhooks.network import LOOPBACK, Receivers

_Trigger = Callable[[Change, Given], object]


class Put(NamedTuple):
    """A resource as it is now, whether it is new, what happened, and the secret of a new subscription."""

    identifier: str
    document: Document
    made: bool
    happened: Sequence[Happened]
    secret: str | None = None


class Staging:
    """Changes sandboxes under one contract. Each change is one transaction; a `Refusal` leaves everything as it was."""

    def __init__(self, contract: Contract, receivers: Receivers = LOOPBACK) -> None:
        self._contract = contract
        types = tuple(contract.data["webhooks"])
        self.completion = Completion(contract)
        self.drafts = Drafts(default_cast(), types)
        self.events = Events(self.completion, self.drafts)
        self.bookings = Bookings(self.completion, self.drafts)
        self._resources = Resources(contract, self.completion, self.drafts, receivers)
        self._loading = Loading(self.completion, self.drafts, self.bookings, self._resources)
        self._foreign = ForeignEvents(contract)
        calendars = Calendars(self.completion, self.drafts, self.events, SOURCES[1:])
        known: dict[str, tuple[str, _Trigger]] = {
            "booking.created": (BOOKING, self.bookings.make),
            "booking.cancelled": (BOOKING, self._booking(self.bookings.cancel)),
            "booking.rescheduled": (BOOKING, self._booking(self.bookings.reschedule)),
            "event.created": (EVENT, self.events.make),
            "event.updated": (EVENT, self._event(self.events.change)),
            "event.deleted": (EVENT, self._event(self._delete_event)),
            "calendar.synced": (CALENDAR, calendars.sync),
        }
        self._triggers = {name: known.get(name) for name in types}

    def trigger(
        self, sandbox: Sandbox, event_type: str, given: Mapping[str, Any] | None = None, *, owner: int = MAIN
    ) -> list[Happened]:
        """Makes an event of that type happen, by the change that leads to it; all events that came of it, in order."""
        if event_type not in self._triggers:
            raise Absent(f"The contract has no event type {event_type!r}; {hint(event_type, self._triggers)}")
        trigger = self._triggers[event_type]
        with self._change(sandbox, owner) as change:
            if trigger is None:
                self._foreign.tell(change, event_type, given or {})
            else:
                collection, happen = trigger
                happen(change, self.completion.read(collection, given or {}, now=change.now))
        return change.happened

    def put(
        self, sandbox: Sandbox, collection: str, identifier: str | None, given: Any, *, owner: int, quiet: bool = False
    ) -> Put:
        """A resource of that id, a fresh one for None, made or changed to have what was given."""
        self.check_collection(sandbox, collection)
        with self._change(sandbox, owner, quiet=quiet) as change:
            read = self.completion.read(collection, given, now=change.now)
            if identifier is not None:
                for member, value in self.completion.named(collection, identifier).items():
                    if read.get(member, value) != value:
                        raise unfit(f"/{member}", f"is another id than the {identifier!r} of the path; leave it out.")
                    read[member] = value
            former = change.find(collection, identifier) if identifier is not None else None
            if former is None and identifier is not None:
                change.free(collection, identifier)
            known_by, secret = identifier, None
            if collection not in (BOOKING, EVENT) or not self._contract.of_the_product:
                known_by, document, secret = self._resources.put(change, collection, identifier, former, read)
            else:
                stage = self.bookings if collection == BOOKING else self.events
                document = stage.make(change, read) if former is None else stage.put(change, former, read)
        return Put(known_by or document["id"], document, former is None, change.happened, secret)

    def delete(
        self, sandbox: Sandbox, collection: str, identifier: str, *, owner: int, quiet: bool = False
    ) -> list[Happened]:
        """Takes a resource away, unless others refer to it; a booking takes its event along."""
        self.check_collection(sandbox, collection)
        with self._change(sandbox, owner, quiet=quiet) as change:
            document = change.named(collection, identifier)
            own = self._contract.of_the_product
            if collection == BOOKING and own:
                self.bookings.delete(change, document)
            elif collection == EVENT and own:
                self.events.delete(change, document)
            else:
                self._resources.delete(change, collection, identifier)
        return change.happened

    def clear(self, sandbox: Sandbox, *, owner: int) -> None:
        """Takes everything away but the account itself, told to nobody."""
        with self._change(sandbox, owner, quiet=True) as change:
            for name in self._collections(sandbox):
                if name != ACCOUNT:
                    for (identifier,) in sandbox.store.query(
                        f"SELECT id FROM {sandbox.store.collections[name].table} WHERE owner = ?", (owner,)
                    ):
                        change.delete(name, identifier.decode())

    def load(self, sandbox: Sandbox, data: Mapping[str, Any]) -> None:
        """Fills an empty sandbox with resources of one's own, told to nobody; raises `Unfit`, pointing into `data`."""
        now = sandbox.now()
        with self._transaction(sandbox):
            self._loading.load(sandbox, data, self._collections(sandbox), now=now)
            sandbox.store.set_meta("seed", str(sandbox.seed))
        sandbox.plan()

    def check_collection(self, sandbox: Sandbox, name: str) -> None:
        """Raises `Absent` for a name of none."""
        known = self._collections(sandbox)
        if name not in known:
            raise Absent(f"There is no collection {name!r}; {hint(name, known)}")

    def _collections(self, sandbox: Sandbox) -> list[str]:
        return [each for each in sandbox.store.collections if each in self._contract.resources]

    @contextmanager
    def _change(self, sandbox: Sandbox, owner: int, *, quiet: bool = False) -> Iterator[Change]:
        now = sandbox.now()
        with self._transaction(sandbox):
            change = Change(sandbox, owner=owner, now=now, quiet=quiet)
            yield change
        if BOOKING in change.collections:
            sandbox.plan()

    @contextmanager
    def _transaction(self, sandbox: Sandbox) -> Iterator[None]:
        try:
            with sandbox.store.transaction():
                yield
        except KeyError as error:
            # A contract may leave out what is needed to stage something.
            raise Conflicting(f"The contract leaves out {error}, without which this can't be done. Add it.") from None
        except OverflowError:
            raise Conflicting("This would lead beyond the end of the calendar. Use earlier times.") from None

    def _delete_event(self, change: Change, event: Document, given: Given) -> Document:
        if given:
            raise unfit(f"/{next(iter(given))}", "can't be given to what is deleted; the id alone names it.")
        return self.events.delete(change, event)

    def _booking(self, happen: Callable[[Change, Document, Given], object]) -> _Trigger:
        """Of a booking that is named by its id, else of the next one to come."""

        def trigger(change: Change, given: Given) -> object:
            rest = {name: value for name, value in given.items() if name != "id"}
            booking = change.named(BOOKING, given["id"]) if "id" in given else self.bookings.next_open(change)
            if booking is None:
                raise Conflicting("No booking to come is pending or confirmed. Make one first, or name one by its id.")
            return happen(change, booking, rest)

        return trigger

    def _event(self, happen: Callable[[Change, Document, Given], object]) -> _Trigger:
        """Of an event that is named by its id, else of the next one to come that no booking stands behind."""

        def trigger(change: Change, given: Given) -> object:
            rest = {name: value for name, value in given.items() if name != "id"}
            event = change.named(EVENT, given["id"]) if "id" in given else self.events.next_free(change)
            if event is None:
                raise Conflicting("No event to come is without a booking. Make one first, or name one by its id.")
            return happen(change, event, rest)

        return trigger
