"""The stream of everything that is generated."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from smartcal_api.ids import Ids
from smartcal_api.seeding.accounts import Account, Serials, Sizes
from smartcal_api.seeding.people import cast
from smartcal_api.seeding.zones import Stamps

_SECOND = Sizes(events=5, bookings=2, booking_pages=1)


class Resource(NamedTuple):
    """A document, the name of its component schema, and the id of the account that owns it."""

    collection: str
    account: str
    document: dict[str, Any]


def generate(
    ids: Ids, *, seed: int, events: int = 200, bookings: int = 50, booking_pages: int = 3
) -> Iterator[Resource]:
    """The main account with as much as is asked for, and a small second one; the same for the same seed, anywhere.

    First both accounts, then booking pages, events and bookings: what a document names has come before it, but for a
    booking's event, which names its booking. Raises `ValueError`, at once, for sizes that can't be.
    """
    sizes = Sizes(events, bookings, booking_pages)
    for name, size in sizes._asdict().items():
        if size < 0:
            raise ValueError(f"{name} must be 0 or more, not {size}")
    if bookings > events:
        raise ValueError(
            f"every booking has a calendar event of its own: ask for {bookings} events or more, not {events}"
        )
    if bookings and not booking_pages:
        raise ValueError(f"every booking is made on a booking page: ask for at least one page for {bookings} bookings")
    return _stream(ids, seed, sizes)


def _stream(ids: Ids, seed: int, sizes: Sizes) -> Iterator[Resource]:
    drawn, stamps = cast(seed), Stamps()
    main = Account(sizes, first=Serials(), ids=ids, seed=seed, cast=drawn, stamps=stamps)
    second = Account(_SECOND, first=main.next, ids=ids, seed=seed, cast=drawn, stamps=stamps)
    accounts = (main, second)
    for account in accounts:
        yield Resource("Account", account.id, account.document())
    for account in accounts:
        for page in account.pages:
            yield Resource("BookingPage", account.id, page.document)
    for account in accounts:
        for document in account.events():
            yield Resource("Event", account.id, document)
    for account in accounts:
        for document in account.bookings():
            yield Resource("Booking", account.id, document)
