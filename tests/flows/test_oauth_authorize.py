"""What the authorization endpoint takes and refuses, and where it sends the browser (laws OAUTH 1 to 5, and 12)."""

import re
from urllib.parse import quote, quote_from_bytes, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.flows.oauth import (
    AUTHORIZE,
    CALLBACK,
    ELSEWHERE,
    Flow,
    answer,
    asking,
    challenge,
    hidden,
    is_error_page,
    tokens,
)

EVIL = ['"', "\\", "é", "\r\nLocation: https://evil.example/", "\0", "<script>alert(1)</script>", "x" * 6000, "\ud7ff"]


def error(reply, uri: str = CALLBACK) -> str:
    given = answer(reply, uri)
    assert "code" not in given
    assert re.fullmatch(r"[ !#-\[\]-~]{20,}", given["error_description"])
    return given["error"]


@pytest.mark.parametrize("part", EVIL)
@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_oauth_1_a_client_or_redirect_uri_with_anything_odd_in_it_is_a_page(flow, name, part):
    for value in (part, asking()[name] + part, part + asking()[name]):
        reply = flow.ask({name: value})
        assert is_error_page(reply)
        assert "<script" not in reply.body.decode()
        assert "evil.example" not in reply.body.decode()


def test_oauth_1_a_redirect_uri_of_8_kb_is_refused_for_the_length_of_the_url(flow):
    reply = flow.ask(redirect_uri=CALLBACK + "/" * 8192)
    assert (reply.status, reply.code) == (414, "uri_too_long")


@given(st.sampled_from(["client_id", "redirect_uri"]), st.text(max_size=60))
def test_oauth_1_any_other_text_is_a_page_and_is_not_repeated_as_markup(shared_flow: Flow, name, text):
    if text != asking()[name]:
        reply = shared_flow.ask({name: text})
        assert is_error_page(reply)
        page = shared_flow.ask({name: "nobody's"}).body.decode()
        assert "<" not in text or text in page or text not in reply.body.decode()


def test_oauth_1_missing_and_repeated_ones_are_pages(flow):
    for name in ("client_id", "redirect_uri"):
        assert is_error_page(flow.ask({name: None}))
        assert is_error_page(flow.ask({name: ""}))
        twice = urlencode([*asking().items(), (name, asking()[name])])
        assert is_error_page(flow.world.get(AUTHORIZE, query=twice))


def test_oauth_1_the_page_says_what_to_do_and_names_what_is_registered(flow):
    text = flow.ask(redirect_uri="https://evil.example/").body.decode()
    assert CALLBACK in text
    assert "redirect_uri" in text
    assert "client_id" in flow.ask(client_id="nobody").body.decode()


@given(st.integers(1, 65535), st.sampled_from(["", "/"]), st.sampled_from(["read", "write"]))
def test_oauth_2_the_port_of_127_0_0_1_is_free_and_nothing_else(shared_flow: Flow, port, ending, scope):
    uri = f"http://127.0.0.1:{port}/callback"
    assert shared_flow.ask(redirect_uri=uri, scope=scope).status == 200
    assert is_error_page(shared_flow.ask(redirect_uri=f"http://localhost:{port}/callback{ending}"))
    assert is_error_page(shared_flow.ask(redirect_uri=f"http://127.0.0.2:{port}/callback{ending}"))
    assert is_error_page(shared_flow.ask(redirect_uri=f"https://127.0.0.1:{port}/callback"))
    assert is_error_page(shared_flow.ask(redirect_uri=f"{uri}/{ending}"))


@given(st.data())
def test_oauth_2_any_change_of_a_byte_of_a_registered_uri_is_another_one(shared_flow: Flow, data):
    at = data.draw(st.integers(0, len(ELSEWHERE) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda each: each != ELSEWHERE[at]))
    assert is_error_page(shared_flow.ask(redirect_uri=ELSEWHERE[:at] + other + ELSEWHERE[at + 1 :]))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unsupported_response_type"),
        ({"scope": "read nothing"}, "invalid_scope"),
        ({"scope": "read  write"}, "invalid_scope"),
        ({"scope": "é"}, "invalid_scope"),
        ({"client_id": "reader"}, "invalid_scope"),
        ({"state": "s" * 2049}, "invalid_request"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request"),
    ],
)
def test_oauth_3_any_other_error_goes_to_the_app_with_state_and_issuer(flow, changed, expected):
    reply = flow.ask(changed)
    assert error(reply) == expected
    assert answer(reply)["state"] == changed.get("state", "xyz")
    assert reply.headers["cache-control"] == "no-store"
    assert reply.body == b""


def test_oauth_3_the_query_of_the_redirect_uri_stays(flow):
    assert error(flow.ask(redirect_uri=ELSEWHERE, scope="nothing"), ELSEWHERE) == "invalid_scope"
    page = flow.ask(redirect_uri=ELSEWHERE)
    assert answer(flow.decide(page), ELSEWHERE)["code"]


