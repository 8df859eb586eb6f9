"""An app that somebody connects: authorization, tokens, refreshing, revoking, as RFC 6749 and 7636 have it."""

import base64
import hashlib
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urljoin, urlsplit

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.consent import Pairs, read_form
from smartcal_api.conformance.credential import Credential, Kind
from smartcal_api.conformance.exchange import Exchange, Fields
from smartcal_api.conformance.findings import Inconclusive, NotVerified
from smartcal_api.conformance.law import Subjects, secured
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.sending import Sending
from smartcal_api.conformance.target import Client
from smartcal_api.contract import Operation

VERIFIER = string.ascii_letters + string.digits + "-._~"
AUTHORIZE, DECIDE, TOKEN, REVOKE = "authorize", "decideConsent", "issueToken", "revokeToken"
NOTHING = "nothing_that_was_ever_issued_to_anybody"
_FORM = ("Content-Type", "application/x-www-form-urlencoded")
_REDIRECTS = (301, 302, 303, 307, 308)
_FLOW = 8
"""The requests that no wait for a limit may come between: a code lives shortly."""


@dataclass(frozen=True, slots=True)
class Back:
    """Where an authorization led the browser, and with what."""

    status: int
    location: str
    values: Mapping[str, list[str]]

    def one(self, name: str) -> str | None:
        found = self.values.get(name, [])
        return found[0] if len(found) == 1 else None


class App:
    """One client of the target. Its budget is the client's, so it makes room before a flow that must not wait."""

    def __init__(self, probe: Probe, client: Client, *, redirect_uri: str | None = None) -> None:
        self._probe = probe
        self.client = client
        if not client.redirect_uris:
            raise Inconclusive(f"no redirect URI of {client.client_id} is known (--client ID:SECRET=URI)")
        self.redirect_uri = redirect_uri or client.redirect_uris[0]
        self._budget = f"client:{client.client_id}"

    @property
    def public(self) -> bool:
        return self.client.secret is None

    def room(self, requests: int = _FLOW) -> None:
        """Waits until so many requests go through without a wait."""
        self._probe.session.pacing.before(self._budget, room=requests)

    # -- The browser --

    def asking(self, *, verifier: str | None = None, **changed: str | None) -> Pairs:
        """The parameters of an authorization request, those that are None left out."""
        verifier = self.verifier() if verifier is None else verifier
        asked = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": self.redirect_uri,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
            **changed,
        }
        return [(name, value) for name, value in asked.items() if value is not None]

    def verifier(self, length: int = 64) -> str:
        return "".join(self._probe.rng.choice(VERIFIER) for _ in range(length))

    def authorize(self, asked: Pairs | str) -> Exchange:
        """What a browser gets that is sent here: a page or a redirect."""
        query = asked if isinstance(asked, str) else urlencode(asked, quote_via=quote)
        operation = self._operation(AUTHORIZE)
        return self._send(operation, f"{operation.path}?{query}")

    def decide(self, page: Exchange, decision: str | None = "allow", **changed: str) -> Exchange:
        """What comes of the page's form, `changed` on its way, wherever on the target it is sent to."""
        form = read_form(page)
        if form is None:
            raise Inconclusive(
                f"{page.operation} answered {page.status} without a form that could be answered without typing"
            )
        fields = [(name, changed.get(name, value)) for name, value in form.fields]
        if decision is not None:
            chosen = form.decision(decision)
            fields += [("decision", decision)] if chosen is None else chosen
        leads_on = urlsplit(urljoin(page.target, form.action))
        target = leads_on.path + (f"?{leads_on.query}" if leads_on.query else "")
        target = target.removeprefix(urlsplit(self._probe.target.root).path.rstrip("/"))
        return self._send(self._operation(DECIDE), target, urlencode(fields).encode(), (_FORM,))

    def answer(self, asked: Pairs, decision: str = "allow") -> Exchange:
        """The answer that leads back to the app, whether or not somebody has to be asked."""
        answer = self.authorize(asked)
        return answer if leads(answer) else self.decide(answer, decision)

    def code(self, *, verifier: str, **changed: str | None) -> str:
        """A code; what gives none is inconclusive here, and what some law is about."""
        self.room()
        answer = self.answer(self.asking(verifier=verifier, **changed))
        code = back(answer).one("code")
        if code is None:
            raise Inconclusive(f"{answer.operation} answered {answer.status} and gave no code")
        return code

    # -- The app's own requests --

    def token(self, fields: Mapping[str, str] | Pairs, *, basic: bool | str = False, headers: Fields = ()) -> Exchange:
        """The answer of the token endpoint; `basic` can be another secret."""
        return self.post(TOKEN, fields, basic=basic, headers=headers)

    def post(
        self, operation: str, fields: Mapping[str, str] | Pairs, *, basic: bool | str = False, headers: Fields = ()
    ) -> Exchange:
        return self._probe.session.send(self.posting(operation, fields, basic=basic, headers=headers))

    def posting(
        self, operation: str, fields: Mapping[str, str] | Pairs, *, basic: bool | str = False, headers: Fields = ()
    ) -> Sending:
        """A form with the client's credentials, unless it names them itself."""
        if basic:
            headers = (*headers, self.authorization(basic if isinstance(basic, str) else None))
        sent = list(fields.items() if isinstance(fields, Mapping) else fields) if basic else self.signed(fields)
        path = self._operation(operation).path
        return Sending(
            "POST", path, (_FORM, *headers), urlencode(sent).encode(), None, operation=operation, budget=self._budget
        )

    def signed(self, fields: Mapping[str, str] | Pairs) -> Pairs:
        """The fields with the client's credentials, unless a client_id is among them."""
        sent = list(fields.items() if isinstance(fields, Mapping) else fields)
        if "client_id" in dict(sent):
            return sent
        sent.append(("client_id", self.client.client_id))
        if self.client.secret is not None:
            sent.append(("client_secret", self.client.secret))
        return sent

    def authorization(self, secret: str | None = None) -> tuple[str, str]:
        """The client by HTTP Basic, each part form-encoded (RFC 6749 section 2.3.1)."""
        pair = f"{quote(self.client.client_id, safe='')}:{quote(secret or self.client.secret or '', safe='')}"
        return ("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}")

    def redeeming(self, code: str, verifier: str | None, **changed: str | None) -> dict[str, str]:
        """The fields of a token request for a code."""
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": verifier,
            **changed,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def tokens(self, scope: str | None = None) -> dict[str, Any]:
        """Tokens of a new grant."""
        verifier = self.verifier()
        answer = self.token(self.redeeming(self.code(verifier=verifier, scope=scope), verifier))
        if not answer.ok:
            raise Inconclusive(f"{answer} gave no tokens for a new code")
        return answer.object

    def refresh(self, refresh_token: str, scope: str | None = None) -> Exchange:
        fields = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self.token(fields if scope is None else fields | {"scope": scope})

    def alive(self, tokens: Mapping[str, Any]) -> bool:
        """Whether an access token stands for somebody."""
        simple = (each for each in secured(self._probe.contract) if each.method == "GET" and not each.path_names)
        operation = min(simple, key=lambda each: len(each.parameters))
        return self._probe.call(operation, credential=self.bearer(tokens)).status != 401

    def bearer(self, tokens: Mapping[str, Any]) -> Credential:
        """An access token as a credential of its account."""
        granted = tokens.get("scope")
        scopes = granted.split() if isinstance(granted, str) else ()
        return Credential("access_token", str(tokens["access_token"]), frozenset(scopes), Kind.TOKEN)

    def _operation(self, identifier: str) -> Operation:
        return self._probe.contract.operations[identifier]

    def _send(self, operation: Operation, target: str, body: bytes = b"", headers: Fields = ()) -> Exchange:
        sending = Sending(operation.method, target, headers, body, operation=operation.id, budget=self._budget)
        return self._probe.session.send(sending)


