"""Law AUTH 3, law SBX 6: nothing secret is in anything that the journal shows."""

import asyncio
import html
import json
import secrets
import shlex
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from smartcal_api.auth import Secrets, fingerprint
from smartcal_api.contract import Contract
from smartcal_api.contract.secrets import MASK
from smartcal_api.journal.document import Documents
from smartcal_api.journal.har import Archive
from smartcal_api.journal.masked import MaskedBodies
from smartcal_api.journal.masks import Masks
from smartcal_api.sandbox.creation import Creator, Wanted
from smartcal_api.sandbox.subscriptions import subscribe
from smartcal_api.store import open_store
from tests.flows.oauth import (
    CALLBACK,
    FORM,
    SECRET,
    VERIFIER,
    Flow,
    basic,
    challenge,
    credentials,
    flow_of,
    hidden,
    tokens,
)
from tests.wire import Reply, World, open_world

JSON = "application/json"
ROOT = "http://127.0.0.1:8080"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


def shown(world: World) -> str:
    """Every rendering of every entry: JSON, HAR and curl, and what is left of them when their escapes are undone."""
    documents = Documents(world.contract, world.sandbox.secrets, world.sandbox.journal.masked, root=ROOT)
    entries = list(world.sandbox.journal.since(1))
    values = [documents.document(entry) for entry in entries] + [documents.line(entry) for entry in entries]
    values.append(
        Archive(world.contract, world.sandbox.secrets, world.sandbox.journal.masked, root=ROOT).document(
            entries, creator="test", version="1"
        )
    )
    return json.dumps(values, ensure_ascii=False) + "\n".join(_texts(values))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _texts(member)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value


def whole_flow(flow: Flow) -> list[str]:
    """Everything that issues or takes a secret, right and wrong; returns each of them."""
    world, wrong = flow.world, "a wrong secret of " + secrets.token_urlsafe(9)
    key = world.sandbox.keys.mint(["admin"], owner=1)
    used = [SECRET, VERIFIER, key, wrong]
    for sent in ({}, challenge()):
        page = flow.ask(sent)
        used.append(hidden(page)["ticket"])
        code = flow.decide(page).headers["location"].partition("code=")[2].partition("&")[0]
        flow.redeem(code, client_secret=wrong)
        verifier = {"code_verifier": VERIFIER if sent else None}
        held = tokens(flow.redeem(code, **verifier))
        later = tokens(flow.refresh(held.refresh))
        flow.redeem(code, **verifier)
        flow.post("/oauth/revoke", {"token": later.access}, headers=basic("app", SECRET))
        used += [code, *held[:2], *later[:2]]
    created = world.post("/api/v1/webhooks", {"url": "https://a.example", "events": ["booking.created"]}, key=key)
    used.append(created.json["secret"])
    world.get("/api/v1/me", headers={"x-api-key": key})
    # From here on one that was never issued: an answer may quote what was sent where no secret belongs.
    issued, key = key, f"{world.contract.policy.secrets['api_key']}{secrets.token_urlsafe(32)}"
    used.append(key)
    world.get("/api/v1/me", key=key + "x", headers={"x-api-key": key})
    world.get("/api/v1/me", headers={"authorization": key})
    world.get("/api/v1/me", headers={"authorization": f"Basic {key}", "cookie": f"k={key}", "x-note": f"my {key}"})
    for place in ("", "%"):
        hide = (lambda text: "".join(f"%{byte:02x}" for byte in text.encode())) if place else quote
        world.get(f"/api/v1/events/{hide(key)}", key=issued)
        world.get(f"/api/v1/events?{hide('access_token')}={hide(key)}&x={hide(key)}", key=issued)
        world.get("/api/v1/me", headers={"referer": f"{ROOT}/oauth/authorize?code={hide(code)}&x={hide(key)}"})
    wanted = {"url": f"https://a.example/{key}", "events": [], key: [key]}
    world.post("/api/v1/webhooks", wanted, key=issued)
    escaped = json.dumps({"secret": wrong, "x": key}).replace("_", "\\u005f").encode()
    twice = f'{{"secret": "{wrong}", "x": "{key}", "x": "1"}}'.encode()
    form = urlencode({"client_secret": wrong, "x": key} | credentials("kept", wrong)).encode()
    for body in (escaped, twice, twice[:-1], form, f"<p>{key}</p>".encode(), key.encode("utf-16")):
        for media_type in (JSON, FORM, "text/html", "application/problem+json", None):
            world.request("POST", "/api/v1/webhooks", key=issued, body=body, media_type=media_type)
            world.request("POST", "/oauth/token", body=body, media_type=media_type)
    return used


def test_auth_3_no_secret_of_a_whole_flow_is_in_any_rendering(contract: Contract) -> None:
    world = open_world(contract)
    used = whole_flow(flow_of(world))
    text = shown(world)
    assert len(world.sandbox.journal) > 60
    assert [
        secret for secret in used for form in {secret, quote(secret), secret.replace("_", "\\u005f")} if form in text
    ] == []
    assert "$SMARTCAL_KEY" in text
    assert CALLBACK in text  # what is not a secret is shown


