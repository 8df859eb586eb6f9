"""Absolute URLs follow the Host of the request where the server knows it, and its public URL else."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.app import Options
from smartcal_api.contract import Contract
from smartcal_api.http.roots import Roots, is_loopback
from tests.api.calls import subscribe
from tests.wire import World, open_world

PUBLIC = "https://mock.example.com/smartcal"
KNOWN = [
    "127.0.0.1",
    "127.0.0.1:1",
    "127.0.0.1:65535",
    "127.1.2.3:80",
    "localhost",
    "localhost:8080",
    "LocalHost:3000",
    "localhost.:80",
    "app.localhost:80",
    "[::1]",
    "[::1]:8080",
    "[0:0:0:0:0:0:0:1]:8080",
]
UNKNOWN = [
    "example.com",
    "127.0.0.1.example.com",
    "localhost.example.com",
    "notlocalhost",
    "10.0.0.1:8080",
    "0.0.0.0:8080",
    "[::2]:8080",
    "[v1.localhost]",
    "127.0.0.1:65536",
    "127.0.0.1:" + "1" * 5000,
    "127.0.0.1:" + "0" * 5000 + "80",
    "%6cocalhost",
    "..localhost",
    ".localhost",
    "",
    ":8080",
]
INVALID = [
    "[::1",
    "::1",
    "[127.0.0.1]",
    "[localhost]",
    "[[::1]]",
    "[::1]]:80",
    "[::1%lo]",
    '[::1%>; rel="next"]',
    "127.0.0.1:-1",
    "127.0.0.1:8080x",
    "127.0.0.1:80:80",
    "localhost/path",
    "localhost#",
    "localhost?",
    "user@localhost",
    "local host",
    "localhost, localhost",
    "local%host",
    ">localhost",
    "é.localhost",
]


@pytest.fixture(scope="module")
def behind(contract: Contract) -> World:
    """A world with a public URL and allowed hosts, for requests that change nothing."""
    return open_world(contract, options=Options(public_url=PUBLIC + "/", allowed_hosts=("team.example", "a.b:81")))


def asked_as(world: World, host: str | None) -> World:
    """The same world, for requests that name it by another Host."""

    async def asgi(scope: Any, receive: Any, send: Any) -> None:
        headers = [field for field in scope["headers"] if field[0] != b"host"]
        headers += [] if host is None else [(b"host", host.encode("latin-1"))]
        version = "1.0" if host is None else "1.1"
        await world.application.asgi(scope | {"headers": headers, "http_version": version}, receive, send)

    return world._replace(application=replace(world.application, asgi=asgi))


def roots_of(world: World, host: str | None) -> set[str]:
    """What the URLs of Link start with."""
    reply = asked_as(world, host).get("/api/v1/events", key=world.key("read"))
    assert reply.status == 200, (host, reply.body)
    return {each.partition("/api/v1/")[0].strip(" <") for each in reply.headers["link"].split(",")}


@pytest.mark.parametrize("host", KNOWN)
def test_link_follows_a_loopback_host_on_any_port(behind: World, host: str) -> None:
    assert roots_of(behind, host) == {f"http://{host}"}


@pytest.mark.parametrize("host", [*UNKNOWN, None])
def test_link_of_any_other_host_starts_with_the_public_url(behind: World, host: str | None) -> None:
    assert roots_of(behind, host) == {PUBLIC}


@pytest.mark.parametrize("host", INVALID)
def test_guard_1_what_can_be_no_host_is_refused(behind: World, host: str) -> None:
    """RFC 9112 section 3.2."""
    reply = asked_as(behind, host).get("/api/v1/events", key=behind.key("read"))
    assert reply.status == 400
    assert [each["parameter"] for each in reply.json["errors"]] == ["Host"]


@pytest.mark.parametrize("host", ["team.example", "TEAM.example:9", "team.example:443", "a.b:81"])
def test_link_follows_a_host_that_was_allowed(behind: World, host: str) -> None:
    assert roots_of(behind, host) == {f"http://{host}"}


@pytest.mark.parametrize("host", ["a.b", "a.b:82", "x.team.example", "team.example.evil", "team.example:99999"])
def test_an_allowed_host_allows_no_other(behind: World, host: str) -> None:
    assert roots_of(behind, host) == {PUBLIC}


@given(st.integers(0, 70_000))
def test_any_port_is_taken_as_far_as_there_are_ports(behind: World, port: int) -> None:
    host = f"localhost:{port}"
    assert roots_of(behind, host) == {f"http://{host}" if port < 65536 else PUBLIC}


@given(
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=40)
    | st.lists(st.sampled_from(["localhost", "127.0.0.1", "[", "]", "::1", ":", "80", "%", ">", "@", "."])).map("".join)
)
def test_whatever_the_host_the_root_is_the_public_url_or_a_loopback_url_that_can_be_read(host: str) -> None:
    root = Roots(PUBLIC).of(host.encode("latin-1"))
    if root != PUBLIC:
        parts = urlsplit(root)
        assert (parts.scheme, parts.netloc, parts.path, parts.username) == ("http", host, "", None)
        assert is_loopback(parts.hostname)
        assert parts.port is None or 0 <= parts.port < 65536
        assert not set(host) & set('<>"/?#@ \\')


def test_location_follows_the_host_too(behind: World) -> None:
    for host, root in (("localhost:3000", "http://localhost:3000"), ("evil.example", PUBLIC)):
        body = {"url": "https://a.example", "events": ["event.created"]}
        created = asked_as(behind, host).post("/api/v1/webhooks", body, key=behind.key("webhooks"))
        assert created.headers["location"] == f"{root}/api/v1/webhooks/{created.json['id']}"


def test_more_hosts_than_are_remembered_are_still_told_apart() -> None:
    roots = Roots(PUBLIC)
    for number in range(2000):
        assert roots.of(b"evil%d.example" % number) == PUBLIC
        assert roots.of(b"localhost:%d" % number) == f"http://localhost:{number}"
    assert len(roots._known) < 1000


def test_a_bound_address_of_ip_version_6_is_known_in_its_brackets() -> None:
    roots = Roots(PUBLIC, allowed_hosts=("fd00::5",))
    assert roots.of(b"[fd00::5]:8080") == "http://[fd00::5]:8080"
    assert roots.of(b"[fd00::6]:8080") == PUBLIC


def test_the_subscriptions_of_a_world_do_not_remember_a_host(world: World) -> None:
    created = subscribe(world)
    listed = asked_as(world, "localhost:9").get("/api/v1/webhooks", key=world.key("admin"))
    assert [each["id"] for each in listed.json["data"]] == [created["id"]]
    assert listed.headers["link"].startswith("<http://localhost:9/api/v1/webhooks?page=1>")
