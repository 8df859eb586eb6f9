"""Calendar events: made, changed, deleted. One that a booking stands behind follows that."""

from smartcal_api.sandbox.staging.change import Change, Document
from smartcal_api.sandbox.staging.completion import Completion, Given
from smartcal_api.sandbox.staging.drafts import Drafts, moved, other_text, told
from smartcal_api.sandbox.staging.refusal import Conflicting, unfit
from smartcal_api.webhooks import emission

EVENT = "Event"
_OF_THE_BOOKING = ("booking_id", "start_time", "end_time", "status")


class Events:
    """What can be done with events; what is given was read by `Completion.read`."""

    def __init__(self, completion: Completion, drafts: Drafts) -> None:
        self._completion, self._drafts = completion, drafts

    def make(self, change: Change, given: Given) -> Document:
        """A new event, of the given id if there is one."""
        if "id" in given:
            change.free(EVENT, str(given["id"]))
        document = self.store(change, self._drafted(change, given), given)
        emission.event_made(change, document, owner=change.owner, now=change.now)
        return document

    def change(self, change: Change, event: Document, given: Given) -> Document:
        """The event with what was given; without anything, with another description."""
        return self.put(change, event, given or {"description": other_text(change.rng, event.get("description", ""))})

    def put(self, change: Change, event: Document, given: Given) -> Document:
        """The event with what was given."""
        document = self.store(change, event | {"updated_at": change.at}, given)
        emission.event_changed(change, document, owner=change.owner, now=change.now)
        return document

    def delete(self, change: Change, event: Document) -> Document:
        """The event as it was; raises `Conflicting` where a booking stands behind it."""
        booking = self._booking(change, event)
        if booking is not None:
            raise Conflicting(
                f"The event {event['id']} is that of the booking {booking['id']}. Cancel or delete the booking."
            )
        change.delete(EVENT, event["id"])
        emission.event_deleted(change, event, owner=change.owner, now=change.now)
        return event

    def store(self, change: Change, whole: Document, given: Given) -> Document:
        """Stores an event that is new or was there, with what was given laid over it."""
        document = self._completion.laid_over(EVENT, whole, moved(whole, given))
        self._completion.check(EVENT, document)
        check_times(document)
        self._check_booking(change, document, whole)
        change.put(EVENT, document)
        return document

    def next_free(self, change: Change) -> Document | None:
        """The next event to come that no booking stands behind."""
        return change.select(
            EVENT,
            "{booking_id} IS NULL AND {status} != 'cancelled' AND {start_time} > ?",
            change.at,
            order=("start_time", "id"),
        )

    def _drafted(self, change: Change, given: Given) -> Document:
        source = given.get("source")
        draft = self._drafts.event(change, source=source if isinstance(source, str) else None)
        return self._completion.drafted(EVENT, draft, salt=change.salt)

    def _booking(self, change: Change, event: Given) -> Document | None:
        identifier = event.get("booking_id")
        return None if identifier is None else change.find("Booking", identifier)

    def _check_booking(self, change: Change, document: Document, former: Given) -> None:
        booking = self._booking(change, former)
        if booking is not None:
            for name in _OF_THE_BOOKING:
                if document.get(name) != former.get(name):
                    raise unfit(f"/{name}", f"follows the booking {booking['id']}; change that, or leave it as it is.")
        elif document.get("booking_id") is not None:
            raise unfit("/booking_id", "is given by the booking: make the booking, and its event comes with it.")


def check_times(document: Given) -> None:
    """Raises `Unfit` for an end that isn't after its start."""
    start, end = told(document.get("start_time")), told(document.get("end_time"))
    if start is not None and end is not None and end <= start:
        raise unfit("/end_time", "must be later than start_time.")
