"""What each handler relies on in the contract, beside what it asks of it: a table, held to the code by a house test."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from smartcal_api import bookings
from smartcal_api.api.oauth.metadata import described
from smartcal_api.api.specimens import AT, Specimens
from smartcal_api.contract import Contract
from smartcal_api.http.answer import JSON
from smartcal_api.sandbox.subscriptions import subscription

HTML = "text/html"
_ERRORS = ("invalid_request", "invalid_client", "invalid_grant", "unsupported_grant_type", "invalid_scope")


class Sent(NamedTuple):
    """A body that is like what is sent or kept, and the pointer to the schema that it has to fit."""

    pointer: str
    value: Any


Sends = Callable[[Specimens], Iterator[Sent]]


def _nothing(_: Specimens) -> Iterator[Sent]:
    yield from ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What isn't said here is asked of the contract, such as the status of a success."""

    resource: str | None = None
    """Whose documents it works on."""
    raises: tuple[str, ...] = ()
    """The codes of problems that are its own."""
    reads: Mapping[str, type] | None = None
    """Members of the resource, and their types."""
    takes: Mapping[str, type] | None = None
    """Members of the body that have to be there."""
    may_take: Mapping[str, Any] | None = None
    """Members of the body that may be there, or names of the query."""
    body: str | None = JSON
    """The media type of its success; None: that has no body."""
    answers: Mapping[int, str | None] | None = None
    """What it answers beside a success: status → media type."""
    sends: Sends = _nothing
    """Bodies like those that it makes."""


def _documents(resource: str) -> Sends:
    def sends(specimens: Specimens) -> Iterator[Sent]:
        if specimens.success != specimens.pointer_to(resource):
            for number in range(3):
                yield Sent(specimens.success, specimens.document(resource, number))

    return sends


def _page(resource: str) -> Sends:
    def sends(specimens: Specimens) -> Iterator[Sent]:
        names, items = specimens.contract.policy.pagination, specimens.response.items
        values = {"page": 1, "per_page": 1, "total": 1, "total_pages": 1, "has_more": False, "next": None}
        told = {name: values[role] for role, name in names.members.items()}
        pages: dict[str, Any] = {names.pagination: told} if names.pagination else told
        if items and specimens.contract.end_of(items) == specimens.pointer_to(resource):
            yield Sent(specimens.success, {names.items: [], **pages})
            return
        for number in range(3):
            document = specimens.document(resource, number)
            yield Sent(specimens.success, {names.items: [document], **pages})
            if items:
                yield Sent(items, document)

    return sends


def _cancelled(specimens: Specimens) -> Iterator[Sent]:
    for reason in (None, "x"):
        booking = bookings.cancelled(specimens.document("Booking"), AT, reason)
        yield Sent(specimens.contract.resource_pointer("Booking"), booking)
        yield Sent(specimens.success, booking)
        if "Event" in specimens.contract.resources:
            event = bookings.followed(specimens.document("Event"), booking) | {"updated_at": AT}
            yield Sent(specimens.contract.resource_pointer("Event"), event)


def _subscribed(specimens: Specimens) -> Iterator[Sent]:
    policy = specimens.contract.policy
    secret = policy.secrets["webhook_secret"] + ("x" * 43 + ("=" if policy.webhook_signature.key == "base64" else ""))
    for event_type in specimens.contract.data["webhooks"]:
        identifier = specimens.minted("webhook")
        made = subscription(identifier, "https://a.example.com/x", [event_type], description=None, at=AT)
        yield Sent(specimens.contract.resource_pointer("Webhook"), made)
        yield Sent(specimens.success, {**made, "secret": secret})


def _account(specimens: Specimens) -> Iterator[Sent]:
    account, scopes = specimens.document("Account"), list(specimens.contract.scopes)
    for method in ("api_key", "oauth"):
        yield Sent(specimens.success, account | {"scopes": scopes, "auth_method": method})


def _metadata(specimens: Specimens) -> Iterator[Sent]:
    yield Sent(specimens.success, described(specimens.contract)("https://a.example.com"))


def _tokens(specimens: Specimens) -> Iterator[Sent]:
    secrets = specimens.contract.policy.secrets
    tokens = {name: secrets[name] + "x" * 43 for name in ("access_token", "refresh_token")}
    scope = " ".join(specimens.contract.scopes)
    yield Sent(specimens.success, {**tokens, "token_type": "Bearer", "expires_in": 1, "scope": scope})
    yield from _refusals(specimens)


def _refusals(specimens: Specimens) -> Iterator[Sent]:
    for status in (400, 401):
        pointer = specimens.pointer(status)
        for error in _ERRORS if pointer else ():
            yield Sent(pointer, {"error": error, "error_description": "x"})


def _one(resource: str) -> Needs:
    return Needs(resource=resource, sends=_documents(resource))


def _list(resource: str) -> Needs:
    return Needs(resource=resource, sends=_page(resource))


_GRANT = dict.fromkeys(
    ("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"), str
)
_CLIENT = dict.fromkeys(("client_id", "client_secret"), str)
NEEDS: Mapping[str, Needs] = {
    "listEvents": _list("Event"),
    "listBookingPages": _list("BookingPage"),
    "listBookings": _list("Booking"),
    "listWebhooks": _list("Webhook"),
    "getEvent": _one("Event"),
    "getBookingPage": _one("BookingPage"),
    "getBooking": _one("Booking"),
    "cancelBooking": Needs(
        resource="Booking",
        raises=("booking_already_cancelled", "booking_in_the_past"),
        reads={"status": str, "end_time": str, "event_id": str},
        may_take={"reason": str | None},
        sends=_cancelled,
    ),
    "createWebhook": Needs(
        resource="Webhook",
        raises=("webhook_limit_reached", "invalid_webhook_url"),
        takes={"url": str, "events": list},
        may_take={"description": str | None},
        sends=_subscribed,
    ),
    "deleteWebhook": Needs(resource="Webhook", body=None),
    "getAccount": Needs(resource="Account", sends=_account),
    "getAuthorizationServerMetadata": Needs(sends=_metadata),
    "authorize": Needs(body=HTML, may_take=_GRANT, answers={200: HTML, 303: None, 400: HTML}),
    "decideConsent": Needs(
        body=HTML, may_take={**_GRANT, "ticket": str, "decision": str}, answers={200: HTML, 303: None, 400: HTML}
    ),
    "issueToken": Needs(
        may_take={
            **_CLIENT,
            **dict.fromkeys(("grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope"), str),
        },
        answers={400: JSON, 401: JSON},
        sends=_tokens,
    ),
    "revokeToken": Needs(
        body=None,
        may_take={**_CLIENT, "token": str, "token_type_hint": str},
        answers={400: JSON, 401: JSON},
        sends=_refusals,
    ),
}


def applies(name: str, contract: Contract) -> bool:
    """Whether a handler is for the operation of its name: those of bookings are not for another API that has such."""
    needs = NEEDS.get(name)
    return contract.of_the_product or needs is None or needs.resource in (None, "Webhook")