@given(
    random=st.text(LETTERS, min_size=16, max_size=43),
    around=st.text(max_size=8).filter(lambda text: "\0" not in text),
    which=st.integers(0, 5),
    media_type=st.sampled_from([JSON, FORM, "text/html", "application/problem+json", "", "multipart/form-data"]),
    shape=st.sampled_from(["{0}", '"{0}"', '{{"a": ["{0}"]}}', "a={0}&b", '<i a="{0}">', "{{{0}"]),
)
def test_auth_3_a_secret_of_any_prefix_in_any_text_is_masked(
    contract: Contract, random: str, around: str, which: int, media_type: str, shape: str
) -> None:
    masks = Masks(contract.data, Secrets(contract.policy.secrets.values()), MaskedBodies(0))
    prefixes = list(contract.policy.secrets.values())
    secret = prefixes[which % len(prefixes)] + random
    text = around + shape.format(secret)
    for rendered in (
        masks.body(text.encode("utf-8", "replace"), media_type) or "",
        masks.header(b"x-anything", text.encode("latin-1", "replace")),
        masks.path(b"/" + quote(text, errors="replace").encode()),
        masks.pairs(quote(text, safe="=&", errors="replace").encode()),
    ):
        assert random not in rendered


@given(
    name=st.sampled_from(
        ["client_secret", "code_verifier", "refresh_token", "access_token", "token", "ticket", "secret"]
    ),
    value=st.text(LETTERS, min_size=12, max_size=43),
)
def test_auth_3_what_has_the_name_of_a_secret_is_masked_whatever_it_is(
    contract: Contract, name: str, value: str
) -> None:
    masked = f"https://a.example/?a=b&{name}={MASK}"
    assume(value not in masked)
    masks = Masks(contract.data, Secrets(contract.policy.secrets.values()), MaskedBodies(0))
    form, document = urlencode({"a": "b", name: value}), json.dumps({"a": [{name: value}]})
    assert masks.body(form.encode(), FORM) == f"a=b&{name}={MASK}"
    assert json.loads(masks.body(document.encode(), JSON) or "") == {"a": [{name: MASK}]}
    assert masks.pairs(form.encode()) == f"a=b&{name}={MASK}"
    assert masks.header(b"location", f"https://a.example/?{form}".encode()) == masked
    assert value not in (masks.body(document[:-2].encode(), JSON) or "")


@given(st.dictionaries(st.text(LETTERS, min_size=1, max_size=6), st.text(max_size=20), max_size=4))
def test_what_is_no_secret_is_shown_as_it_was_sent(contract: Contract, values: dict[str, str]) -> None:
    masks = Masks(contract.data, Secrets(contract.policy.secrets.values()), MaskedBodies(0))
    values = {f"n_{name}": value for name, value in values.items() if "\0" not in value}
    text = json.dumps(values, ensure_ascii=False, indent=1)
    assert masks.body(text.encode("utf-8", "surrogatepass"), JSON) in (text, None)
    form = urlencode(values, errors="replace")
    assert masks.body(form.encode(), FORM) == form
    assert masks.pairs(form.encode()) == form


@pytest.mark.parametrize("code", ["not_found", "invalid_request"])
def test_the_code_of_a_problem_is_no_secret(contract: Contract, code: str) -> None:
    body = json.dumps({"code": code}).encode()
    assert masks_of(contract).body(body, "application/problem+json") == body.decode()
    assert masks_of(contract).body(body, JSON) == json.dumps({"code": MASK})


def masks_of(contract: Contract) -> Masks:
    return Masks(contract.data, Secrets(contract.policy.secrets.values()), MaskedBodies(0))


HOSTILE = 'a\'b "c" $(touch x) `y` \\ \u00e9 !'


def test_curl_repeats_a_request_with_the_key_of_the_environment(world: World) -> None:
    world.post(
        "/api/v1/webhooks?a=%27;b",
        {"url": HOSTILE, "events": []},
        key=world.key("webhooks"),
        headers={"x-note": "a'b $HOME"},
    )
    (entry,) = world.sandbox.journal.since(1)
    command = Documents(world.contract, world.sandbox.secrets, world.sandbox.journal.masked, root=ROOT).document(entry)[
        "curl"
    ]
    words = shlex.split(command)
    assert words[words.index("--data-raw") + 1] == json.dumps({"url": HOSTILE, "events": []})
    assert words[-1] == f"{ROOT}/api/v1/webhooks?a=%27;b"
    assert "authorization: Bearer $SMARTCAL_KEY" in words
    assert "x-note: a'b $HOME" in words
    # The key is the only thing that the shell puts in.
    assert command.count('"') - command.count('\\"') >= 2
    assert words[:4] == ["curl", "--globoff", "--path-as-is", "-X"]


