"""What the token and revocation endpoints take and refuse (laws OAUTH 7 to 14)."""

from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.flows.oauth import (
    CALLBACK,
    ELSEWHERE,
    FORM,
    REVOKE,
    SECRET,
    TOKEN,
    VERIFIER,
    Flow,
    answer,
    basic,
    challenge,
    credentials,
    flow_of,
    refused,
    tokens,
)
from tests.wire import open_world

UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"


@pytest.mark.parametrize("path", [TOKEN, REVOKE])
def test_oauth_7_it_is_post_and_a_form_alone_and_never_kept(flow, path):
    for method in ("GET", "PUT", "DELETE", "PATCH", "HEAD"):
        reply = flow.world.request(method, path)
        assert (reply.status, reply.headers["allow"]) == (405, "POST")
        assert reply.headers["cache-control"] == "no-store"
    for media_type in ("application/json", "text/plain", "multipart/form-data; boundary=x", None):
        reply = flow.world.post(path, body=b"grant_type=refresh_token", media_type=media_type)
        assert (reply.status, reply.code) == (415, "unsupported_media_type")
        assert reply.headers["cache-control"] == "no-store"
    large = flow.world.post(path, body=b"x" * (1 << 20) + b"x", media_type=FORM)
    assert (large.status, large.headers["cache-control"]) == (413, "no-store")


@pytest.mark.parametrize(
    ("path", "name"),
    [(TOKEN, "client_secret"), (TOKEN, "code"), (TOKEN, "refresh_token"), (TOKEN, "code_verifier"), (REVOKE, "token")],
)
def test_oauth_7_nothing_secret_may_stand_in_the_query(flow, path, name):
    fields = {"grant_type": "refresh_token", "token": "x"} | credentials()
    reply = flow.post(f"{path}?{name}=x", fields)
    assert name in refused(reply, "invalid_request")


def test_oauth_7_two_ways_of_authenticating_are_one_too_many(flow):
    for path in (TOKEN, REVOKE):
        fields = {"grant_type": "refresh_token", "refresh_token": "x", "token": "x"}
        twice = flow.post(path, fields | credentials(), headers=basic("app", SECRET.replace(" ", "+")))
        refused(twice, "invalid_request")
        both = [*basic("app", "a").items(), *basic("app", "b").items()]
        refused(flow.post(path, fields, headers=both), "invalid_request")
        other = flow.post(path, fields | {"client_id": "rival"}, headers=basic("app", SECRET.replace(" ", "+")))
        refused(other, "invalid_request")


