"""operationId → handler. What the contract has and this table lacks is mocked."""

from collections.abc import Callable

from smartcal_api.api.account import get_account
from smartcal_api.api.bookings import cancel_booking, get_booking
from smartcal_api.api.lists import lister
from smartcal_api.api.needs import applies
from smartcal_api.api.oauth import Authorize, Decide, IssueToken, RevokeToken, describer
from smartcal_api.api.resources import getter
from smartcal_api.api.webhooks import Subscriptions
from smartcal_api.contract import Contract, Operation
from smartcal_api.contract.granting import ISSUES
from smartcal_api.http.served import Handler
from smartcal_api.webhooks.network import LOOPBACK, Receivers

_RAW: dict[str, Callable[[Operation, Contract], Handler]] = {
    "authorize": Authorize,
    "decideConsent": Decide,
    "issueToken": IssueToken,
    "revokeToken": RevokeToken,
}
# The lists of what the data set has; any other list is as good as these, of items that are mocked.
_LISTS = ("listEvents", "listBookingPages", "listBookings", "listWebhooks")


def handlers(contract: Contract, receivers: Receivers = LOOPBACK) -> dict[str, Handler]:
    if not contract.ours:
        reading = contract.document.reading
        issuing = contract.operations.get(ISSUES) if reading is not None and reading.token_path else None
        return {} if issuing is None else {ISSUES: IssueToken(issuing, contract)}
    subscriptions = Subscriptions(contract, receivers)
    single: dict[str, Handler] = {
        "getEvent": getter("Event", "event"),
        "getBookingPage": getter("BookingPage", "booking page"),
        "getBooking": get_booking,
        "cancelBooking": cancel_booking,
        "createWebhook": subscriptions.create,
        "deleteWebhook": subscriptions.delete,
        "getAccount": get_account,
        "getAuthorizationServerMetadata": describer(contract),
    }
    operations = contract.operations
    oauth = {name: make(operations[name], contract) for name, make in _RAW.items() if name in operations}
    listed = {
        operation.id: lister(operation, operation.listing, contract)
        for operation in contract.operations.values()
        if operation.id in _LISTS and operation.listing is not None
    }
    found = listed | single | oauth
    return {name: each for name, each in found.items() if applies(name, contract)}
