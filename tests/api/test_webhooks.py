"""Law HOOK 1, and the rules of a subscription's URL."""

import base64
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.contract import Contract
from tests.api.calls import dump, owned, subscribe
from tests.wire import NOW, Reply, World, open_world

LIST = "/api/v1/webhooks"
URL = "https://hooks.example.com/a"


@pytest.fixture(scope="module")
def posting(contract: Contract) -> World:
    """A world for subscriptions that are deleted again."""
    return open_world(contract, data=False)


def create(world: World, body: Any, **request: Any) -> Reply:
    return world.post(LIST, body, key=world.key("webhooks"), **request)


def listed(world: World) -> list[Any]:
    reply = world.get(LIST, key=world.key("webhooks"), query="per_page=100")
    assert reply.status == 200
    return reply.json["data"]


def delete(world: World, identifier: str) -> Reply:
    return world.request("DELETE", f"{LIST}/{identifier}", key=world.key("webhooks"))


def test_hook_1_created_is_listed_without_its_secret_and_deleted_is_gone(world: World) -> None:
    types = world.contract.schema("EventType")["enum"]
    before = dump(world.sandbox)
    created = create(world, {"url": URL, "events": types, "description": "Ein Anstoß"})
    assert created.status == 201
    assert created.json["events"] == types
    shown = {name: value for name, value in created.json.items() if name != "secret"}
    assert shown["active"] is True
    assert (shown["created_at"], shown["updated_at"]) == (NOW, NOW)
    assert listed(world) == [shown]
    gone = delete(world, shown["id"])
    assert (gone.status, gone.body) == (204, b"")
    assert "content-type" not in gone.headers
    assert listed(world) == []
    assert delete(world, shown["id"]).code == "not_found"
    after = dump(world.sandbox)
    assert {name for name in after if after[name] != before[name]} == {"serials"}  # its id is not given again


def test_hook_1_a_deletion_leaves_the_others(world: World) -> None:
    kept, gone, also_kept = (subscribe(world) for _ in range(3))
    assert delete(world, gone["id"]).status == 204
    assert {each["id"] for each in listed(world)} == {kept["id"], also_kept["id"]}
    assert len(dump(world.sandbox)["webhook_secrets"]) == 2
    assert subscribe(world)["id"] not in {kept["id"], gone["id"], also_kept["id"]}


def test_hook_1_each_secret_is_fresh_and_has_192_bits(contract: Contract) -> None:
    secrets = [
        subscribe(world, owner=owner)["secret"]
        for world in (open_world(contract), open_world(contract))  # the same seed twice: secrets don't come from it
        for owner in (1, 2)
        for _ in range(20)
    ]
    assert len(set(secrets)) == 80
    prefix = contract.policy.secrets["webhook_secret"]
    random = [secret.removeprefix(prefix) for secret in secrets]
    assert all(secret.startswith(prefix) for secret in secrets)
    assert all(len(base64.urlsafe_b64decode(each + "=" * (-len(each) % 4))) * 8 >= 192 for each in random)
    # No character stands still: a constant tail would lend length and no randomness.
    assert all(len(set(column)) > 1 for column in zip(*(each[:32] for each in random), strict=True))


def test_hook_1_location_leads_to_the_subscription(world: World) -> None:
    created = create(world, {"url": URL, "events": ["event.created"]})
    assert created.headers["location"] == f"http://127.0.0.1:8080{LIST}/{created.json['id']}"


def test_hook_1_an_account_has_at_most_as_many_as_the_contract_says_and_the_other_its_own(world: World) -> None:
    most = world.contract.data["x-resource-limits"]["webhooks"]
    made = [subscribe(world) for _ in range(most)]
    refused = create(world, {"url": URL, "events": ["event.created"]})
    assert (refused.status, refused.code) == (409, "webhook_limit_reached")
    assert str(most) in refused.json["detail"]
    assert subscribe(world, owner=2)
    assert delete(world, made[7]["id"]).status == 204
    assert subscribe(world)
    assert len(listed(world)) == most


HOSTS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z][a-z0-9]{0,10}){1,3}", fullmatch=True)
PATHS = st.text(string.ascii_letters + string.digits + "-._~/!$&'()*+,;=:@?", max_size=100).map("/{}".format)


