"""The operations of the API."""

import re
import secrets
import time
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from .cancelling import cancel
from .listing import listed
from .message import Answer, Refusal, Request, answer_json
from .reading import body_object
from .site import Caller, Row, Site

TYPES = {
    *(f"booking.{what}" for what in ("created", "cancelled", "rescheduled")),
    *(f"event.{what}" for what in ("created", "updated", "deleted")),
    "calendar.synced",
}
_ROUTE = re.compile(r"/api/v1/(events|booking-pages|bookings|webhooks)(?:/([^/]+)(/cancel)?)?|/api/v1/me")
_ROWS = {"events": "events", "booking-pages": "pages", "bookings": "bookings", "webhooks": "hooks"}
_BEARER = re.compile(r"(?i:bearer) +(\S+)")


class Api:
    def __init__(self, site: Site, envelope: str) -> None:
        self.site, self.bugs, self.envelope = site, site.bugs, envelope

    def caller(self, request: Request) -> Caller | None:
        """Whose credential it is; None where there is none that is good."""
        sent = request.header("authorization")
        if sent is None:
            key = request.header("x-api-key")
            known = self.site.keys.get(key or "")
            if known is None and key and "wrong-header-key-is-taken" in self.bugs:
                return self.site.own[3]
            return known
        match = _BEARER.fullmatch(sent.strip())
        value = match[1] if match else ""
        found = self.site.keys.get(value) or self.site.tokens.get(value)
        if found is None and "longer-token-is-taken" in self.bugs:
            found = next((caller for token, caller in self.site.tokens.items() if value.startswith(token)), None)
        return found if found and found.until > time.time() else None

    def answer(self, request: Request, caller: Caller | None) -> Answer:
        """Who comes without a credential learns nothing, not even what there is."""
        if caller is None:
            challenge = {} if "401-without-challenge" in self.bugs else {"WWW-Authenticate": 'Bearer realm="calendar"'}
            raise Refusal(401, "Who are you?", challenge)
        match = _ROUTE.fullmatch(request.path)
        if match is None or (match[3] and match[1] != "bookings"):
            raise Refusal(404, "No such place.")
        acts = self._acts(match, caller)
        method = "GET" if request.method == "HEAD" else request.method
        if method not in acts:
            names = [name for each in acts for name in ((each, "HEAD") if each == "GET" else (each,))]
            raise Refusal(405, "Not in this way.", {"Allow": ", ".join(names)})
        scope, act = acts[method]
        if not {scope, "admin"} & set(caller.scopes) and not self._unchecked(scope, request, caller):
            if "refused-for-its-scope-and-done" in self.bugs and scope == "write":
                act(request)
            raise Refusal(403, f"That asks for the scope {scope}.")
        return act(request)

    def _unchecked(self, scope: str, request: Request, caller: Caller) -> bool:
        if scope == "write" and not request.body and "cancel-without-body-asks-for-no-scope" in self.bugs:
            return True
        return scope == "webhooks" and "write" in caller.scopes and "write-makes-webhooks" in self.bugs

    def _acts(self, match: re.Match[str], caller: Caller) -> dict[str, tuple[str, Callable[[Request], Answer]]]:
        kind, identifier, cancels = match[1], unquote(match[2] or ""), match[3]
        if kind is None:
            return {"GET": ("read", lambda _: self._account(caller))}
        if cancels:
            acts = {"POST": ("write", lambda request: self._cancel(identifier, request, caller))}
            return acts | ({"GET": acts["POST"]} if "get-cancels" in self.bugs else {})
        if kind == "webhooks" and identifier:
            return {"DELETE": ("webhooks", lambda _: self._unsubscribe(identifier, caller))}
        if identifier:
            return {
                "GET": ("read", lambda request: answer_json(200, self._row(_ROWS[kind], identifier, request, caller)))
            }
        acts = {
            "GET": ("webhooks" if kind == "webhooks" else "read", lambda request: self._list(kind, request, caller))
        }
        if kind == "webhooks":
            acts["POST"] = ("webhooks", lambda request: self._subscribe(request, caller))
        return acts

    def _account(self, caller: Caller) -> Answer:
        return answer_json(200, {"account": caller.account.id, "name": caller.account.name, "id": caller.account.id})

    def _list(self, kind: str, request: Request, caller: Caller) -> Answer:
        return answer_json(200, listed(self.site, caller.account, _ROWS[kind], request.parameters, self.envelope))

    def _row(self, name: str, identifier: str, request: Request | None, caller: Caller) -> Row:
        found: Row | None = getattr(caller.account, name).get(identifier)
        if found is not None:
            return found
        others = [row for each in self.site.accounts if (row := getattr(each, name).get(identifier))]
        by_header = name == "events" and request is not None and request.header("x-api-key") is not None
        if others and by_header and "foreign-events-by-header-key" in self.bugs:
            return others[0]
        raise Refusal(403 if others else 404, "That is somebody else's." if others else "That is not there.")

    def _cancel(self, identifier: str, request: Request, caller: Caller) -> Answer:
        try:
            booking = self._row("bookings", identifier, None, caller)
        except Refusal as refusal:
            if refusal.status == 403 and "foreign-cancel-is-refused-and-done" in self.bugs:
                owner = next(each for each in self.site.accounts if identifier in each.bookings)
                cancel(self.site, owner, owner.bookings[identifier], request.body)
            raise
        return cancel(self.site, caller.account, booking, request.body)

    def _subscribe(self, request: Request, caller: Caller) -> Answer:
        wanted = body_object(request.body)
        url, events = wanted.get("url"), wanted.get("events")
        schemes = ("https", "http") if "http-webhook-is-taken" in self.bugs else ("https",)
        if not isinstance(url, str) or not _leads_somewhere(url, schemes):
            raise Refusal(400, "The url is an https one.")
        if not isinstance(events, list) or not events or any(not isinstance(e, str) or e not in TYPES for e in events):
            raise Refusal(400, f"The events are some of {', '.join(sorted(TYPES))}.")
        account, identifier = caller.account, self.site.new_id()
        secret = self.site.issue(secrets.token_hex(32))
        account.hooks[identifier] = {"id": identifier, "url": url, "events": sorted(set(events))}
        account.secrets[identifier] = secret
        if "webhook-gone-after-3-s" in self.bugs:
            self.site.later(3.0, lambda: account.hooks.pop(identifier, None))
        return answer_json(200, account.hooks[identifier] | {"secret": secret})

    def _unsubscribe(self, identifier: str, caller: Caller) -> Answer:
        try:
            row = self._row("hooks", identifier, None, caller)
        except Refusal as refusal:
            if refusal.status == 403 and "foreign-delete-is-refused-and-done" in self.bugs:
                for account in self.site.accounts:
                    account.hooks.pop(identifier, None)
            raise
        del caller.account.hooks[row["id"]]
        return answer_json(200, {"deleted": True})


def _leads_somewhere(url: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname)