@given(st.sampled_from(["response_type", "scope", "state", "code_challenge", "code_challenge_method"]))
def test_oauth_4_a_repeated_parameter_is_refused(shared_flow: Flow, name):
    parameters = asking() | challenge()
    for second in (parameters[name], "other", ""):
        reply = shared_flow.world.get(AUTHORIZE, query=urlencode([*parameters.items(), (name, second)]))
        assert error(reply) == "invalid_request"
        assert answer(reply).get("state") == (None if name == "state" else "xyz")


@given(st.dictionaries(st.text(min_size=1, max_size=20), st.text(max_size=20), max_size=3))
def test_oauth_4_unknown_parameters_are_ignored(shared_flow: Flow, unknown):
    known = asking() | challenge()
    others = [(name, value) for name, value in unknown.items() if name not in known]
    query = urlencode([*asking().items(), *others, *others])
    assert shared_flow.world.get(AUTHORIZE, query=query).status == 200


@given(st.binary(max_size=60))
def test_oauth_4_the_state_goes_back_byte_for_byte_allowed_denied_or_refused(shared_flow: Flow, state):
    """Whether it is text or not: what is not UTF-8 is refused, and goes back all the same."""
    query = urlencode(asking() | {"state": state})
    reply = shared_flow.world.get(AUTHORIZE, query=query)
    try:
        state.decode()
    except UnicodeDecodeError:
        assert error(reply) == "invalid_request"
        replies = [reply]
    else:
        replies = [
            shared_flow.decide(shared_flow.world.get(AUTHORIZE, query=query), each) for each in ("allow", "deny")
        ]
        replies.append(shared_flow.world.get(AUTHORIZE, query=query.replace("read+write", "nothing")))
    for each in replies:
        assert answer(each)["state"].encode("latin-1") == state
        assert f"&state={quote_from_bytes(state, safe='')}&" in each.headers["location"]


def test_oauth_4_an_absent_state_stays_absent(flow):
    assert "state" not in answer(flow.decide(flow.ask(state=None)))
    assert "state" not in answer(flow.decide(flow.ask(state=None), "deny"))
    assert "state" not in answer(flow.ask(state=None, scope="nothing"))


@pytest.mark.parametrize(
    "sent",
    [
        {"code_challenge": challenge()["code_challenge"]},
        {"code_challenge": challenge()["code_challenge"], "code_challenge_method": "plain"},
        {"code_challenge": challenge()["code_challenge"], "code_challenge_method": "s256"},
        {"code_challenge_method": "S256"},
        {"code_challenge": "a" * 42, "code_challenge_method": "S256"},
        {"code_challenge": "a" * 44, "code_challenge_method": "S256"},
        {"code_challenge": "a" * 42 + "~", "code_challenge_method": "S256"},
        {"code_challenge": "a" * 43 + "\n", "code_challenge_method": "S256"},
    ],
)
@pytest.mark.parametrize("client", ["app", "pub"])
def test_oauth_5_half_a_challenge_plain_and_a_wrong_form_are_refused(flow, client, sent):
    assert error(flow.ask(sent, client_id=client)) == "invalid_request"


def test_oauth_5_a_public_client_must_send_a_challenge_and_a_confidential_one_may(flow):
    assert error(flow.ask(client_id="pub")) == "invalid_request"
    assert flow.ask(challenge(), client_id="pub").status == 200
    assert flow.ask(challenge()).status == 200
    assert flow.ask().status == 200


def test_oauth_5_the_strict_profile_demands_a_challenge_of_everybody(flow):
    flow.world.sandbox.oauth.pkce_required = True
    assert error(flow.ask()) == "invalid_request"
    assert flow.ask(challenge()).status == 200


@given(st.lists(st.sampled_from(["read", "write", "webhooks", "admin", "nothing"]), min_size=1, max_size=5))
def test_oauth_12_what_is_granted_is_what_was_asked_for_and_the_client_may_have(shared_flow: Flow, asked):
    for client, may in (("app", {"read", "write", "webhooks", "admin"}), ("reader", {"read"})):
        reply = shared_flow.ask(client_id=client, scope=" ".join(asked))
        if set(asked) <= may:
            code = answer(shared_flow.decide(reply))["code"]
            granted = tokens(shared_flow.redeem(code, client_id=client)).scope
            assert granted.split() == list(dict.fromkeys(asked))
        else:
            assert error(reply) == "invalid_scope"


def test_oauth_12_without_a_scope_it_is_all_that_the_client_may_have(flow, contract):
    assert flow.tokens(scope=None).scope.split() == list(contract.scopes)
    assert flow.tokens(scope="").scope.split() == list(contract.scopes)
    page = flow.ask(scope=None, client_id="reader")
    assert tokens(flow.redeem(answer(flow.decide(page))["code"], client_id="reader")).scope == "read"


def test_the_example_of_the_product_document_works_as_it_stands(flow):
    """`scope=read write` with a space that a browser encodes one way or the other, and a secret in the form."""
    for space in ("%20", "+"):
        uri = quote(CALLBACK, safe="")
        link = f"{AUTHORIZE}?client_id=app&redirect_uri={uri}&response_type=code&scope=read{space}write&state=R"
        page = flow.world.get(link)
        assert hidden(page)["scope"] == "read write"
        assert tokens(flow.redeem(answer(flow.decide(page))["code"])).scope == "read write"
