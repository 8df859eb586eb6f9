"""Which redirect URIs may be registered, which match, and how an answer is put into one (laws OAUTH 2 and 3)."""

from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.auth.oauth.redirects import answered, check_redirect_uri, form_action, matches

PORTS = st.integers(1, 65535)
LOOPBACK = st.sampled_from(["127.0.0.1", "[::1]"])
REST = st.sampled_from(["", "/", "/callback", "?x=1", "/a/b?x=1&y=2"])
URIS = [
    "https://app.example/callback",
    "http://127.0.0.1/callback",
    "http://localhost/callback",
    "com.example.app:/callback",
    "https://app.example:8443/a?b=c&d=e",
    "https://app.example",
]


@given(LOOPBACK, REST, st.one_of(st.none(), PORTS), st.one_of(st.none(), PORTS))
def test_oauth_2_any_port_of_a_loopback_address_is_as_good_as_another(host, rest, registered, asked):
    first, second = (f"http://{host}{f':{port}' if port else ''}{rest}" for port in (registered, asked))
    assert matches(first, second, development=False)


@given(st.one_of(st.none(), PORTS), st.one_of(st.none(), PORTS), st.booleans())
def test_oauth_2_the_port_of_localhost_is_free_for_development_clients_alone(registered, asked, development):
    first, second = (f"http://localhost{f':{port}' if port else ''}/callback" for port in (registered, asked))
    assert matches(first, second, development=development) == (development or first == second)


@given(st.sampled_from(URIS), st.text(max_size=60), st.booleans())
def test_oauth_2_any_other_text_is_another_place(registered, text, development):
    assert matches(registered, registered, development=development)
    for other in (text, registered + text, text + registered):
        assert other == registered or not matches(registered, other, development=development)


@pytest.mark.parametrize(
    "asked",
    [
        "http://127.0.0.1:0/callback",
        "http://127.0.0.1:65536/callback",
        "http://127.0.0.1:99999/callback",
        "http://127.0.0.1:080/callback",
        "http://127.0.0.1:/callback",
        "http://127.0.0.1:٣/callback",
        "http://127.0.0.1:80@evil.example/callback",
        "http://127.0.0.1:80\\@evil.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://127.0.0.1:80/callback#",
        "http://127.0.0.1:80/callback\n",
        "http://127.0.0.1:80/Callback",
        "HTTP://127.0.0.1:80/callback",
        "https://127.0.0.1:80/callback",
        "http://[::1]:80/callback",
        "http://localhost:80/callback",
        "http://127.1:80/callback",
        "http://0x7f000001:80/callback",
    ],
)
def test_oauth_2_what_only_looks_like_the_loopback_address_is_none(asked):
    assert not matches("http://127.0.0.1/callback", asked, development=True)


@pytest.mark.parametrize("uri", URIS)
def test_what_leads_to_an_app_may_be_registered(uri):
    check_redirect_uri(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/callback",
        "app.example/callback",
        "https:///callback",
        "https://",
        "https://user@app.example/",
        "https://app.example:0/",
        "https://app.example:99999/",
        "https://app.example/#fragment",
        "https://app.example/ x",
        "https://app.example/é",
        'https://app.example/"',
        "https://app.example/<",
        "https://app.example/\r\nx",
        "https://[::1/",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "https://app.example/" + "x" * 2048,
    ],
)
def test_what_leads_to_none_may_not(uri):
    with pytest.raises(ValueError, match=r"^(?:is|has|leads|needs) "):
        check_redirect_uri(uri)


@given(st.sampled_from(URIS), st.lists(st.tuples(st.sampled_from(["code", "state", "error"]), st.binary(max_size=20))))
def test_oauth_3_an_answer_adds_to_the_query_and_leaves_the_rest_as_it_is(uri, parameters):
    location = answered(uri, parameters)
    assert location.startswith(uri)
    assert location.isascii()
    assert location.isprintable()
    before = parse_qsl(urlsplit(uri).query, encoding="latin-1")
    after = parse_qsl(urlsplit(location).query, keep_blank_values=True, encoding="latin-1")
    assert after == before + [(name, value.decode("latin-1")) for name, value in parameters]
    assert all(value in unquote_to_bytes(location) for _, value in parameters)


@pytest.mark.parametrize("uri", URIS)
def test_oauth_6_a_source_for_the_policy_is_one_word_without_a_semicolon(uri):
    source = form_action(uri)
    assert uri.startswith(source)
    assert not set(source) & set(" ;,'")
