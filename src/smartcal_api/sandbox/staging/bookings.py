"""Bookings: made, moved, cancelled, deleted, each with its calendar event and on a page that is there."""

import orjson

from smartcal_api.bookings import CANCELLED, CONFIRMED, OPEN, NotOpen, cancellation, check_open, followed
from smartcal_api.sandbox.staging.change import Change, Document
from smartcal_api.sandbox.staging.completion import Completion, Given
from smartcal_api.sandbox.staging.drafts import Drafts, moved, told
from smartcal_api.sandbox.staging.events import EVENT, check_times
from smartcal_api.sandbox.staging.openings import Openings, known_zone, wall
from smartcal_api.sandbox.staging.refusal import Conflicting, unfit
from smartcal_api.seeding.pages import Page, stored_page
from smartcal_api.seeding.zones import Stamps
from smartcal_api.webhooks import emission

BOOKING, PAGE = "Booking", "BookingPage"
_PAGES = 50
"""How many pages of an account are looked at."""


class Bookings:
    """What can be done with bookings; what is given was read by `Completion.read`."""

    def __init__(self, completion: Completion, drafts: Drafts) -> None:
        self._completion, self._drafts = completion, drafts

    def make(self, change: Change, given: Given, *, event: Document | None = None) -> Document:
        """A booking on the page that is named, else on one that takes bookings; at its next opening, unless told.

        Its event is made with it, unless there is one that waits for it.
        """
        page, start = self._place(change, given)
        status = given.get("status", CONFIRMED)
        draft = self._drafts.booking(change, page, start, status if isinstance(status, str) else CONFIRMED)
        draft |= {"id": change.sandbox.mint("booking"), "event_id": change.sandbox.mint("event")}
        if status == CANCELLED:
            draft["cancellation"] = cancellation(change.at)
        drafted = self._completion.drafted(BOOKING, draft, salt=change.salt)
        document = self._laid_over(change, drafted, given)
        change.free(BOOKING, document["id"])
        if event is None:
            change.free(EVENT, document["event_id"])
            booked = self._drafts.booked_event(change, page, document)
            event = self._completion.drafted(EVENT, booked, salt=f"{change.salt} event")
        self._completion.check(EVENT, event)
        change.put(BOOKING, document)
        change.put(EVENT, event)
        emission.booking_made(change, document, event, owner=change.owner, now=change.now)
        return document

    def cancel(self, change: Change, booking: Document, given: Given) -> Document:
        """Cancelled by the host, unless told otherwise; raises `Conflicting` where the API would refuse it."""
        _check_open(change, booking)
        self._check_kept(given, status=CANCELLED)
        return self.put(change, booking, {**given, "status": CANCELLED})

    def reschedule(self, change: Change, booking: Document, given: Given) -> Document:
        """Moved to the page's next opening after its time, unless told where; raises `Conflicting` where none is."""
        _check_open(change, booking)
        self._check_kept(given, status=booking["status"])
        if "start_time" not in given:
            page = self._page(change, booking["booking_page_id"])
            openings = Openings(change.store, change.owner, change.now)
            start = openings.next_for(page, after=told(booking["start_time"]), without=booking["event_id"])
            if start is None:
                raise Conflicting(
                    f"The booking page {page.id} has no opening after this booking. Give it a start_time."
                )
            given = {**given, "start_time": Stamps().utc(page.document["timezone"], start)}
        if given["start_time"] == booking["start_time"] and "end_time" not in given:
            raise unfit("/start_time", "is the time that the booking has already.")
        return self.put(change, booking, given)

    def put(self, change: Change, booking: Document, given: Given) -> Document:
        """The booking with what was given; its event follows, and the events tell what has become of it."""
        if given.get("status") == CANCELLED != booking["status"]:
            _check_open(change, booking)
        document = self._laid_over(change, booking | {"updated_at": change.at}, given)
        former = change.find(EVENT, booking["event_id"])
        change.put(BOOKING, document)
        if former is None:
            return document
        event = followed(former, document)
        if event != former:
            event |= {"updated_at": change.at}
            self._completion.check(EVENT, event)
            change.put(EVENT, event)
        happened = {"owner": change.owner, "now": change.now}
        if document["status"] == CANCELLED != booking["status"]:
            emission.booking_cancelled(change, document, event, **happened)
        elif _times(document) != _times(booking):
            emission.booking_rescheduled(change, document, event, **happened)
        elif event != former:
            emission.event_changed(change, event, **happened)
        return document

    def delete(self, change: Change, booking: Document) -> Document:
        """Gone, and its event with it."""
        change.delete(BOOKING, booking["id"])
        event = change.find(EVENT, booking["event_id"])
        if event is not None:
            change.delete(EVENT, event["id"])
            emission.event_deleted(change, event, owner=change.owner, now=change.now)
        return booking

    def next_open(self, change: Change) -> Document | None:
        """The next booking to come that is pending or confirmed."""
        return change.select(
            BOOKING,
            f"{{status}} IN {OPEN} AND {{start_time}} > ?",
            change.at,
            order=("start_time", "id"),
        )

    def _laid_over(self, change: Change, whole: Document, given: Given) -> Document:
        """What follows from what was given is filled in with it: an end, where it was moved from, its cancellation."""
        wanted = moved(whole, given)
        document = self._completion.laid_over(BOOKING, whole, wanted)
        if "cancellation" not in given and document["status"] != whole["status"]:
            document["cancellation"] = cancellation(change.at) if document["status"] == CANCELLED else None
        elif isinstance(given.get("cancellation"), dict) and whole["cancellation"] is None:
            document["cancellation"] = {**cancellation(change.at), **given["cancellation"]}
        there = change.find(BOOKING, whole["id"]) is not None
        if there and "rescheduled_from" not in given and _times(document) != _times(whole):
            document["rescheduled_from"] = dict(zip(("start_time", "end_time"), _times(whole), strict=True))
        self._completion.check(BOOKING, document)
        check_times(document)
        if (document["status"] == CANCELLED) != (document["cancellation"] is not None):
            raise unfit("/cancellation", "is there exactly when the status is cancelled; leave it out to have it so.")
        if change.find(PAGE, document["booking_page_id"]) is None:
            raise unfit("/booking_page_id", "names no booking page of this account; put that first, or leave it out.")
        if there and document["event_id"] != whole["event_id"]:
            raise unfit("/event_id", "can't change; leave it out.")
        return document

    def _place(self, change: Change, given: Given) -> tuple[Page, int]:
        """The page and the start, in its wall time."""
        pages = [self._named(change, given)] if "booking_page_id" in given else self._pages(change)
        start = told(given.get("start_time"))
        for page in pages:
            if start is not None:
                return page, wall(page.document["timezone"], start)
            opening = Openings(change.store, change.owner, change.now).next_for(page)
            if opening is not None:
                return page, opening
        raise Conflicting(
            f"{' and '.join(page.id for page in pages[:3])}: no opening is left. Give a start_time, or put a page that "
            "is open for longer."
        )

    def _named(self, change: Change, given: Given) -> Page:
        document = change.find(PAGE, given["booking_page_id"])
        if document is None:
            raise unfit("/booking_page_id", "names no booking page of this account; put that first, or leave it out.")
        return _read(document)

    def _pages(self, change: Change) -> list[Page]:
        """Those that take bookings; an account without any gets one."""
        documents, _ = change.store.page(PAGE, owner=change.owner, limit=_PAGES)
        pages = [_read(document) for document in map(orjson.loads, documents) if document.get("active", True)]
        if not pages:
            made = self._completion.drafted(PAGE, self._drafts.page(change), salt=f"{change.salt} page")
            change.put(PAGE, made)
            pages = [_read(made)]
        return pages

    def _page(self, change: Change, identifier: str) -> Page:
        return _read(change.named(PAGE, identifier))

    def _check_kept(self, given: Given, *, status: str) -> None:
        if given.get("status", status) != status:
            raise unfit("/status", f"is {status} after this; leave it out.")


def _read(document: Document) -> Page:
    return stored_page({**document, "timezone": known_zone(document.get("timezone"))})


def _check_open(change: Change, booking: Document) -> None:
    try:
        check_open(booking, change.now)
    except NotOpen as error:
        raise Conflicting(f"{booking['id']}: {error}") from None


def _times(document: Given) -> tuple[str, str]:
    return document["start_time"], document["end_time"]