@pytest.mark.parametrize("header", ["x-api-key", "authorization", "cookie"])
def test_auth_3_a_key_without_a_prefix_is_masked_by_where_it_stands(world: World, header: str) -> None:
    own = "a key of my own"
    world.sandbox.keys.add(own, ["read"], owner=1)
    for value in (own, f"Bearer {own}", f"Basic {own}", f"Digest {own}"):
        world.get("/api/v1/me", headers={header: value})
    assert own not in shown(world)


PLAIN_KEY, PLAIN_SECRET = "my_plain_key_77Q", "a-client's secret;1"


def test_auth_3_a_known_credential_without_a_prefix_is_in_nothing_that_is_shown(
    contract: Contract, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    world = open_world(contract)
    world.sandbox.keys.add(PLAIN_KEY, ("read",), owner=1)
    world.sandbox.oauth.clients.add("app", [CALLBACK], secret=PLAIN_SECRET)
    replies = list(_everywhere(world))
    said = shown(world) + caplog.text + "".join(reply.body.decode() + str(reply.headers) for reply in replies)
    forms = {form for each in (PLAIN_KEY, PLAIN_SECRET) for form in _forms(each)}
    assert [form for form in forms if form in said] == []
    assert said.count(MASK) > 100
    assert {reply.status for reply in replies} >= {200, 400, 401, 404}


def _forms(secret: str) -> Iterator[str]:
    encoded = "".join(f"%{byte:02x}" for byte in secret.encode())
    yield from (secret, quote(secret), urlencode({"": secret})[1:], encoded, encoded.upper())
    yield from (json.dumps(secret)[1:-1], secret.replace("_", "\\u005f"), secret.replace("_", "%5f"))
    for header in (basic("app", secret), basic("app", quote(secret))):
        yield header["authorization"].partition(" ")[2]


def _everywhere(world: World) -> Iterator[Reply]:
    yield world.get("/api/v1/me", key=PLAIN_KEY)
    for secret in (PLAIN_KEY, PLAIN_SECRET):
        for form in dict.fromkeys(_forms(secret)):
            for name in ("apikey", "X-API-Key", form.replace(" ", "+")):
                yield world.request("GET", "/api/v1/me", query=f"{name}={form.replace(' ', '+')}&a=b", key=PLAIN_KEY)
            yield world.get(f"/api/v1/events/{form.replace(' ', '%20')}", key=PLAIN_KEY)
            for name in (
                "X-Auth-Token",
                "X-Api-Token",
                "Api-Key",
                "User-Agent",
                "Cookie",
                "X-Api-Key",
                "Authorization",
            ):
                yield world.get("/api/v1/me", headers={name: form})
            yield world.get("/api/v1/me", headers={"referer": f"{ROOT}/x;k={form}?y#{form}"}, key=PLAIN_KEY)
            part = f'--x\r\nContent-Disposition: form-data; name="ClientSecret"\r\n\r\n{form}\r\n--x--\r\n'
            for body, media_type in (
                (f"ClientSecret={form}", FORM),
                (part, "multipart/form-data; boundary=x"),
                (json.dumps({"url": f"https://a.example/{form}", "events": [form], form: 1}), JSON),
                (f'{{"url": "{form}"', JSON),
                (f"<a href='{html.escape(form)}'>", "text/html"),
            ):
                yield world.request(
                    "POST", "/api/v1/webhooks", key=PLAIN_KEY, body=body.encode(), media_type=media_type
                )
                yield world.request("POST", "/oauth/token", body=body.encode(), media_type=media_type)


def test_auth_3_a_credential_is_known_again_when_its_store_is_opened_the_next_time(
    contract: Contract, tmp_path: Path
) -> None:
    path = tmp_path / "calendar.db"
    with closing(open_store(contract, path)) as store:
        sandbox = open_world(contract, store=store).sandbox
        sandbox.keys.mint(("read",), owner=1, value=PLAIN_KEY)
        sandbox.keys.revoke(fingerprint(PLAIN_KEY))
        sandbox.oauth.clients.register("app", [CALLBACK], public=False, secret=PLAIN_SECRET)
        subscribe(sandbox, "https://a.example", ["booking.created"], secret="known_to_my_app", owner=1, now=0)
    with closing(open_store(contract, path)) as store:
        world = open_world(contract, store=store, data=False)
        for secret in (PLAIN_KEY, PLAIN_SECRET, "known_to_my_app"):
            world.get("/api/v1/me", headers={"x-note": f"it is {secret}"}, key=PLAIN_KEY)
            assert secret not in shown(world)


def test_auth_3_what_one_sandbox_knows_no_other_one_shows(contract: Contract) -> None:
    world = open_world(contract)
    made = asyncio.run(Creator(world.registry, lambda: world.application).create(Wanted(name="ci")))
    made.sandbox.keys.add(PLAIN_KEY, ("read",), owner=1)
    world.registry.remove("ci")
    world.get(f"/api/v1/events/{PLAIN_KEY}")
    assert PLAIN_KEY not in shown(world)
