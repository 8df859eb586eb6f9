"""The search for secrets, which runs with every test, finds what is planted (law AUTH 3)."""

import logging
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import pytest

from smartcal_api.auth import random_key
from smartcal_api.contract import Contract
from smartcal_api.store import open_store
from tests import wire
from tests.e2e.server import run, serving
from tests.flows.oauth import CALLBACK, Flow, flow_of, hidden
from tests.leaks import Leaks
from tests.wire import World, open_world

GIVEN = "the secret of somebody"


def given_client(flow: Flow) -> str:
    flow.world.sandbox.oauth.clients.add("somebody", [CALLBACK], secret=GIVEN)
    return GIVEN


def webhook_secret(flow: Flow) -> str:
    hook = {"url": "https://example.com/", "events": ["event.created"]}
    return flow.world.post("/api/v1/webhooks", hook, key=flow.world.key("webhooks")).json["secret"]


ISSUED: dict[str, Callable[[Flow], str]] = {
    "a key given at start": lambda flow: flow.world.key("read"),
    "a random key": lambda _: random_key("scp_"),
    "a stored key": lambda flow: flow.world.sandbox.keys.mint(["read"], owner=1),
    "the secret of a given client": given_client,
    "the secret of a stored client": lambda flow: flow.world.sandbox.oauth.clients.register(
        token_hex(4), [], public=False
    ),
    "a ticket": lambda flow: hidden(flow.ask())["ticket"],
    "a code": lambda flow: flow.code(),
    "an access token": lambda flow: flow.tokens().access,
    "a refresh token": lambda flow: flow.tokens().refresh,
}


def say(_: World, secret: str) -> None:
    logging.getLogger("smartcal").debug("somebody sent %s", secret)


def fail(_: World, secret: str) -> None:
    try:
        raise ValueError(secret)
    except ValueError:
        logging.getLogger("authlib.oauth2").warning("a traceback", exc_info=True)


def answering(status: int, body: str = "", **headers: str) -> None:
    async def application(scope, receive, send):
        fields = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": body.encode()})

    wire._drive(application, {}, b"")


def store(world: World, secret: str) -> None:
    world.sandbox.store.set_meta("known", f"<{secret}>")


def store_and_delete(world: World, secret: str) -> None:
    store(world, secret)
    world.sandbox.store.query("DELETE FROM meta WHERE name = 'known'")


def store_and_close(world: World, secret: str) -> None:
    store(world, secret)
    world.sandbox.store.close()


PLACES: dict[str, Callable[[World, str], None]] = {
    "a log": say,
    "a traceback": fail,
    "a problem": lambda _, secret: answering(401, f'{{"detail": "{secret}"}}'),
    "a header": lambda _, secret: answering(400, allow=secret),
    "a redirect": lambda _, secret: answering(303, location=f"http://127.0.0.1/?error=x&error_description={secret}"),
    "a database": store,
    "a closed database": store_and_close,
}


@pytest.mark.parametrize("issue", ISSUED.values(), ids=ISSUED)
def test_auth_3_whatever_is_issued_is_found(leaks: Leaks, world: World, issue) -> None:
    secret = issue(flow_of(world))
    assert leaks.findings() == []
    for plant in (say, PLACES["a problem"]):
        plant(world, secret)
        assert leaks.findings(), "and what was found was told, and is no failure of this test"
    secret = issue(Flow(world))
    store(world, secret)
    assert leaks.findings()


@pytest.mark.parametrize("plant", PLACES.values(), ids=PLACES)
def test_auth_3_it_is_found_wherever_it_is_planted(leaks: Leaks, world: World, plant) -> None:
    plant(world, world.sandbox.keys.mint(["read"], owner=1))
    (found,) = leaks.findings()
    assert "has what smartcal_api.auth.keys.random_key made in clear" in found


@pytest.mark.parametrize("plant", [store, store_and_delete, store_and_close])
def test_auth_3_what_is_planted_in_a_file_is_found(leaks: Leaks, contract: Contract, tmp_path: Path, plant) -> None:
    world = open_world(contract, store=open_store(contract, tmp_path / "some.db"))
    plant(world, world.sandbox.keys.mint(["read"], owner=1))
    (found,) = leaks.findings()
    assert found.startswith("some.db has what smartcal_api.auth.keys.random_key made in clear")


@pytest.mark.parametrize("plant", PLACES.values(), ids=PLACES)
def test_auth_3_a_webhook_secret_may_be_in_a_database_and_nowhere_else(leaks: Leaks, world: World, plant) -> None:
    plant(world, webhook_secret(Flow(world)))
    assert bool(leaks.findings()) == (plant not in (store, store_and_close))


def test_auth_3_of_many_databases_in_a_test_none_is_passed_over(leaks: Leaks, contract: Contract) -> None:
    first = open_store(contract)
    for _ in range(20):
        open_store(contract).set_meta("known", random_key("scp_"))
    first.set_meta("known", random_key("scp_"))
    assert len(leaks.findings()) == 21


def test_auth_3_a_leak_fails_the_test_that_has_it(leaks: Leaks, world: World) -> None:
    say(world, world.sandbox.keys.mint(["read"], owner=1))
    with pytest.raises(AssertionError, match=r"the log has what smartcal_api\.auth\.keys\.random_key made in clear"):
        leaks.check()


def test_auth_3_a_leak_of_a_server_fails_whoever_has_started_it(tmp_path: Path) -> None:
    given = ("--store", "some.db", "--key", "read=scp_of_somebody")

    def log() -> None:
        with serving(tmp_path, *given, "--events", "1", "--bookings", "0") as server:
            server.log.write_text("refused scp_of_somebody")

    def keep() -> None:
        added = run(
            "store", "keys", "add", "some.db", "--scopes", "read", "--label", "scp_of_somebody", folder=tmp_path
        )
        assert added.returncode == 0, added.stderr
        with serving(tmp_path, *given) as server:
            server.log.unlink()
            server.log.touch()

    def issue() -> None:
        with serving(tmp_path) as server:
            hook = b'{"url": "https://example.com/", "events": ["event.created"]}'
            made = server.request("POST", "/api/v1/webhooks", key="scp_demo_webhooks", body=hook)
            server.log.write_bytes(made.body)

    with pytest.raises(AssertionError, match="the log has a key of the ready file in clear"):
        log()
    with pytest.raises(AssertionError, match=r"^some\.db has a key of the ready file in clear"):
        keep()
    with pytest.raises(AssertionError, match="the log has a webhook secret in clear"):
        issue()
