"""Independent clients finish the flow against a real server, which they discover from its metadata."""

import json
import re
import urllib.request
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode

import pytest
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url
from oauthlib.oauth2 import InvalidGrantError
from requests_oauthlib import OAuth2Session

from tests.e2e.server import Running, run, serving

CALLBACK = "http://127.0.0.1:5001/callback"


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("oauth"), "--rate-limits", "off") as running:
        yield running


@pytest.fixture(autouse=True)
def insecure(monkeypatch):
    """Both refuse plain http unless they are told that it is meant."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")


def metadata(server: Running) -> dict[str, str]:
    with urllib.request.urlopen(server.ready["oauth"]["metadata_url"]) as answer:
        return json.load(answer)


def client(server: Running, identifier: str) -> tuple[str, str | None]:
    found = next(each for each in server.ready["oauth"]["clients"] if each["client_id"] == identifier)
    return identifier, found["client_secret"]


def consent(server: Running, url: str, decision: str = "allow") -> str:
    """What a browser does: the page, the form, and where it is sent."""
    path = url.removeprefix(server.ready["root_url"])
    page = server.request("GET", path)
    assert page.status == 200, page
    found = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page.body.decode())
    fields = {unescape(name): unescape(value) for name, value in found} | {"decision": decision}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = server.request("POST", path.partition("?")[0], body=urlencode(fields).encode(), headers=form)
    assert reply.status == 303, reply
    return reply.headers["location"]


@pytest.mark.parametrize("method", ["client_secret_post", "client_secret_basic"])
def test_authlibs_client_finishes_the_flow_with_a_secret(server, method):
    stated = metadata(server)
    AuthorizationServerMetadata(stated)
    assert method in stated["token_endpoint_auth_methods_supported"]
    identifier, secret = client(server, "demo_app")
    with AuthlibSession(
        identifier, secret, scope="read write", redirect_uri=CALLBACK, token_endpoint_auth_method=method
    ) as session:
        url, state = session.create_authorization_url(stated["authorization_endpoint"])
        back = consent(server, url)
        token = session.fetch_token(stated["token_endpoint"], authorization_response=back, state=state)
        assert token["scope"] == "read write"
        assert session.get(f"{server.ready['base_url']}/me").json()["auth_method"] == "oauth"
        renewed = session.refresh_token(stated["token_endpoint"])
        assert renewed["access_token"] != token["access_token"]
        assert session.get(f"{server.ready['base_url']}/events").status_code == 200
        session.revoke_token(stated["revocation_endpoint"], renewed["refresh_token"], token_type_hint="refresh_token")
        session.token = renewed
        assert session.get(f"{server.ready['base_url']}/me").status_code == 401


def test_authlib_discovers_a_sandbox_by_its_issuer_and_finishes_the_flow_there(server):
    made = server.request("POST", "/_sandbox/sandboxes", body=b'{"name": "issuer"}').json
    with urllib.request.urlopen(get_well_known_url(made["root_url"], external=True)) as answer:
        stated = json.load(answer)
    AuthorizationServerMetadata(stated).validate_issuer()
    assert stated["issuer"] == made["root_url"]
    app = made["oauth"]["clients"][0]
    with AuthlibSession(app["client_id"], app["client_secret"], scope="read", redirect_uri=CALLBACK) as session:
        url, state = session.create_authorization_url(stated["authorization_endpoint"])
        session.fetch_token(stated["token_endpoint"], authorization_response=consent(server, url), state=state)
        assert session.get(f"{made['base_url']}/me").json()["auth_method"] == "oauth"


def test_authlibs_client_finishes_the_flow_with_pkce_and_no_secret(server):
    stated, verifier = metadata(server), "v" * 64
    identifier, _ = client(server, "demo_public")
    assert "S256" in stated["code_challenge_methods_supported"]
    with AuthlibSession(
        identifier,
        scope="read",
        redirect_uri=CALLBACK,
        token_endpoint_auth_method="none",
        code_challenge_method="S256",
    ) as session:
        url, state = session.create_authorization_url(stated["authorization_endpoint"], code_verifier=verifier)
        back = consent(server, url)
        token = session.fetch_token(
            stated["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
        )
        assert token["scope"] == "read"
        assert session.get(f"{server.ready['base_url']}/me").json()["scopes"] == ["read"]


@pytest.mark.parametrize(("identifier", "pkce"), [("demo_app", None), ("demo_app", "S256"), ("demo_public", "S256")])
def test_requests_oauthlib_finishes_the_flow(server, identifier, pkce):
    stated = metadata(server)
    _, secret = client(server, identifier)
    with OAuth2Session(identifier, scope=["read", "write"], redirect_uri=CALLBACK, pkce=pkce) as session:
        url, _ = session.authorization_url(stated["authorization_endpoint"])
        back = consent(server, url)
        token = session.fetch_token(
            stated["token_endpoint"], authorization_response=back, client_secret=secret, include_client_id=True
        )
        assert token["scope"] == ["read", "write"]
        assert session.get(f"{server.ready['base_url']}/bookings").status_code == 200
        renewed = session.refresh_token(
            stated["token_endpoint"], client_id=identifier, **({"client_secret": secret} if secret else {})
        )
        assert renewed["refresh_token"] != token["refresh_token"]
        with pytest.raises(InvalidGrantError, match="used before"):
            session.refresh_token(
                stated["token_endpoint"],
                refresh_token=token["refresh_token"],
                client_id=identifier,
                **({"client_secret": secret} if secret else {}),
            )


def test_requests_oauthlib_authenticates_by_basic_as_it_does_by_itself(server):
    stated = metadata(server)
    for identifier in ("demo_app", "demo_public"):
        with OAuth2Session(identifier, scope="read", redirect_uri=CALLBACK, pkce="S256") as session:
            url, _ = session.authorization_url(stated["authorization_endpoint"])
            secret = client(server, identifier)[1]
            token = session.fetch_token(
                stated["token_endpoint"], authorization_response=consent(server, url), client_secret=secret
            )
            assert token["token_type"] == "Bearer"


def test_a_denial_reaches_the_client_as_what_it_is(server):
    from oauthlib.oauth2 import AccessDeniedError

    stated = metadata(server)
    with OAuth2Session("demo_app", scope="read", redirect_uri=CALLBACK) as session:
        url, _ = session.authorization_url(stated["authorization_endpoint"])
        with pytest.raises(AccessDeniedError):
            session.fetch_token(stated["token_endpoint"], authorization_response=consent(server, url, "deny"))


def test_oauth_14_the_issuer_follows_the_host_that_was_asked_if_it_is_a_known_one(server):
    path = server.ready["oauth"]["metadata_url"].removeprefix(server.ready["root_url"])
    for host, issuer in (("localhost:9", "http://localhost:9"), ("evil.example", server.ready["root_url"])):
        stated = server.request("GET", path, headers={"Host": host}).json
        assert stated["issuer"] == issuer
        assert stated["token_endpoint"].startswith(f"{issuer}/")


def test_the_flags_name_clients_demand_pkce_and_answer_for_the_user(tmp_path):
    flags = ("--oauth-client", "mine:a=b==https://app.example/cb,com.example:/cb", "--oauth-client", f"open={CALLBACK}")
    with serving(tmp_path, *flags, "--pkce", "required", "--oauth-consent", "auto") as server:
        listed = {each["client_id"]: each for each in server.ready["oauth"]["clients"]}
        assert list(listed) == ["demo_app", "demo_public", "mine", "open"]
        assert listed["mine"]["client_secret"] == "a=b="
        assert listed["mine"]["redirect_uris"] == ["https://app.example/cb", "com.example:/cb"]
        assert listed["open"]["client_secret"] is None
        asked = {"response_type": "code", "client_id": "mine", "redirect_uri": "com.example:/cb", "scope": "read"}
        path = "/oauth/authorize?"
        strict = server.request("GET", path + urlencode(asked)).headers["location"]
        assert strict.startswith("com.example:/cb?error=invalid_request&")
        pkce = {"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"}
        given = server.request("GET", path + urlencode(asked | pkce)).headers["location"]
        assert given.startswith("com.example:/cb?code=")
        assert listed["demo_app"]["client_secret"] in server.said()


def test_on_any_bind_but_loopback_the_demo_secret_is_random(tmp_path):
    with serving(tmp_path, "--host", "0.0.0.0") as server:
        secret = client(server, "demo_app")[1]
        assert secret is not None
        assert len(secret) > 40
        assert "scs_demo_app" not in server.said()
        assert secret in server.said()


@pytest.mark.parametrize(
    "flag",
    ["nothing", "=http://127.0.0.1/", "a:=http://127.0.0.1/", "é=http://127.0.0.1/", "a=x", "a=https:///x", "a=data:x"],
)
def test_a_client_that_cannot_be_is_one_clear_line_and_exit_code_2(tmp_path, flag):
    ended = run("serve", "--port", "0", "--oauth-client", flag, folder=tmp_path)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1), ended.stderr
    assert "--oauth-client" in ended.stderr or "client id" in ended.stderr