@given(HOSTS, st.none() | st.integers(1, 65535), PATHS)
def test_any_https_url_is_taken_and_kept_byte_for_byte(posting: World, host: str, port: int | None, path: str) -> None:
    url = f"https://{host}" + (f":{port}" if port else "") + path
    created = create(posting, {"url": url, "events": ["event.created"]})
    assert (created.status, created.json["url"]) == (201, url)
    assert [each["url"] for each in listed(posting)] == [url]
    assert delete(posting, created.json["id"]).status == 204


@given(st.from_regex(r"https?://[!-~]+", fullmatch=True))
def test_any_url_is_taken_or_refused_and_never_a_failure(posting: World, url: str) -> None:
    created = create(posting, {"url": url, "events": ["event.created"]})
    assert created.status in (201, 400, 422), created.body
    if created.status == 201:
        assert delete(posting, created.json["id"]).status == 204


@given(HOSTS, PATHS)
def test_plain_http_is_422_for_any_host_that_is_not_loopback(posting: World, host: str, path: str) -> None:
    for name in (host, f"localhost.{host}", f"127.0.0.1.{host}"):
        refused = create(posting, {"url": f"http://{name}{path}", "events": ["event.created"]})
        assert (refused.status, refused.code) == (422, "invalid_webhook_url")
        assert [each["pointer"] for each in refused.json["errors"]] == ["/url"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "localhost", "LOCALHOST", "app.localhost", "[::1]"])
@pytest.mark.parametrize("port", ["", ":1", ":9000", ":65535"])
def test_plain_http_is_taken_for_loopback(posting: World, host: str, port: str) -> None:
    created = create(posting, {"url": f"http://{host}{port}/hook", "events": ["event.created"]})
    assert created.status == 201
    assert delete(posting, created.json["id"]).status == 204


@pytest.mark.parametrize(
    "url",
    [
        "https://user@a.example/",
        "https://user:word@a.example/",
        "https://:word@a.example/",
        "https://@a.example/",
        "https://a.example/#part",
        "https://a.example/#",
        "http://user@127.0.0.1/",
        "https://a.example:0/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest",
        "http://[::2]/",
        "http://0.0.0.0/",
        "http://127.0.0.1@evil.example/",
        "https://a%62.example/",
        "https://a,b.example/",
    ],
)
def test_a_url_that_breaks_a_rule_that_no_schema_states_is_422(posting: World, url: str) -> None:
    refused = create(posting, {"url": url, "events": ["event.created"]})
    assert (refused.status, refused.code) == (422, "invalid_webhook_url")
    assert refused.json["errors"] == [{"pointer": "/url", "detail": refused.json["detail"]}]
    assert listed(posting) == []


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("url", None),
        ("url", 7),
        ("url", ""),
        ("url", "ftp://a.example"),
        ("url", "a.example"),
        ("url", "javascript:alert(1)"),
        ("url", "https://a.example/ with space"),
        ("url", "https://a.example/é"),
        ("url", "https://a.example/" + "x" * 2048),
        ("events", None),
        ("events", []),
        ("events", ["event.created", "event.created"]),
        ("events", ["event.exploded"]),
        ("events", "event.created"),
        ("events", [None]),
        ("description", ""),
        ("description", None),
        ("description", "x" * 501),
        ("secret", "mine"),
        ("active", False),
    ],
)
def test_a_body_against_the_schema_is_400_and_the_error_points_to_the_member(
    posting: World, member: str, value: Any
) -> None:
    refused = create(posting, {"url": URL, "events": ["event.created"]} | {member: value})
    assert (refused.status, refused.code) == (400, "invalid_body")
    assert any(member in each["pointer"] or member in each["detail"] for each in refused.json["errors"])
    assert owned(posting, "Webhook") == []


def test_the_longest_url_and_description_are_taken(posting: World) -> None:
    url = "https://a.example/" + "x" * (2048 - 18)
    created = create(posting, {"url": url, "events": ["event.created"], "description": "😀" * 500})
    assert (created.status, created.json["description"]) == (201, "😀" * 500)
    assert delete(posting, created.json["id"]).status == 204
