"""The token and the revocation endpoint: forms in, the JSON of RFC 6749 out (laws OAUTH 7 to 13)."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from smartcal_api.api.oauth.fields import Fields, Given, given_once
from smartcal_api.api.oauth.refusals import note
from smartcal_api.auth.oauth import Client, Credentials, Refused
from smartcal_api.contract import Contract, Operation
from smartcal_api.contract.schemes import CLIENT_CREDENTIALS, flows
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.raw import RawHandler, pairs

if TYPE_CHECKING:
    from smartcal_api.auth.oauth.request import Request
    from smartcal_api.auth.oauth.server import Server

_Result = TypeVar("_Result")

# What each grant needs besides the client, which comes first.
_GRANTS: Mapping[str, tuple[str, ...]] = {
    "authorization_code": ("code", "redirect_uri"),
    "refresh_token": ("refresh_token",),
}
_FOR_ITSELF = "client_credentials"
# What can't be what was issued, whatever is wrong with it; a verifier is judged once the code is claimed.
_FAULTS = {"code": "invalid_grant", "redirect_uri": "invalid_grant", "refresh_token": "invalid_grant"}
_FAULTS |= {"scope": "invalid_scope", "token": "invalid_request", "token_type_hint": "invalid_request"}


def grants(contract: Contract) -> Mapping[str, tuple[str, ...]]:
    """Those of a contract: an app acts for itself where a flow lets it."""
    return {**_GRANTS, _FOR_ITSELF: ()} if CLIENT_CREDENTIALS in flows(contract.data) else _GRANTS


class _ClientEndpoint(RawHandler):
    """What both have in common: a client that authenticates, and refusals in JSON."""

    def __init__(self, operation: Operation, contract: Contract) -> None:
        self._fields = Fields(operation, contract)
        self._challenge = f'Basic realm="{contract.data["info"]["title"]}"'.encode("ascii", "replace").decode()

    def given(self, exchange: Exchange) -> Given:
        return given_once(exchange, lambda: self._fields.read(exchange.raw or b""))

    def client_id(self, exchange: Exchange) -> str | None:
        return Credentials(_authorization(exchange), self.given(exchange).values).client_id

    def __call__(self, exchange: Exchange) -> Answer:
        given = self.given(exchange)
        client = None
        try:
            self._check(exchange, given)
            client, method = self._authenticate(exchange, given)
            return self._answer(exchange, given, client, method)
        except Refused as refused:
            note(exchange, refused, client)
            headers = {"WWW-Authenticate": self._challenge} if refused.status == 401 else {}
            body = {"error": refused.error, "error_description": refused.description}
            return json_answer(refused.status, body, headers=headers)

    def _check(self, exchange: Exchange, given: Given) -> None:
        """What is wrong with the request whoever sends it."""
        query = {name.decode("latin-1") for name, _ in pairs(exchange.scope["query_string"])}
        misplaced = sorted(query & self._fields.names)
        if misplaced:
            raise Refused(
                "invalid_request",
                f"{misplaced[0]} is in the query, where servers and proxies log it. Send it in the body.",
            )
        if given.repeated:
            raise Refused("invalid_request", f"{given.repeated[0]} stands more than once. Send it once.")

    def _authenticate(self, exchange: Exchange, given: Given) -> tuple[Client, str]:
        fault = given.fault("client_id", "client_secret")
        if fault is not None:
            raise Refused("invalid_client", fault, status=401)
        return Credentials(_authorization(exchange), given.values).authenticate(exchange.sandbox.oauth.clients)

    @abstractmethod
    def _answer(self, exchange: Exchange, given: Given, client: Client, method: str) -> Answer: ...

    def _judge(self, given: Given, ignored: frozenset[str] = frozenset()) -> None:
        for name in given.faults:
            if name not in ignored:
                raise Refused(_FAULTS.get(name, "invalid_request"), given.fault(name) or "")


class IssueToken(_ClientEndpoint):
    """Tokens for a code, for a refresh token, or for the client itself."""

    def __init__(self, operation: Operation, contract: Contract) -> None:
        super().__init__(operation, contract)
        self._grants = grants(contract)

    def _check(self, exchange: Exchange, given: Given) -> None:
        super()._check(exchange, given)
        known = " or ".join(self._grants)
        if "grant_type" not in given.values:
            raise Refused("invalid_request", f"grant_type is missing. Send {known}.")
        if given.values["grant_type"] not in self._grants or "grant_type" in given.faults:
            raise Refused("unsupported_grant_type", f"This server has no such grant_type. Send {known}.")

    def _answer(self, exchange: Exchange, given: Given, client: Client, method: str) -> Answer:
        for name in self._grants[given.values["grant_type"]]:
            if name not in given.values and name not in given.faults:
                raise Refused("invalid_request", f"{name} is missing, which this grant_type needs. Add it.")
        self._judge(given, frozenset({"code_verifier"}))
        tokens = _transacted(exchange, lambda server, request: server.token(request), given, client, method)
        return exchange.success.value(tokens)


class RevokeToken(_ClientEndpoint):
    """The end of a token, or of all that came of a grant."""

    def _answer(self, exchange: Exchange, given: Given, client: Client, method: str) -> Answer:
        # An unknown hint is ignored (RFC 7009 section 2.1), and so is one that nobody could know.
        self._judge(given, frozenset({"token_type_hint"}))
        _transacted(exchange, lambda server, request: server.revoke(request), given, client, method)
        return exchange.success.empty()


def _transacted(
    exchange: Exchange, ask: "Callable[[Server, Request], _Result]", given: Given, client: Client, method: str
) -> _Result:
    """Everything happens or nothing; a refusal is something: it may have spent a code, or revoked a family."""
    from smartcal_api.auth.oauth.request import Request
    from smartcal_api.auth.oauth.server import Server

    oauth = exchange.sandbox.oauth
    request = Request(given.values, client=client, method=method, malformed=frozenset(given.faults))
    with oauth.store.transaction():
        result: _Result | Refused
        try:
            result = ask(Server(oauth), request)
        except Refused as refused:
            result = refused
    if isinstance(result, Refused):
        raise result
    return result


def _authorization(exchange: Exchange) -> list[bytes]:
    return [value for name, value in exchange.scope["headers"] if name == b"authorization"]
