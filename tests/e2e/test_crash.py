"""Laws STORE 2 and DELV 3: the server is killed at any moment, and what it had acknowledged is there, and delivered."""

import http.client
import json
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

from smartcal_api.webhooks.receiver import Receiver
from tests.e2e.server import Running, command, environment, run, serving

THREADS, MOST_WEBHOOKS, PER_ROUND = 4, 3, 40
EVENTS_URL = "http://127.0.0.1:9/hook"  # nobody is there


class Known:
    """What the clients know: what was acknowledged, and what each had asked for and got no answer to."""

    def __init__(self) -> None:
        self.webhooks: dict[str, dict[str, Any]] = {}  # acknowledged, with their secrets
        self.deleted: set[str] = set()
        self.cancelled: dict[str, str] = {}  # booking → reason
        self.fresh: list[str] = []  # those of the last round
        self.asked: dict[int, tuple[str, str]] = {}  # by client: what, and which
        self.answers = 0
        self.standing = ""  # the subscription that is there all the time


class Client(threading.Thread):
    """Writes, one request after the other on one connection, until the server is gone."""

    def __init__(self, number: int, server: Running, known: Known, bookings: list[str], seed: str, enough: int) -> None:
        super().__init__(daemon=True)
        self._number, self._server, self._known, self._enough = number, server, known, enough
        self._bookings, self._random = bookings, Random(f"{seed} {number}")
        self._mine = [each for i, each in enumerate(sorted(known.webhooks)) if i % THREADS == number]
        self.reached, self.unexpected = threading.Event(), ""
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)

    def run(self) -> None:
        # Whatever a connection to a killed process ends with.
        with suppress(OSError, http.client.HTTPException), closing(self._connection):
            for done, (what, which) in enumerate(self._wishes(), 1):
                self._known.asked[self._number] = what, which
                status, answer = self._ask(what, which)
                self._acknowledge(what, which, status, answer)
                del self._known.asked[self._number]
                if done == self._enough:
                    self.reached.set()
        self.reached.set()

    def _wishes(self) -> Iterator[tuple[str, str]]:
        while not self.unexpected:
            if self._bookings and self._random.random() < 0.5:
                yield "cancel", self._bookings.pop()
            elif self._mine and self._random.random() < len(self._mine) / MOST_WEBHOOKS:
                yield "delete", self._mine.pop(self._random.randrange(len(self._mine)))
            else:
                yield "create", f"{EVENTS_URL}/{self._random.getrandbits(64):x}"

    def _ask(self, what: str, which: str) -> tuple[int, bytes]:
        method, path, body = {
            "create": ("POST", "/api/v1/webhooks", {"url": which, "events": ["booking.cancelled"]}),
            "delete": ("DELETE", f"/api/v1/webhooks/{which}", None),
            "cancel": ("POST", f"/api/v1/bookings/{which}/cancel", {"reason": f"because of {which}"}),
        }[what]
        headers = {"Authorization": f"Bearer {self._server.ready['keys']['admin']}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        self._connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def _acknowledge(self, what: str, which: str, status: int, answer: bytes) -> None:
        if status != {"create": 201, "delete": 204, "cancel": 200}[what]:
            self.unexpected = f"{what} {which}: {status} {answer!r}"
            return
        if what == "create":
            webhook = json.loads(answer)
            self._known.webhooks[webhook["id"]] = webhook
            self._mine.append(webhook["id"])
        elif what == "delete":
            self._known.deleted.add(which)
            del self._known.webhooks[which]
        else:
            self._known.cancelled[which] = f"because of {which}"
            self._known.fresh.append(which)
        self._known.answers += 1


def test_store_2_killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_is_half_done(tmp_path, kills):
    random, known, store = Random(f"kill {kills}"), Known(), tmp_path / "store.db"
    sizes = ("--events", str(200 * kills + 300), "--bookings", str(200 * kills + 200))
    with Receiver() as receiver:
        flags = ("--store", str(store), "--rate-limits", "off", "--webhook", f"{receiver.url}=booking.cancelled")
        for kill in range(kills + 1):
            # The data set is made by the first start alone: seeding what has data already would be refused.
            with serving(tmp_path, *flags, *(sizes if kill == 0 else ())) as server:
                known.standing = server.ready["webhooks"][0]["id"]
                check_answers(server, known)
                if kill < kills:
                    write_until_killed(server, known, random, seed=f"round {kill}")
                    check_file(store, tmp_path / "copy", known)
                else:
                    check_deliveries(server, known, receiver)
    assert known.answers > 5 * kills, "hardly anything was acknowledged, so that hardly anything was shown"
    assert known.cancelled
    assert known.deleted


def check_deliveries(server: Running, known: Known, receiver: Receiver) -> None:
    """Law DELV 3: whoever was told that a booking is cancelled can rely on its webhook, whatever happened since."""
    waited = server.request("POST", "/_sandbox/sandboxes/default/deliveries/wait", body=b'{"timeout_seconds": 60}')
    assert waited.status == 200, waited
    path = f"/_sandbox/sandboxes/default/deliveries?limit=10000&webhook={known.standing}"
    assert {each["state"] for each in server.request("GET", path).json["data"]} == {"delivered"}
    arrived = {each.json["data"]["id"]: each.json["data"]["cancellation"]["reason"] for each in receiver.received}
    lost = known.cancelled.keys() - arrived.keys()
    assert not lost, f"{len(lost)} of {len(known.cancelled)} were never delivered"
    assert all(arrived[booking] == reason for booking, reason in known.cancelled.items())


def write_until_killed(server: Running, known: Known, random: Random, *, seed: str) -> None:
    bookings = upcoming(server, known)
    enough = random.randint(1, 30)
    clients = [Client(n, server, known, bookings[n::THREADS], seed, enough) for n in range(THREADS)]
    for each in clients:
        each.start()
    clients[random.randrange(THREADS)].reached.wait(60)
    time.sleep(random.random() / 200)  # not to wait for anything: the moment must not be that of an answer
    server.process.kill()
    server.process.wait()
    for each in clients:
        each.join(60)
    assert [each.unexpected for each in clients] == [""] * THREADS


def upcoming(server: Running, known: Known) -> list[str]:
    """Bookings that can be cancelled."""
    listed = fetch(server, "/api/v1/bookings?upcoming=true&per_page=100")["data"]
    assert not known.cancelled.keys() & {each["id"] for each in listed}
    return [each["id"] for each in listed][:PER_ROUND]


def fetch(server: Running, path: str) -> Any:
    answer = server.request("GET", path, key=server.ready["keys"]["admin"])
    assert answer.status == 200, answer
    return answer.json


def check_answers(server: Running, known: Known) -> None:
    """What the restarted server says, by what was acknowledged and what was on its way."""
    known.webhooks.update(settle(fetch(server, "/api/v1/webhooks?per_page=100")["data"], known))
    for identifier in known.fresh:
        booking = fetch(server, f"/api/v1/bookings/{identifier}")
        assert (booking["status"], booking["cancellation"]["reason"]) == ("cancelled", known.cancelled[identifier])
        assert fetch(server, f"/api/v1/events/{booking['event_id']}")["status"] == "cancelled"
    known.fresh.clear()
    known.asked.clear()


def settle(listed: list[dict[str, Any]], known: Known) -> dict[str, dict[str, Any]]:
    """The subscriptions that are there, which are those acknowledged but for what had no answer."""
    listed = [each for each in listed if each["id"] != known.standing]
    found, asked = {each["id"]: each for each in listed}, known.asked.values()
    may_be_there = {which for what, which in asked if what == "create"}
    for identifier in [which for what, which in asked if what == "delete"]:
        if identifier not in found:
            del known.webhooks[identifier]
    for identifier, webhook in known.webhooks.items():
        assert found[identifier].items() <= webhook.items(), "an acknowledged subscription is gone, or another one"
    assert not known.deleted & found.keys()
    assert all(each["url"] in may_be_there for each in listed if each["id"] not in known.webhooks)
    return {name: each for name, each in found.items() if name not in known.webhooks}


def check_file(store: Path, folder: Path, known: Known) -> None:
    """The file as the killed process left it, seen through a copy: it is whole, and holds no half of a change."""
    with copied(store, folder) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        bookings = {document["id"]: document for document in documents(copy, "Booking")}
        events = {document["id"]: document for document in documents(copy, "Event")}
        for booking in bookings.values():
            assert (booking["status"] == "cancelled") == (events[booking["event_id"]]["status"] == "cancelled")
        for identifier, reason in known.cancelled.items():
            assert bookings[identifier]["cancellation"]["reason"] == reason
        recorded = [json.loads(body)["data"] for (body,) in copy.execute("SELECT body FROM webhook_events")]
        assert known.cancelled.keys() <= {booking["id"] for booking in recorded}
        assert all(bookings[each["id"]] == each for each in recorded), "a webhook tells of what has not happened"
        secrets = dict(copy.execute("SELECT webhook, secret FROM webhook_secrets"))
        assert secrets.keys() == {document["id"] for document in documents(copy, "Webhook")}
        for identifier, webhook in known.webhooks.items():
            if identifier in secrets and "secret" in webhook:
                assert secrets[identifier] == webhook["secret"]


@contextmanager
def copied(store: Path, folder: Path) -> Iterator[sqlite3.Connection]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for part in store.parent.glob(f"{store.name}*"):
        shutil.copy(part, folder)
    with closing(sqlite3.connect(folder / store.name)) as copy:
        yield copy


def documents(copy: sqlite3.Connection, collection: str) -> list[dict[str, Any]]:
    return [json.loads(text) for (text,) in copy.execute(f'SELECT document FROM "resources {collection}"')]


def test_store_2_killed_while_the_data_set_is_made_the_next_start_has_all_of_it(tmp_path):
    """A store is filled in one transaction: whoever is killed at it leaves nothing, and is not in the way."""
    random, sizes = Random(2), ("--events", "3000", "--bookings", "1000")
    whole = seed_for(tmp_path / "whole.db", None, *sizes)
    for number in range(2):
        store = tmp_path / f"{number}.db"
        seed_for(store, whole * (0.5 + 0.2 * number + 0.1 * random.random()), *sizes)
        again = run("store", "seed", str(store), *sizes, folder=tmp_path)
        assert again.returncode == 0 or "has data already" in again.stderr
        with copied(store, tmp_path / "copy") as copy:
            assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert len(documents(copy, "Event")) >= 3000
            assert len(documents(copy, "Booking")) >= 1000


def seed_for(store: Path, seconds: float | None, *sizes: str) -> float:
    """Runs `smartcal store seed` and kills it that long after its file has appeared; says how long it lived then."""
    process = subprocess.Popen(
        command("store", "seed", str(store), *sizes),
        cwd=store.parent,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not store.exists() and process.poll() is None:
        time.sleep(0.001)  # only while a process of the operating system starts
    began = time.monotonic()
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    process.kill()
    process.wait()
    return time.monotonic() - began
