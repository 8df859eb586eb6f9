"""Law STORE 1: any sequence of operations has the same answers from memory, from a file and from plain Python."""

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from smartcal_api.clock import NANOSECONDS, format_rfc3339, parse_rfc3339
from smartcal_api.contract import Contract
from smartcal_api.store import open_store
from tests.store.states import dump
from tests.wire import NOW, Reply, World, open_world

OWNERS = st.sampled_from([1, 1, 1, 2])
PATHS = {"Event": "events", "BookingPage": "booking-pages", "Booking": "bookings", "Webhook": "webhooks"}
ORDER = {"Event": "start_time", "BookingPage": "created_at", "Booking": "start_time", "Webhook": "created_at"}
TYPES = ["booking.created", "booking.cancelled", "event.updated"]
DAY = 86_400
INSTANTS = st.integers(-120 * DAY, 120 * DAY).map(lambda s: format_rfc3339(parse_rfc3339(NOW) + s * NANOSECONDS))


class Model:
    """Documents in dicts; every answer is worked out from all of them, each time."""

    def __init__(self, world: World) -> None:
        store = world.sandbox.store
        self.now = NOW
        self.kept: dict[str, dict[str, tuple[int, dict[str, Any]]]] = {
            name: {doc["id"]: (owner, doc) for owner, doc in ((o, json.loads(text)) for o, text in store.all(name))}
            for name in PATHS
        }

    def get(self, kind: str, identifier: str, owner: int) -> dict[str, Any] | None:
        has, document = self.kept[kind].get(identifier, (0, {}))
        return document if has == owner else None

    def listed(self, kind: str, owner: int, wanted: dict[str, str]) -> list[dict[str, Any]]:
        found = [document for has, document in self.kept[kind].values() if has == owner]
        found = [each for each in found if self._selected(each, wanted)]
        return sorted(found, key=lambda each: (each[ORDER[kind]], each["id"]))

    def _selected(self, each: dict[str, Any], wanted: dict[str, str]) -> bool:
        return (
            all(each[name] == wanted[name] for name in ("status", "source") if name in wanted)
            and ("start_after" not in wanted or each["start_time"] >= wanted["start_after"])
            and ("start_before" not in wanted or each["start_time"] < wanted["start_before"])
            and (
                wanted.get("upcoming") != "true"
                or (each["start_time"] > self.now and each["status"] in ("pending", "confirmed"))
            )
        )

    def cancel(self, identifier: str, owner: int, reason: str | None) -> int:
        booking = self.get("Booking", identifier, owner)
        if booking is None:
            return 404
        if booking["status"] == "cancelled" or booking["end_time"] <= self.now:
            return 409
        cancellation = {"reason": reason, "cancelled_by": "host", "cancelled_at": self.now}
        booking |= {"status": "cancelled", "cancellation": cancellation, "updated_at": self.now}
        self.kept["Event"][booking["event_id"]][1].update(status="cancelled", updated_at=self.now)
        return 200

    def step(self, now: str) -> None:
        self.now = now
        for _, booking in self.kept["Booking"].values():
            if booking["status"] == "confirmed" and booking["end_time"] <= now:
                booking |= {"status": "completed", "updated_at": booking["end_time"]}