def apps(probe: Probe) -> list[App]:
    """Of every client of the target; without one, or where nobody can be asked for consent, not verified."""
    if not probe.target.clients or AUTHORIZE not in probe.contract.operations:
        raise NotVerified(Capability.CLIENT)
    return [App(probe, client) for client in probe.target.clients]


def some_app(probe: Probe, *, confidential: bool = False) -> App:
    """The first one, or the first that has a secret."""
    fitting = [each for each in apps(probe) if not (confidential and each.public)]
    if not fitting:
        raise Inconclusive("none of the clients has a secret")
    return fitting[0]


def other_app(probe: Probe, app: App) -> App | None:
    """Another client than this one."""
    return next((each for each in apps(probe) if each.client.client_id != app.client.client_id), None)


def challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def back(answer: Exchange) -> Back:
    """Where an answer leads; nowhere if it is no redirect."""
    location = (answer.header("Location") or "") if leads(answer) else ""
    return Back(answer.status, location, parse_qs(urlsplit(location).query, keep_blank_values=True))


def leads_to(location: str, uri: str) -> bool:
    """Whether that is a redirect URI with an answer in its query, which keeps what the URI had there."""
    return location == uri or location.startswith(f"{uri}{'&' if '?' in uri else '?'}")


def leads(answer: Exchange) -> bool:
    """Whether it is a redirect; which of them is a choice of the contract."""
    return answer.status in _REDIRECTS and answer.header("Location") is not None


def of(*identifiers: str) -> Subjects:
    """Laws over these operations, as far as the contract has them."""
    return lambda contract: (each for each in contract.operations.values() if each.id in identifiers)
