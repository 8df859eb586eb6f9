"""The authorization endpoint: a page for a person, a redirect for the app, and never one to anywhere else."""

from collections.abc import Mapping
from typing import NamedTuple

import orjson

from smartcal_api.api.oauth.fields import STATE, Fields, Given, given_once
from smartcal_api.api.oauth.pages import consent_page, error_page
from smartcal_api.api.oauth.refusals import note
from smartcal_api.auth.oauth import Client, Refused, Ticket, answered
from smartcal_api.contract import Contract, Operation
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.raw import RawHandler

_CODE = "code"
_FAULTS = {"response_type": "unsupported_response_type", "scope": "invalid_scope"}


class Asked(NamedTuple):
    """An authorization request whose client and redirect URI are right, so that an answer can go there."""

    client: Client
    redirect_uri: str
    values: Mapping[str, str]
    state: bytes | None


class NoRedirect(Refused):
    """Nothing may be sent on: what is wrong is who asks, or where the answer would go (RFC 6749 section 4.1.2.1)."""

    def __init__(self, heading: str, what: str, mend: str, *, known: tuple[str, ...] = ()) -> None:
        super().__init__("invalid_request", what)
        self.heading, self.what, self.mend, self.known = heading, what, mend, known


class Authorize(RawHandler):
    """The link that an app sends the browser to."""

    def __init__(self, operation: Operation, contract: Contract) -> None:
        self._fields = Fields(operation, contract)
        self._path = operation.path
        self._product = contract.data["info"]["title"].removesuffix(" API")
        schemes = contract.data["components"].get("securitySchemes", {}).values()
        self._words: dict[str, str] = {
            scope: words
            for scheme in schemes
            for flow in scheme.get("flows", {}).values()
            for scope, words in flow.get("scopes", {}).items()
        }

    def client_id(self, exchange: Exchange) -> str | None:
        return self._read(exchange).values.get("client_id")

    def __call__(self, exchange: Exchange) -> Answer:
        try:
            return self._respond(exchange, self._read(exchange))
        except NoRedirect as refused:
            note(exchange, refused, None)
            return error_page(
                refused.heading, refused.what, refused.mend, request_id=exchange.request_id, known=refused.known
            )

    def _read(self, exchange: Exchange) -> Given:
        return self._fields.read(exchange.scope["query_string"])

    def _respond(self, exchange: Exchange, given: Given) -> Answer:
        asked = self._asked(exchange, given)
        try:
            scopes = self._check(exchange, asked, given)
        except Refused as refused:
            return self._back(exchange, asked, refused)
        if exchange.sandbox.oauth.auto_consent:
            return self._allow(exchange, asked, None)
        return self._page(exchange, asked, scopes)

    @staticmethod
    def _asked(exchange: Exchange, given: Given) -> Asked:
        """First of all who asks and where the answer goes; raises `NoRedirect`."""
        heading = "This link can't be used"
        identifier, uri = given.values.get("client_id"), given.values.get("redirect_uri")
        fault = given.fault("client_id")
        clients = exchange.sandbox.oauth.clients
        client = clients.find(identifier) if identifier and fault is None else None
        if client is None:
            what = fault or clients.unknown(identifier or "")
            raise NoRedirect(heading, what, "Register the app, or correct the client_id in its link.")
        fault = given.fault("redirect_uri")
        if fault is not None or uri is None or not client.has_redirect_uri(uri):
            what = fault or f"The redirect_uri is not one that is registered for {client.name}."
            mend = "Register it, or ask with one that is registered, byte for byte (the port of 127.0.0.1 is free):"
            raise NoRedirect(heading, what, mend, known=client.redirect_uris)
        return Asked(client, uri, given.values, given.state)

    @staticmethod
    def _check(exchange: Exchange, asked: Asked, given: Given) -> tuple[str, ...]:
        """The scopes asked for; raises `Refused`."""
        from smartcal_api.auth.oauth.request import Request
        from smartcal_api.auth.oauth.server import Server

        if given.repeated:
            raise Refused("invalid_request", given.fault(*given.repeated) or "")
        for name in given.faults:
            error = _FAULTS.get(name, "invalid_request") if name in given.values else "invalid_request"
            raise Refused(error, given.fault(name) or "")
        return Server(exchange.sandbox.oauth).check(Request(asked.values))

    def _page(self, exchange: Exchange, asked: Asked, scopes: tuple[str, ...]) -> Answer:
        store = exchange.sandbox.store
        accounts = store.page("Account", owner=exchange.owner, limit=1)[0] if "Account" in store.collections else []
        request = {name: value for name, value in asked.values.items() if name != STATE}
        ticket = exchange.sandbox.oauth.tickets.issue(
            # The state may hold what a form would change on its way, such as line ends.
            request if asked.state is None else request | {STATE: asked.state.decode("latin-1")}
        )
        return consent_page(
            self._product,
            asked.client,
            orjson.loads(accounts[0]) if accounts else None,
            {scope: self._words[scope] for scope in scopes},
            redirect_uri=asked.redirect_uri,
            action=exchange.prefix + self._path,
            hidden=request | {"ticket": ticket},
        )

    def _allow(self, exchange: Exchange, asked: Asked, ticket: Ticket | None) -> Answer:
        from smartcal_api.auth.oauth.request import Request
        from smartcal_api.auth.oauth.server import Server

        oauth = exchange.sandbox.oauth
        with oauth.store.transaction():
            _spend(exchange, ticket)
            code = Server(oauth).code(Request(asked.values), exchange.owner)
        return _to_app(exchange, asked, [(_CODE, code)])

    def _back(self, exchange: Exchange, asked: Asked, refused: Refused) -> Answer:
        note(exchange, refused, asked.client)
        return _to_app(exchange, asked, [("error", refused.error), ("error_description", refused.description)])


