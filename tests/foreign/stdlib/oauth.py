"""RFC 6749 with RFC 7636. Whoever comes to be asked is signed in already, and has agreed already."""

import base64
import binascii
import hashlib
import re
import secrets
import time
from dataclasses import dataclass, replace
from urllib.parse import unquote_plus, urlencode

from .message import Answer, Refusal, Request, answer_json, pairs
from .site import SCOPES, App, Caller, Site

_CODE_LIFE, _TOKEN_LIFE = 120, 1800
_ONCE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_STATE = re.compile(r"(?:^|&)state=([^&]+)")


@dataclass(frozen=True)
class Grant:
    app: App
    uri: str | None
    scopes: tuple[str, ...]
    challenge: str | None = None
    method: str = "plain"
    until: float = 0.0


class OAuth:
    def __init__(self, site: Site) -> None:
        self.site, self.bugs = site, site.bugs
        self.apps = {each.id: each for each in site.apps}
        self.codes: dict[str, Grant] = {}
        self.refreshing: dict[str, Grant] = {}

    def answer(self, request: Request) -> Answer:
        acts = {"/oauth/authorize": (("GET", "HEAD"), self._authorize), "/oauth/token": (("POST",), self._token)}
        if request.path not in acts:
            raise Refusal(404, "No such place.")
        methods, act = acts[request.path]
        if request.method not in methods:
            raise Refusal(405, "Not in this way.", {"Allow": ", ".join(methods)})
        return act(request)

    # -- The authorization endpoint --

    def _authorize(self, request: Request) -> Answer:
        given = request.parameters
        app = self.apps.get(given.get("client_id", ""))
        if app is None:
            return _page(400, "That app is not known here")
        uri = given.get("redirect_uri") or (app.uris[0] if len(app.uris) == 1 else "")
        if not self._registered(app, uri):
            return _page(400, "That app did not say that it lives there")
        found = _STATE.search(request.query)
        state = f"&state={found[1]}" if found else ""  # as it came, without being decoded in between
        try:
            grant = self._asked(app, given)
        except _Denied as denied:
            return _led(uri, {"error": denied.error, "error_description": denied.why}, state)
        code = self.site.issue(secrets.token_urlsafe(24))
        self.codes[code] = replace(grant, uri=given.get("redirect_uri"), until=time.time() + _CODE_LIFE)
        return _led(uri, {"code": code}, state)

    def _registered(self, app: App, uri: str) -> bool:
        if "query-of-redirect-uri-is-free" in self.bugs:
            return uri.partition("?")[0] in {each.partition("?")[0] for each in app.uris}
        return uri in app.uris

    def _asked(self, app: App, given: dict[str, str]) -> Grant:
        kind = given.get("response_type")
        if kind != "code":
            raise _Denied("unsupported_response_type" if kind else "invalid_request", "The type is code.")
        scopes = tuple(dict.fromkeys(given.get("scope", "read write webhooks").split(" ")))
        if not set(scopes) <= set(app.scopes):
            raise _Denied("invalid_scope", f"The scopes are {' '.join(SCOPES)}.")
        challenge, method = given.get("code_challenge"), given.get("code_challenge_method", "plain")
        if challenge is None:
            if app.secret is None:
                raise _Denied("invalid_request", "An app without a secret sends a challenge.")
            return Grant(app, None, scopes)
        if method not in ("S256", "plain"):
            raise _Denied("invalid_request", "The method is S256 or plain.")
        if not _VERIFIER.fullmatch(challenge):
            raise _Denied("invalid_request", "That is not a challenge.")
        return Grant(app, None, scopes, challenge, method)

    # -- The token endpoint --

    def _token(self, request: Request) -> Answer:
        try:
            return answer_json(200, self._granted(request), _ONCE)
        except _Denied as denied:
            headers = dict(_ONCE)
            if denied.error == "invalid_client" and "refused-client-without-challenge" not in self.bugs:
                headers["WWW-Authenticate"] = 'Basic realm="apps"'
            status = 401 if denied.error == "invalid_client" else 400
            return answer_json(status, {"error": denied.error, "error_description": denied.why}, headers)

    def _granted(self, request: Request) -> dict[str, object]:
        media = (request.header("content-type") or "").partition(";")[0].strip().lower()
        if media != "application/x-www-form-urlencoded":
            raise _Denied("invalid_request", "Send a form.")
        form = pairs(request.body.decode("utf-8", "replace"))
        app = self._app(request, form)
        match form.get("grant_type"):
            case None:
                raise _Denied("invalid_request", "The grant_type is missing.")
            case "authorization_code":
                return self._tokens(self._by_code(app, form))
            case "refresh_token":
                return self._refreshed(app, form)
        raise _Denied("unsupported_grant_type", "That grant is not known here.")

    def _app(self, request: Request, form: dict[str, str]) -> App:
        sent = request.header("authorization")
        name, secret = form.get("client_id", ""), form.get("client_secret")
        if sent is not None:
            if secret is not None:
                raise _Denied("invalid_request", "Authenticate in one way.")
            name, secret = _basic(sent)
        app = self.apps.get(name)
        if app is None:
            raise _Denied("invalid_client", "That app is not known here.")
        if sent is not None and "secret-unchecked-in-basic" in self.bugs:
            return app
        if app.secret is not None and not secrets.compare_digest((secret or "").encode(), app.secret.encode()):
            raise _Denied("invalid_client", "That is not its secret.")
        return app

    def _by_code(self, app: App, form: dict[str, str]) -> Grant:
        if "code" not in form:
            raise _Denied("invalid_request", "The code is missing.")
        grant = self.codes.get(form["code"])
        if grant is None or grant.app is not app or grant.until < time.time():
            raise _Denied("invalid_grant", "That code is not good.")
        del self.codes[form["code"]]  # whatever comes of it
        if grant.uri != form.get("redirect_uri"):
            raise _Denied("invalid_grant", "The code was asked for elsewhere.")
        verifier = form.get("code_verifier")
        left_out = verifier is None and "verifier-may-be-left-out" in self.bugs
        if grant.challenge is not None and not left_out and not _meets(grant, verifier):
            raise _Denied("invalid_grant", "That is not what the challenge was made of.")
        return grant

    def _refreshed(self, app: App, form: dict[str, str]) -> dict[str, object]:
        grant = self.refreshing.get(form.get("refresh_token", ""))
        if grant is None or (grant.app is not app and "refresh-by-any-client" not in self.bugs):
            raise _Denied("invalid_grant", "That refresh token is not good.")
        scopes = tuple(form["scope"].split(" ")) if "scope" in form else grant.scopes
        if not set(scopes) <= set(grant.scopes):
            raise _Denied("invalid_scope", "That was not granted.")
        told = self._tokens(replace(grant, scopes=scopes))
        del told["refresh_token"]  # the one that was sent stays good
        return told

    def _tokens(self, grant: Grant) -> dict[str, object]:
        access, refresh = (self.site.issue(secrets.token_hex(24)) for _ in range(2))
        scopes = SCOPES if "token-has-every-scope" in self.bugs else grant.scopes
        self.site.tokens[access] = Caller(self.site.accounts[0], scopes, access, time.time() + _TOKEN_LIFE)
        self.refreshing[refresh] = grant
        told: dict[str, object] = {"access_token": access, "token_type": "Bearer", "expires_in": _TOKEN_LIFE}
        return told | {"refresh_token": refresh, "scope": " ".join(grant.scopes)}


class _Denied(Exception):
    def __init__(self, error: str, why: str) -> None:
        self.error, self.why = error, why


def _meets(grant: Grant, verifier: str | None) -> bool:
    if verifier is None or not _VERIFIER.fullmatch(verifier):
        return False
    return _hidden(verifier, grant.method) == grant.challenge


def _hidden(verifier: str, method: str) -> str:
    if method == "plain":
        return verifier
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _basic(sent: str) -> tuple[str, str]:
    scheme, _, rest = sent.partition(" ")
    try:
        name, _, secret = base64.b64decode(rest.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        name, secret = "", ""
    if scheme.lower() != "basic" or not name:
        raise _Denied("invalid_client", "That is not how apps authenticate.")
    return unquote_plus(name), unquote_plus(secret)


def _led(uri: str, values: dict[str, str], state: str) -> Answer:
    answer = _page(302, "On the way back")
    answer.headers["Location"] = f"{uri}{'&' if '?' in uri else '?'}{urlencode(values)}{state}"
    return answer


def _page(status: int, title: str) -> Answer:
    headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
    return Answer(status, f"<!doctype html><title>{title}</title><p>{title}.".encode(), headers)
