"""Anything at all at the OAuth endpoints: no 5xx, no markup of the sender's, no redirect to what isn't registered."""

import json
from urllib.parse import parse_qs, quote_from_bytes, urlsplit

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.flows.oauth import (
    AUTHORIZE,
    CALLBACK,
    ELSEWHERE,
    FORM,
    METADATA,
    REVOKE,
    SECRET,
    TOKEN,
    Flow,
    asking,
    challenge,
    hidden,
)

NAMES = [
    *asking(),
    *challenge(),
    "grant_type",
    "code",
    "code_verifier",
    "refresh_token",
    "client_secret",
    "token",
    "token_type_hint",
    "ticket",
    "decision",
    "prompt",
    "<script>alert(1)</script>",
]
GOOD = [
    "code",
    "app",
    "pub",
    CALLBACK,
    ELSEWHERE,
    SECRET,
    "authorization_code",
    "refresh_token",
    "read write",
    "S256",
    challenge()["code_challenge"],
    "allow",
    "deny",
]
ODD = [
    '"><script>alert(1)</script>',
    "'\"><img src=x onerror=alert(1)>",
    "\r\nLocation: https://evil.example/\r\n\r\n",
    "https://evil.example/",
    "//evil.example",
    "http://127.0.0.1@evil.example/callback",
    "http://127.0.0.1:80@evil.example/callback",
    "http://127.0.0.1:5001/callback#https://evil.example",
    "javascript:alert(1)",
    "\0",
    "é",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "x" * 3000,
    " " * 400,
    "{{7*7}}",
    "%00%0d%0a",
]
value = st.one_of(st.sampled_from(GOOD), st.sampled_from(ODD), st.text(max_size=40)).map(str.encode) | st.binary(
    max_size=40
)
pair = st.tuples(st.sampled_from(NAMES).map(str.encode), value)
# Half of the parameters are as they should be, so that requests get further than the first check.
sound = st.sampled_from([[], list(asking().items()), list((asking() | challenge()).items())])
parameters = st.builds(
    lambda good, other: [(n.encode(), v.encode()) for n, v in good] + other, sound, st.lists(pair, max_size=6)
)
authorization = st.sampled_from([None, "Basic", "Basic YXBwOng=", "Basic /w==", "Bearer x", "\xff", "Digest x"])


def encode(pairs: list[tuple[bytes, bytes]]) -> str:
    return "&".join(f"{quote_from_bytes(n)}={quote_from_bytes(v)}" for n, v in pairs)


def check(reply, *, html: bool) -> None:
    assert reply.status in (200, 303, 400, 401, 414, 415), reply
    assert "\r" not in str(reply.headers)
    assert "\n" not in str(list(reply.headers.values()))
    text = reply.body.decode()
    assert "<script" not in text
    assert "<img" not in text
    location = reply.headers.get("location")
    if location is not None:
        assert reply.status == 303
        assert location.isascii()
        parts = urlsplit(location)
        registered = {urlsplit(CALLBACK).netloc, urlsplit(ELSEWHERE).netloc}
        assert parts.hostname in {urlsplit(f"//{each}").hostname for each in registered}
        assert parts.path in ("/callback", "/return")
        assert parts.fragment == ""
        assert len(parse_qs(parts.query)["iss"]) == 1
    elif html or reply.status in (414, 415):
        assert reply.headers["content-type"] in ("text/html", "application/problem+json")
        assert reply.headers["cache-control"] == "no-store"
    elif reply.body:
        assert "error_description" in json.loads(reply.body)


@settings(max_examples=300)
@given(parameters)
@example([(n.encode(), v.encode()) for n, v in asking().items()] + [(b"redirect_uri", b"https://evil.example")])
def test_oauth_1_any_query_at_all(shared_flow: Flow, pairs):
    reply = shared_flow.world.get(AUTHORIZE, query=encode(pairs))
    check(reply, html=True)


@settings(max_examples=300)
@given(parameters, st.sampled_from([TOKEN, REVOKE]), authorization)
def test_oauth_7_any_form_at_all(shared_flow: Flow, pairs, path, header):
    headers = {"authorization": header} if header else {}
    check(shared_flow.world.post(path, body=encode(pairs).encode(), media_type=FORM, headers=headers), html=False)


@settings(max_examples=150)
@given(parameters, st.sampled_from(["allow", "deny"]))
def test_oauth_6_any_change_of_the_consent_form(shared_flow: Flow, pairs, decision):
    fields = list({**hidden(shared_flow.ask()), "decision": decision}.items())
    body = encode([*((n.encode(), v.encode()) for n, v in fields), *pairs])
    check(shared_flow.world.post(AUTHORIZE, body=body.encode(), media_type=FORM), html=True)


@settings(max_examples=200)
@given(st.binary(max_size=200), st.sampled_from([AUTHORIZE, TOKEN, REVOKE]))
def test_oauth_7_any_bytes_at_all_as_a_body(shared_flow: Flow, body, path):
    check(shared_flow.world.post(path, body=body, media_type=FORM), html=path == AUTHORIZE)


@given(st.binary(max_size=60))
def test_oauth_1_any_bytes_at_all_as_a_query(shared_flow: Flow, query):
    """As far as HTTP lets them through: what a URL can't hold never gets here."""
    text = "".join(chr(each) for each in query if 33 <= each < 127 and each not in b"#")
    check(shared_flow.world.get(AUTHORIZE, query=text), html=True)
    assert shared_flow.world.get(METADATA, query="").status == 200