class Decide(Authorize):
    """The form of the page. What it repeats must be what its ticket was issued for."""

    def _read(self, exchange: Exchange) -> Given:
        return given_once(exchange, lambda: self._fields.read(exchange.raw or b""))

    def _respond(self, exchange: Exchange, given: Given) -> Answer:
        ticket = self._ticket(exchange, given)
        state = ticket.request.get(STATE)
        values = {name: value for name, value in ticket.request.items() if name != STATE}
        request = Given(values, (), {}, state.encode("latin-1") if state is not None else None)
        asked = self._asked(exchange, request)
        try:
            scopes = self._check(exchange, asked, request)
        except Refused as refused:
            return self._back(exchange, asked, refused)
        decision = given.values.get("decision") if "decision" not in given.faults else None
        if decision is None:
            return self._page(exchange, asked, scopes)
        if decision == "allow":
            return self._allow(exchange, asked, ticket)
        with exchange.sandbox.store.transaction():
            _spend(exchange, ticket)
        return self._back(exchange, asked, Refused("access_denied", "The user denied the request."))

    @staticmethod
    def _ticket(exchange: Exchange, given: Given) -> Ticket:
        headers = exchange.headers
        site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin", b"null")
        # The page has no referrer, so that browsers send `Origin: null` with its form (Fetch section 3.1).
        own = origin == b"null" or origin.partition(b"://")[2] == headers.get(b"host")
        if site not in (None, b"same-origin", b"none") or not own:
            raise _unusable("The form was sent by another site.")
        if given.repeated:
            raise _unusable(given.fault(*given.repeated) or "")
        ticket = exchange.sandbox.oauth.tickets.read(given.values.get("ticket", ""))
        if ticket is None:
            raise _unusable("The form has expired, or was not made by this server.")
        request = ticket.request
        for name in (request.keys() | given.values.keys()) - {"ticket", "decision", STATE}:
            if request.get(name) != given.values.get(name):
                raise _unusable(f"The form was changed: its {name} is not what the page was made for.")
        return ticket


def _spend(exchange: Exchange, ticket: Ticket | None) -> None:
    if ticket is not None and not exchange.sandbox.oauth.tickets.spend(ticket):
        raise _unusable("The form was sent before, and works once.")


def _unusable(what: str) -> NoRedirect:
    return NoRedirect("This form can't be used", what, "Go back to the app and start again from there.")


def _to_app(exchange: Exchange, asked: Asked, parameters: list[tuple[str, str]]) -> Answer:
    """303, so that a browser never repeats the form at the app (RFC 9700 section 4.12)."""
    answer = [(name, value.encode()) for name, value in parameters]
    if asked.state is not None:
        answer.append((STATE, asked.state))
    answer.append(("iss", exchange.root.encode()))  # RFC 9207
    location = answered(asked.redirect_uri, answer)
    return Answer(303, headers={"Location": location, "Referrer-Policy": "no-referrer"})
