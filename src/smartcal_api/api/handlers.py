"""operationId → handler. What the contract has and this table lacks is mocked."""

from smartcal_api.api.account import get_account
from smartcal_api.api.bookings import cancel_booking, get_booking
from smartcal_api.api.lists import lister
from smartcal_api.api.resources import getter
from smartcal_api.api.webhooks import Subscriptions
from smartcal_api.contract import Contract
from smartcal_api.http.served import Handler


def handlers(contract: Contract) -> dict[str, Handler]:
    subscriptions = Subscriptions(contract)
    single: dict[str, Handler] = {
        "getEvent": getter("Event", "event", "event_id"),
        "getBookingPage": getter("BookingPage", "booking page", "booking_page_id"),
        "getBooking": get_booking,
        "cancelBooking": cancel_booking,
        "createWebhook": subscriptions.create,
        "deleteWebhook": subscriptions.delete,
        "getAccount": get_account,
    }
    listed = {
        operation.id: lister(operation, operation.listing, contract)
        for operation in contract.operations.values()
        if operation.listing is not None
    }
    return listed | single