@given(st.data())
def test_oauth_7_a_repeated_parameter_is_refused(shared_flow: Flow, data):
    grant = {"grant_type": "authorization_code", "code": "x", "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    for path, fields in ((TOKEN, grant | {"scope": "read"}), (REVOKE, {"token": "x", "token_type_hint": "y"})):
        whole = list((fields | credentials()).items())
        name, value = data.draw(st.sampled_from(whole))
        second = data.draw(st.one_of(st.just(value), st.text(max_size=9)))
        at = data.draw(st.integers(0, len(whole)))
        reply = shared_flow.post(path, [*whole[:at], (name, second), *whole[at:]])
        assert name in refused(reply, "invalid_request")


@given(st.dictionaries(st.text(min_size=1).filter(lambda n: "_" not in n and n not in ("code", "scope")), st.text()))
def test_oauth_7_unknown_parameters_are_ignored(shared_flow: Flow, unknown):
    assume("token" not in unknown)
    fields = [*credentials().items(), ("token", "x"), *unknown.items(), *unknown.items()]
    assert shared_flow.post(REVOKE, fields).status == 200


def test_oauth_8_by_basic_the_client_is_the_same_and_form_encoded(flow):
    flow.world.sandbox.oauth.clients.add("odd id/é", [CALLBACK], secret="s:e+c r%t")
    headers = basic(quote_plus("odd id/é"), quote_plus("s:e+c r%t"))
    assert flow.revoke("x", client_id=None, client_secret=None).status == 401
    assert flow.post(REVOKE, {"token": "x"}, headers=headers).status == 200
    assert flow.post(REVOKE, {"token": "x"}, headers=basic("odd id/é", "s:e+c r%t")).status == 401
    assert flow.post(REVOKE, {"token": "x", "client_id": "pub"}, headers=basic("pub", "")).status == 200


@pytest.mark.parametrize(
    "sent",
    [
        {"client_id": None, "client_secret": None},
        {"client_id": "nobody"},
        {"client_id": "é"},
        {"client_id": "x" * 300},
        {"client_secret": None},
        {"client_secret": ""},
        {"client_secret": "wrong"},
        {"client_secret": SECRET + "\0"},
        {"client_secret": "é" * 200},
        {"client_id": "pub"},
    ],
)
def test_oauth_8_a_bad_client_is_401_and_changes_nothing(flow, sent):
    code = flow.code()
    for reply in (flow.redeem(code, **sent), flow.revoke("x", **sent), flow.refresh("x", **sent)):
        refused(reply, "invalid_client", 401)
        assert reply.headers["www-authenticate"].startswith("Basic realm=")
    assert flow.redeem(code).status == 200


@pytest.mark.parametrize(
    "value", ["Basic", "Basic ", "Basic é", "Basic !!!!", "basic YXBw", "Basic /w==", "Basic OnM="]
)
def test_oauth_8_a_malformed_basic_header_is_401(flow, value):
    reply = flow.post(TOKEN, {"grant_type": "refresh_token", "refresh_token": "x"}, headers={"authorization": value})
    refused(reply, "invalid_client", 401)


def test_oauth_8_keys_and_tokens_mean_nothing_here(flow):
    key = flow.world.key("admin")
    access = flow.tokens().access
    for bearer in (key, access, "wrong"):
        headers = {"authorization": f"Bearer {bearer}", "x-api-key": "wrong"}
        refused(flow.post(REVOKE, {"token": "x"}, headers=headers), "invalid_client", 401)
        assert flow.post(REVOKE, {"token": "x"} | credentials(), headers=headers).status == 200


def test_oauth_8_the_grant_type_comes_first(flow):
    refused(flow.post(TOKEN, {}), "invalid_request")
    refused(flow.world.post(TOKEN), "invalid_request")
    refused(flow.redeem(flow.code(), grant_type=None), "invalid_request")
    refused(flow.redeem(flow.code(), grant_type=""), "invalid_request")
    for other in ("password", "client_credentials", "AUTHORIZATION_CODE", "é"):
        refused(flow.redeem(flow.code(), grant_type=other), "unsupported_grant_type")


def test_oauth_8_what_the_grant_needs_must_be_there(flow):
    for name in ("code", "redirect_uri"):
        assert name in refused(flow.redeem(flow.code(), **{name: None}), "invalid_request")
    refused(flow.refresh("x", refresh_token=None), "invalid_request")
    refused(flow.revoke("x", token=None), "invalid_request")


@given(st.text(min_size=1, max_size=300))
def test_oauth_8_an_unknown_code_or_refresh_token_is_an_invalid_grant(shared_flow: Flow, text):
    refused(shared_flow.redeem(text), "invalid_grant")
    refused(shared_flow.refresh(text), "invalid_grant")


def test_oauth_8_a_code_of_another_client_or_redirect_uri_is_refused_and_stays_good(flow):
    code = flow.code()
    refused(flow.redeem(code, **credentials("rival", "another secret")), "invalid_grant")
    for other in (ELSEWHERE, CALLBACK + "/", "http://127.0.0.1:80/callback", "é"):
        refused(flow.redeem(code, redirect_uri=other), "invalid_grant")
    assert flow.redeem(code).status == 200


def test_oauth_8_the_port_that_was_asked_with_is_the_port_to_redeem_with(flow):
    uri = "http://127.0.0.1:5001/callback"
    code = answer(flow.decide(flow.ask(redirect_uri=uri)), uri)["code"]
    refused(flow.redeem(code), "invalid_grant")
    assert flow.redeem(code, redirect_uri=uri).status == 200


@given(st.text(UNRESERVED, min_size=43, max_size=128))
def test_oauth_10_any_verifier_of_the_right_form_that_meets_the_challenge_does(shared_flow: Flow, verifier):
    for client in (credentials(), credentials("pub", None)):
        code = shared_flow.code(**challenge(verifier), client_id=client["client_id"])
        assert shared_flow.redeem(code, code_verifier=verifier, **client).status == 200


@given(
    st.text(UNRESERVED, min_size=43, max_size=128), st.one_of(st.text(max_size=140), st.text(UNRESERVED, min_size=43))
)
def test_oauth_9_a_wrong_verifier_burns_the_code(shared_flow: Flow, verifier, wrong):
    assume(wrong != verifier)
    code = shared_flow.code(**challenge(verifier))
    refused(shared_flow.redeem(code, code_verifier=wrong), "invalid_grant")
    refused(shared_flow.redeem(code, code_verifier=verifier), "invalid_grant")


@given(
    st.one_of(
        st.text(UNRESERVED, min_size=1, max_size=42),
        st.text(UNRESERVED, min_size=129, max_size=200),
        st.builds(
            lambda good, odd: good + odd, st.text(UNRESERVED, min_size=43, max_size=60), st.sampled_from("\n +=/é")
        ),
    )
)
def test_oauth_10_a_verifier_of_another_form_fails_even_if_it_meets_the_challenge(shared_flow: Flow, verifier):
    code = shared_flow.code(**challenge(verifier))
    refused(shared_flow.redeem(code, code_verifier=verifier), "invalid_grant")


def test_oauth_10_a_verifier_without_a_challenge_and_a_challenge_without_a_verifier_fail(flow):
    for code, verifier in ((flow.code(), VERIFIER), (flow.code(**challenge()), None)):
        refused(flow.redeem(code, code_verifier=verifier), "invalid_grant")
        refused(flow.redeem(code, code_verifier=None if verifier else VERIFIER), "invalid_grant")


def test_oauth_7_the_answer_to_a_form_that_is_not_utf8_is_a_refusal(flow):
    fields = urlencode({"token": "x"} | credentials()).encode()
    for odd in (b"&token_type_hint=%ff", b"&%ff=1"):
        assert flow.world.post(REVOKE, body=fields + odd, media_type=FORM).status == 200
    refused(flow.world.post(REVOKE, body=fields.replace(b"token=x", b"token=%ff"), media_type=FORM), "invalid_request")


def test_oauth_8_a_client_kept_in_the_store_is_as_good(contract):
    flow = flow_of(open_world(contract))
    secret = flow.world.sandbox.oauth.clients.register("kept", [CALLBACK], public=False, scopes=["read"])
    code = flow.code(client_id="kept", scope=None)
    assert tokens(flow.redeem(code, client_id="kept", client_secret=secret)).scope == "read"
