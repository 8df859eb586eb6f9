"""The authorization code flow as a client and a browser go through it, in process."""

import base64
import hashlib
import html
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from smartcal_api.clock import NANOSECONDS
from tests.wire import Reply, World

FORM = "application/x-www-form-urlencoded"
AUTHORIZE, TOKEN, REVOKE = "/oauth/authorize", "/oauth/token", "/oauth/revoke"
METADATA = "/.well-known/oauth-authorization-server"
CALLBACK = "http://127.0.0.1/callback"
ELSEWHERE = "https://app.example/return?from=smartcal"
SECRET = "the secret of app"
VERIFIER = "correct-horse-battery-staple_0123456789.~AZaz"


class Tokens(NamedTuple):
    access: str
    refresh: str
    scope: str


class Flow(NamedTuple):
    """A world with four clients: `app` and `rival` have a secret, `pub` has none, `reader` may only read."""

    world: World

    def advance(self, seconds: float) -> None:
        self.world.sandbox.clock.advance(int(seconds * NANOSECONDS))

    # -- the browser

    def ask(self, parameters: Mapping[str, Any] | None = None, **more: Any) -> Reply:
        """The link; a parameter that is None is left out."""
        return self.world.get(AUTHORIZE, query=urlencode(_present(asking() | dict(parameters or {}) | more)))

    def decide(self, page: Reply, decision: str | None = "allow", **changed: str | None) -> Reply:
        """Sends the form of a page, as it is but for what is `changed`."""
        fields = _present({**hidden(page), "decision": decision, **changed})
        return self.post(AUTHORIZE, fields)

    def code(self, **asked: Any) -> str:
        """A fresh code, by way of the page."""
        page = self.ask(**asked)
        assert page.status == 200, (page, page.headers.get("location"))
        return answer(self.decide(page))["code"]

    # -- the app

    def post(self, path: str, fields: Any, **request: Any) -> Reply:
        return self.world.post(path, body=urlencode(fields).encode(), media_type=FORM, **request)

    def redeem(self, code: str, /, **changed: Any) -> Reply:
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK} | credentials() | changed
        return self.post(TOKEN, _present(fields))

    def refresh(self, token: str, /, **changed: Any) -> Reply:
        fields = {"grant_type": "refresh_token", "refresh_token": token} | credentials() | changed
        return self.post(TOKEN, _present(fields))

    def revoke(self, token: str, /, **changed: Any) -> Reply:
        return self.post(REVOKE, _present({"token": token} | credentials() | changed))

    def tokens(self, **asked: Any) -> Tokens:
        return tokens(self.redeem(self.code(**asked)))

    def me(self, token: str) -> Reply:
        return self.world.get("/api/v1/me", key=token)

    def alive(self, token: str) -> bool:
        status = self.me(token).status
        assert status in (200, 401), status
        return status == 200


def flow_of(world: World) -> Flow:
    clients = world.sandbox.oauth.clients
    clients.add("app", [CALLBACK, ELSEWHERE], secret=SECRET, name="The <App> & Sons")
    clients.add("rival", [CALLBACK], secret="another secret")
    clients.add("pub", [CALLBACK], secret=None)
    clients.add("reader", [CALLBACK], secret=SECRET, scopes=["read"])
    return Flow(world)


def asking() -> dict[str, Any]:
    return {
        "response_type": "code",
        "client_id": "app",
        "redirect_uri": CALLBACK,
        "scope": "read write",
        "state": "xyz",
    }


def credentials(client: str = "app", secret: str | None = SECRET) -> dict[str, Any]:
    return {"client_id": client, "client_secret": secret}


def basic(client: str, secret: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()}


def challenge(verifier: str = VERIFIER) -> dict[str, str]:
    digest = hashlib.sha256(verifier.encode()).digest()
    encoded = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return {"code_challenge": encoded, "code_challenge_method": "S256"}


def answer(reply: Reply, uri: str = CALLBACK) -> dict[str, str]:
    """What the redirect gives the app, each parameter once, and nothing but the redirect URI before it."""
    assert reply.status == 303, reply
    location = reply.headers["location"]
    joint = "&" if "?" in uri else "?"
    assert location.startswith(uri + joint), location
    pairs = parse_qsl(location[len(uri) + 1 :], keep_blank_values=True, strict_parsing=True, encoding="latin-1")
    assert len(dict(pairs)) == len(pairs), location
    assert "#" not in location
    assert dict(pairs)["iss"] == "http://127.0.0.1:8080"
    return dict(pairs)


def refused(reply: Reply, error: str, status: int = 400) -> str:
    """The description of a refusal in the form of RFC 6749."""
    assert (reply.status, reply.json["error"]) == (status, error), reply
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["cache-control"] == "no-store"
    description = reply.json["error_description"]
    assert re.fullmatch(r"[ !#-\[\]-~]{20,}", description), description
    return description


def tokens(reply: Reply) -> Tokens:
    assert reply.status == 200, reply
    return Tokens(reply.json["access_token"], reply.json["refresh_token"], reply.json["scope"])


def hidden(page: Reply) -> dict[str, str]:
    assert page.status == 200, page
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.body.decode())
    return {html.unescape(name): html.unescape(value) for name, value in found}


def is_error_page(reply: Reply) -> bool:
    """A 400 page that leads nowhere."""
    return reply.status == 400 and reply.headers["content-type"] == "text/html" and "location" not in reply.headers


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
