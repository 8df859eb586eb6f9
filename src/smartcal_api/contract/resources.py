"""What a resource is to the code, whatever its schema is called: known by the operations and deliveries that show it.

Stores and the control plane name collections so. A resource that no code knows is known by the name of its schema.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from smartcal_api.contract.operation import Operation

SHOWN_BY: Mapping[str, tuple[str, ...]] = {
    "Account": ("getAccount",),
    "BookingPage": ("listBookingPages", "getBookingPage"),
    "Booking": (
        *("listBookings", "getBooking", "cancelBooking"),
        *("booking.created", "booking.cancelled", "booking.rescheduled"),
    ),
    "Event": ("listEvents", "getEvent", "event.created", "event.updated", "event.deleted"),
    "Webhook": ("listWebhooks",),
    "Calendar": ("calendar.synced",),
}
"""The code's name → the operations and event types that show such a resource, the most telling first."""
_RESOURCE = {shown_by: name for name, several in SHOWN_BY.items() for shown_by in several}

_TELLING: Mapping[str, frozenset[str]] = {
    "Account": frozenset({"name", "email", "timezone", "plan", "scopes", "auth_method"}),
    "BookingPage": frozenset({"slug", "duration_minutes", "public_url", "questions", "availability", "max_days_ahead"}),
    "Booking": frozenset({"booking_page_id", "event_id", "start_time", "end_time", "invitee", "rescheduled_from"}),
    "Event": frozenset({"calendar_id", "source", "start_time", "end_time", "attendees", "all_day"}),
    "Webhook": frozenset({"url", "events", "active", "disabled_reason"}),
}
"""Members by which a resource of the product is known, most of which an edited contract has still."""


def of_the_product(resources: Mapping[str, Iterable[str]]) -> bool:
    """Whether a contract is of SmartCal Pro, edited or not, by the members that its resources have: the data set and
    the handlers are for it, and for no other API that has events or bookings, too."""
    known = {name: len(_TELLING[name] & {*members}) for name, members in resources.items() if name in _TELLING}
    return any(2 * count >= len(_TELLING[name]) for name, count in known.items())


def schemas_of(shown: Mapping[str, str | None], components: Mapping[str, Any]) -> dict[str, str]:
    """The code's name of each resource → the name of its component schema; `shown` says which schema what shows.

    A schema of the resource's own name is the one, if anything shows it, for others may show a part of a resource.
    """
    found: dict[str, str] = {}
    for resource, several in SHOWN_BY.items():
        seen = [name for each in several if (name := shown.get(each)) is not None]
        other = [name for name in seen if name not in SHOWN_BY]
        if resource in components and (resource in seen or not other):
            found[resource] = resource
        elif other:
            found[resource] = other[0]
    return found


def named(
    operations: Iterable[Operation], schemas: Mapping[str, str], former: Mapping[str, str]
) -> Iterator[Operation]:
    """Operations whose collection is called as the code calls it, else as its schema was called before (`x-was`)."""
    resources = {schema: resource for resource, schema in schemas.items()}
    for each in operations:
        resource = _RESOURCE.get(each.id)
        collection = each.collection
        if collection is not None:
            # The handler's own resource, unless it answers with what is another resource now.
            own = resource if resource in schemas and collection not in resources else None
            taken = f"{collection}, another" if collection in schemas else former.get(collection, collection)
            collection = own or resources.get(collection, taken)
        if collection == each.collection:
            yield each
        else:
            listing = replace(each.listing, collection=collection) if each.listing and collection else each.listing
            yield replace(each, collection=collection, listing=listing)
