"""What RFC 6749 and RFC 7636 ask of a server, held by direct requests; each test names its sections."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from tests.foreign.client import Reply, ask, ask_for_tokens
from tests.foreign.deployment import Deployment

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def test_a_code_becomes_a_token_with_the_scope_asked_for_once(deployment: Deployment) -> None:
    """RFC 6749 sections 4.1.2 to 4.1.4, 5.1; the product document, OAuth 2.0."""
    app = deployment.document["clients"][0]
    code = _code(deployment, app, scope="read write")
    got = _redeem(deployment, app, code)
    assert (got.status, got.headers["cache-control"], got.headers["pragma"]) == (200, "no-store", "no-cache")
    assert (got.json["token_type"].lower(), got.json["scope"]) == ("bearer", "read write")
    token = got.json["access_token"]
    statuses = [ask(deployment, "GET", f"/api/v1/{path}", token).status for path in ("events", "webhooks")]
    assert statuses == [200, 403]
    again = _redeem(deployment, app, code)
    assert (again.status, again.json["error"]) == (400, "invalid_grant")
    assert ask(deployment, "GET", "/api/v1/me", f"{token}x").status == 401


def test_a_client_authenticates_in_the_form_or_by_basic_and_in_no_other_way(deployment: Deployment) -> None:
    """RFC 6749 sections 2.3.1, 5.2."""
    app = deployment.document["clients"][0]
    basic = {"Authorization": "Basic " + base64.b64encode(f"{app['id']}:{app['secret']}".encode()).decode()}
    form = {"grant_type": "authorization_code", "redirect_uri": app["uris"][0]}
    assert ask_for_tokens(deployment, basic, code=_code(deployment, app), **form).status == 200
    wrong = {"Authorization": "Basic " + base64.b64encode(f"{app['id']}:no".encode()).decode()}
    refused = ask_for_tokens(deployment, wrong, code=_code(deployment, app), **form)
    assert (refused.status, refused.json["error"]) == (401, "invalid_client")
    assert refused.headers["www-authenticate"].startswith("Basic ")
    for secret in (app["secret"][:-1], app["secret"] + "x", app["secret"][:8], ""):
        got = ask_for_tokens(deployment, client_id=app["id"], client_secret=secret, code=_code(deployment, app), **form)
        assert (got.status, got.json["error"]) == (401, "invalid_client")


def test_a_code_is_good_for_its_client_its_uri_and_its_verifier(deployment: Deployment) -> None:
    """RFC 6749 section 4.1.3, RFC 7636 sections 4.3 to 4.6."""
    app, other = deployment.document["clients"][:2]
    assert _redeem(deployment, other, _code(deployment, app)).json["error"] == "invalid_grant"
    assert (
        _redeem(deployment, app, _code(deployment, app), redirect_uri="https://x.example/").json["error"]
        == "invalid_grant"
    )
    challenged: dict[str, str] = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    for verifier in (None, CHALLENGE, VERIFIER[:-1] + "x", VERIFIER + "x"):
        sent = {} if verifier is None else {"code_verifier": verifier}
        assert _redeem(deployment, app, _code(deployment, app, **challenged), **sent).json["error"] == "invalid_grant"
    assert _redeem(deployment, app, _code(deployment, app, **challenged), code_verifier=VERIFIER).status == 200
    unknown = _led(_authorize(deployment, app, code_challenge=CHALLENGE, code_challenge_method="S512"))
    assert unknown["error"] == "invalid_request"


def test_nobody_is_led_to_an_address_that_is_not_registered(deployment: Deployment) -> None:
    """RFC 6749 sections 3.1.2.4, 4.1.2.1."""
    app = deployment.document["clients"][0]
    uri = app["uris"][0]
    for wrong in (f"{uri}x", f"{uri}&x=1", uri.upper(), uri.partition("?")[0] + "/", "https://evil.example/", uri[:-1]):
        answer = _authorize(deployment, app, redirect_uri=wrong)
        assert (answer.status, "location" in answer.headers) == (400, False), wrong
    answer = _authorize(deployment, app | {"id": "nobody"})
    assert (answer.status, "location" in answer.headers) == (400, False)


def test_what_else_is_wrong_is_told_to_the_app_with_its_state_as_it_was(deployment: Deployment) -> None:
    """RFC 6749 section 4.1.2.1; parameters without a value are as good as absent, section 3.1."""
    app = deployment.document["clients"][0]
    state = "a+b c&d=e%\u00e9\"'"
    for changed, error in [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": ""}, "invalid_request"),
        ({"scope": "nothing"}, "invalid_scope"),
    ]:
        led = _led(_authorize(deployment, app, state=state, **changed))
        assert (led["error"], led["state"]) == (error, state)
    led = _led(_authorize(deployment, app, state=state, unknown="1"))
    assert (led["state"], "code" in led) == (state, True)
    assert "state" not in _led(_authorize(deployment, app))


def test_the_token_endpoint_tells_what_is_wrong(deployment: Deployment) -> None:
    """RFC 6749 section 5.2; the endpoint takes POST, section 3.2."""
    app = deployment.document["clients"][0]
    own = {"client_id": app["id"], "client_secret": app["secret"]}
    assert ask_for_tokens(deployment, **own).json["error"] == "invalid_request"
    assert ask_for_tokens(deployment, grant_type="password", **own).json["error"] == "unsupported_grant_type"
    assert ask_for_tokens(deployment, grant_type="authorization_code", code="x", **own).json["error"] == "invalid_grant"
    by_query = ask(deployment, "GET", f"/oauth/token?{urlencode(own)}")
    assert by_query.status == 405


def test_a_refresh_may_only_narrow_and_is_its_clients(deployment: Deployment) -> None:
    """RFC 6749 section 6, where there are refresh tokens at all."""
    app, other = deployment.document["clients"][:2]
    got = _redeem(deployment, app, _code(deployment, app, scope="read webhooks")).json
    if "refresh_token" not in got:
        return
    form = {"grant_type": "refresh_token", "refresh_token": got["refresh_token"]}
    own = form | {"client_id": app["id"], "client_secret": app["secret"]}
    assert ask_for_tokens(deployment, **own, scope="read write").json["error"] == "invalid_scope"
    narrowed = ask_for_tokens(deployment, **own, scope="read").json
    assert ask(deployment, "GET", "/api/v1/webhooks", narrowed["access_token"]).status == 403
    foreign = form | {"client_id": other["id"], "client_secret": other["secret"]}
    assert ask_for_tokens(deployment, **foreign).json["error"] == "invalid_grant"


def _authorize(deployment: Deployment, app: dict[str, Any], **changed: str) -> Reply:
    asked = {"response_type": "code", "client_id": app["id"], "redirect_uri": app["uris"][0], "scope": "read"} | changed
    return ask(deployment, "GET", f"/oauth/authorize?{urlencode(asked, quote_via=quote)}")


def _led(answer: Reply) -> dict[str, str]:
    assert answer.status == 302
    return dict(parse_qsl(answer.headers["location"].partition("?")[2]))


def _code(deployment: Deployment, app: dict[str, Any], **changed: str) -> str:
    return _led(_authorize(deployment, app, **changed))["code"]


def _redeem(deployment: Deployment, app: dict[str, Any], code: str, **changed: str) -> Reply:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": app["uris"][0], "client_id": app["id"]}
    return ask_for_tokens(deployment, **(form | {"client_secret": app["secret"]} | changed))
