"""The page that asks a person, and the form that it sends (law OAUTH 6)."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api.calls import owned
from tests.flows.oauth import AUTHORIZE, CALLBACK, ELSEWHERE, Flow, answer, asking, challenge, hidden, is_error_page
from tests.flows.oauth import tokens as tokens_of

VOID = {"meta", "input", "link", "br", "hr", "img"}


class Tags(HTMLParser):
    """The elements of a page, which have to be closed in the order in which they were opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag


def test_oauth_6_the_page_names_the_app_the_account_and_each_scope_in_the_contracts_words(flow, contract):
    text = flow.ask(scope="read webhooks").body.decode()
    (account,) = owned(flow.world, "Account")
    words = contract.data["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]["scopes"]
    assert "The &lt;App&gt; &amp; Sons" in text
    assert "<App>" not in text
    for shown in (account["name"], account["email"], words["read"], words["webhooks"], CALLBACK):
        assert shown in text
    assert words["write"] not in text


def test_oauth_6_the_page_can_be_used_by_everybody(flow):
    text = flow.ask().body.decode()
    found = Tags(text).found
    assert ("html", {"lang": "en"}) in found
    assert re.search("<title>.+</title>", text)
    assert [tag for tag, _ in found].count("h1") == 1
    assert [a["value"] for tag, a in found if tag == "button"] == ["allow", "deny"]
    assert all(a["type"] == "submit" for tag, a in found if tag == "button")
    assert not {"script", "img", "link", "iframe", "object"} & {tag for tag, _ in found}
    ids = {attributes["id"] for _, attributes in found if "id" in attributes}
    referred = {a[name] for _, a in found for name in ("aria-labelledby", "aria-describedby") if name in a}
    assert referred <= ids
    assert "prefers-color-scheme: dark" in text
    assert ":focus-visible" in text
    assert any(a.get("name") == "viewport" for _, a in found)


@pytest.mark.parametrize("changed", [{}, {"client_id": "nobody"}])
def test_oauth_6_pages_are_not_kept_not_framed_and_fetch_nothing(flow, changed):
    headers = flow.ask(changed).headers
    policy = headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy


@pytest.mark.parametrize(
    ("uri", "source"),
    [
        ("http://127.0.0.1:5001/callback", "http://127.0.0.1:5001"),
        ("https://app.example/return?from=smartcal", "https://app.example"),
        ("com.example.app:/callback", "com.example.app:"),
        ("http://[::1]:5001/callback", "http:"),
    ],
)
def test_oauth_6_the_form_leads_here_and_to_the_app_alone(flow, uri, source):
    flow.world.sandbox.oauth.clients.add("kinds", [uri], secret=None)
    policy = flow.ask(challenge(), client_id="kinds", redirect_uri=uri).headers["content-security-policy"]
    assert policy.endswith(f"; form-action 'self' {source}")


def test_oauth_6_allowing_gives_a_code_and_denying_gives_none(flow):
    allowed = answer(flow.decide(flow.ask()))
    assert allowed["code"].startswith(flow.world.contract.policy.secrets["authorization_code"])
    denied = answer(flow.decide(flow.ask(), "deny"))
    assert denied["error"] == "access_denied"
    assert "code" not in denied


def test_oauth_6_a_form_without_a_decision_gets_the_page_again(flow):
    again = flow.decide(flow.ask(), None)
    assert answer(flow.decide(again))["code"]
    assert answer(flow.decide(flow.decide(flow.ask(), "perhaps")))["code"]


def test_oauth_6_a_form_works_once(flow):
    page = flow.ask()
    assert answer(flow.decide(page))["code"]
    assert is_error_page(flow.decide(page))
    assert is_error_page(flow.decide(page, "deny"))


def test_oauth_6_a_form_waits_for_ten_minutes(flow):
    early, late = flow.ask(), flow.ask()
    flow.advance(599)
    assert answer(flow.decide(early))["code"]
    flow.advance(1)
    assert is_error_page(flow.decide(late))


@given(st.sampled_from(["client_id", "redirect_uri", "response_type", "scope", "code_challenge"]), st.text(max_size=50))
def test_oauth_6_a_form_that_was_changed_decides_nothing(shared_flow: Flow, name, text):
    page = shared_flow.ask(challenge())
    # An empty field counts as left out, which is a change, too.
    for value in (text, None, "read write admin", "pub", ELSEWHERE):
        if hidden(page)[name] != value:
            assert is_error_page(shared_flow.decide(page, **{name: value}))
    assert answer(shared_flow.decide(page))["code"]


@given(st.data())
def test_oauth_6_no_ticket_but_an_own_one_is_taken(shared_flow: Flow, data):
    page = shared_flow.ask()
    ticket = hidden(page)["ticket"]
    at = data.draw(st.integers(0, len(ticket) - 1))
    letter = data.draw(st.characters(codec="utf-8").filter(lambda each: each != ticket[at]))
    changed = ticket[:at] + letter + ticket[at + 1 :]
    for forged in (changed, data.draw(st.text()), ticket[:at], None):
        assert is_error_page(shared_flow.decide(page, ticket=forged))


def test_oauth_6_a_ticket_of_another_server_is_not_taken(flow, contract):
    from tests.flows.oauth import flow_of
    from tests.wire import open_world

    other = flow_of(open_world(contract))
    assert is_error_page(flow.decide(flow.ask(), ticket=hidden(other.ask())["ticket"]))


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"origin": "http://127.0.0.1:8080"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "null"}, False),
        ({"sec-fetch-site": "same-site", "origin": "null"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "http://127.0.0.1:9090"}, False),
    ],
)
def test_oauth_6_a_form_of_another_site_decides_nothing(flow, headers, taken):
    fields = {**hidden(flow.ask()), "decision": "allow"}
    reply = flow.post(AUTHORIZE, fields, headers=headers)
    assert (reply.status == 303) == taken
    assert taken or is_error_page(reply)


def test_oauth_6_a_repeated_field_decides_nothing(flow):
    fields = [*hidden(flow.ask()).items(), ("decision", "deny"), ("decision", "allow")]
    assert is_error_page(flow.post(AUTHORIZE, fields))


def test_oauth_6_a_client_that_is_gone_meanwhile_gets_nothing(flow):
    page = flow.ask()
    flow.world.sandbox.oauth.clients.add("app", ["https://moved.example/"], secret="x")
    assert is_error_page(flow.decide(page))


def test_oauth_6_another_content_type_is_415(flow):
    reply = flow.world.post(AUTHORIZE, body=b"{}", media_type="application/json")
    assert (reply.status, reply.code) == (415, "unsupported_media_type")


def test_oauth_6_for_tests_the_server_answers_without_a_page(flow):
    flow.world.sandbox.oauth.auto_consent = True
    given = answer(flow.ask())
    assert given["state"] == asking()["state"]
    assert tokens_of(flow.redeem(given["code"])).scope == "read write"
    assert answer(flow.ask(scope="nothing"))["error"] == "invalid_scope"
    assert is_error_page(flow.ask(redirect_uri="https://evil.example/"))


def test_oauth_6_no_origin_is_let_in_by_cors(flow):
    origin = {"origin": "http://localhost:3000"}
    for method in ("GET", "POST", "OPTIONS"):
        reply = flow.world.request(method, AUTHORIZE, headers=origin | {"access-control-request-method": "GET"})
        assert not [name for name in reply.headers if name.startswith("access-control")]
    assert "access-control-allow-origin" in flow.world.post("/oauth/token", headers=origin).headers