class AnySequence(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.contract = Contract.read()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "store.db"
        self.memory = open_world(self.contract)
        self.file = open_world(self.contract, store=open_store(self.contract, self.path))
        self.model = Model(self.memory)
        self.gone: list[str] = []

    def both(self, method: str, path: str, owner: int, **request: Any) -> Reply:
        """The same request to both worlds; all of the answers must be equal but what is random by design."""
        replies = [world.request(method, path, key=world.key("admin", owner=owner), **request) for world in self.worlds]
        first, second = (self.comparable(each) for each in replies)
        assert first == second
        return replies[0]

    @property
    def worlds(self) -> tuple[World, World]:
        return self.memory, self.file

    @staticmethod
    def comparable(reply: Reply) -> Reply:
        # A file that is opened again goes on with other request ids.
        headers = reply.headers | {"x-request-id": ""}
        body = reply.body.replace(reply.headers["x-request-id"].encode(), b"")
        if reply.status == 201:
            body = json.dumps(reply.json | {"secret": ""}).encode()
            del headers["content-length"]
        return Reply(reply.status, headers, body)

    @initialize()
    def the_data_is_the_same(self) -> None:
        self.compare()

    def compare(self) -> None:
        """Every document of both stores is the model's."""
        for world in self.worlds:
            world.get("/api/v1/me")  # what has fallen due happens with the next request
            for name, kept in self.model.kept.items():
                stored = {doc["id"]: (owner, doc) for owner, doc in self.documents(world, name)}
                assert stored == kept
            secrets = world.sandbox.store.query("SELECT webhook FROM webhook_secrets")
            assert {webhook.decode() for (webhook,) in secrets} == set(self.model.kept["Webhook"])

    @staticmethod
    def documents(world: World, name: str) -> list[tuple[int, Any]]:
        return [(owner, json.loads(text)) for owner, text in world.sandbox.store.all(name)]

    @rule(
        owner=OWNERS,
        types=st.lists(st.sampled_from(TYPES), min_size=1, unique=True),
        description=st.none() | st.text(min_size=1, max_size=20).filter(lambda text: "\x00" not in text),
        times=st.sampled_from([1, 1, 1, 4]),
    )
    def create_webhooks(self, owner: int, types: list[str], description: str | None, times: int) -> None:
        wanted = {"url": "https://example.com/hook", "events": types}
        wanted |= {} if description is None else {"description": description}
        for _ in range(times):
            has = len(self.model.listed("Webhook", owner, {}))
            body = json.dumps(wanted).encode()
            made = self.both("POST", "/api/v1/webhooks", owner, body=body, media_type="application/json")
            assert made.status == (201 if has < self.contract.policy.resource_limits["webhooks"] else 409)
            if made.status == 201:
                document = {name: value for name, value in made.json.items() if name != "secret"}
                assert document["id"] not in self.model.kept["Webhook"]
                assert document["id"] not in self.gone
                assert document.items() >= wanted.items()
                assert document["created_at"] == self.model.now
                self.model.kept["Webhook"][document["id"]] = (owner, document)

    @rule(owner=OWNERS, pick=st.integers(0, 50))
    def delete_webhook(self, owner: int, pick: int) -> None:
        """One's own, somebody else's, or one that is gone."""
        names = [*self.model.kept["Webhook"], *self.gone[-2:], "whk_none"]
        identifier = names[pick % len(names)]
        mine = self.model.get("Webhook", identifier, owner) is not None
        assert self.both("DELETE", f"/api/v1/webhooks/{identifier}", owner).status == (204 if mine else 404)
        if mine:
            del self.model.kept["Webhook"][identifier]
            self.gone.append(identifier)

    @rule(owner=OWNERS, pick=st.integers(0, 10_000), reason=st.none() | st.text(min_size=1, max_size=30))
    def cancel(self, owner: int, pick: int, reason: str | None) -> None:
        names = [*self.model.kept["Booking"], "bkg_none"]
        identifier = names[pick % len(names)]
        body = b"" if reason is None else json.dumps({"reason": reason}).encode()
        reply = self.both(
            "POST", f"/api/v1/bookings/{identifier}/cancel", owner, body=body, media_type="application/json"
        )
        if reply.status == 400:  # text that the contract refuses; nothing may come of it
            assert not (reason or "").isprintable()
            return
        assert reply.status == self.model.cancel(identifier, owner, reason)
        if reply.status == 200:
            assert reply.json == self.model.get("Booking", identifier, owner)

    @rule(
        owner=OWNERS,
        status=st.none() | st.sampled_from(["confirmed", "tentative", "cancelled"]),
        source=st.none() | st.sampled_from(["smartcal", "google", "outlook", "icloud"]),
        after=st.none() | INSTANTS,
        before=st.none() | INSTANTS,
        page=st.integers(1, 4),
        per_page=st.integers(1, 100),
    )
    def list_events(self, owner, status, source, after, before, page, per_page) -> None:
        wanted = {"status": status, "source": source, "start_after": after, "start_before": before}
        self.check_list("Event", owner, wanted, page, per_page)

    @rule(
        owner=OWNERS,
        status=st.none() | st.sampled_from(["pending", "confirmed", "cancelled", "completed", "no_show"]),
        upcoming=st.sampled_from([None, "true", "true", "false"]),
        page=st.integers(1, 4),
        per_page=st.integers(1, 30),
    )
    def list_bookings(self, owner, status, upcoming, page, per_page) -> None:
        self.check_list("Booking", owner, {"status": status, "upcoming": upcoming}, page, per_page)

    @rule(owner=OWNERS, kind=st.sampled_from(["BookingPage", "Webhook"]), page=st.integers(1, 3))
    def list_others(self, owner, kind, page) -> None:
        self.check_list(kind, owner, {}, page, 7)

    def check_list(self, kind: str, owner: int, asked: dict[str, Any], page: int, per_page: int) -> None:
        wanted = {name: value for name, value in asked.items() if value is not None}
        query = wanted | {"page": page, "per_page": per_page}
        expected = self.model.listed(kind, owner, wanted)
        reply = self.both("GET", f"/api/v1/{PATHS[kind]}", owner, query=query).json
        assert reply["data"] == expected[(page - 1) * per_page : page * per_page]
        assert reply["pagination"]["total"] == len(expected)

    @rule(owner=OWNERS, kind=st.sampled_from(["Event", "Booking", "BookingPage"]), pick=st.integers(0, 10_000))
    def get(self, owner: int, kind: str, pick: int) -> None:
        names = [*self.model.kept[kind], "none"]
        expected = self.model.get(kind, names[pick % len(names)], owner)
        reply = self.both("GET", f"/api/v1/{PATHS[kind]}/{names[pick % len(names)]}", owner)
        assert (reply.json if reply.status == 200 else None) == expected

    @rule(seconds=st.one_of(st.integers(0, 5), st.integers(0, 10 * DAY)))
    def step(self, seconds: int) -> None:
        for world in self.worlds:
            now = world.sandbox.clock.advance(seconds * NANOSECONDS)
        self.model.step(format_rfc3339(now))

    @rule()
    def open_the_file_again(self) -> None:
        before = dump(self.file.sandbox.store)
        self.file.sandbox.store.close()
        store = open_store(self.contract, self.path)
        assert dump(store) == before
        self.file = open_world(self.contract, store=store, now=self.model.now, data=False)

    def teardown(self) -> None:
        self.compare()
        for world in self.worlds:
            world.sandbox.store.close()
        self.folder.cleanup()


AnySequence.TestCase.settings = settings(max_examples=8, stateful_step_count=50, deadline=None)


class TestAnySequence(AnySequence.TestCase):
    """STORE 1."""
