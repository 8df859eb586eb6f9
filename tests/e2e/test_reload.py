"""`--reload`: a saved contract is served within a second, the state stays, a broken one changes nothing."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.e2e.server import Running, serving
from tests.edits import EVENTS, SCHEMAS, Edit, document, put, source, write
from tests.sandbox.reopening import no_examples

PATIENCE = 20.0  # for a busy machine; what was promised is a second, and is measured where it can be
HOOK = b'{"url": "https://hooks.example.com/", "events": ["event.created"]}'
COLOUR = {"type": "string", "enum": ["red", "green"]}


class Reloading(NamedTuple):
    server: Running
    file: Path

    def get(self, path: str, scope: str = "read") -> Any:
        return self.server.request("GET", path, key=self.server.ready["keys"][scope])

    def save(self, *edits: Edit) -> None:
        """All at once, as editors do that write beside the file and rename."""
        beside = self.file.with_suffix(".tmp")
        write(beside, *edits)
        os.replace(beside, self.file)

    def most(self) -> int:
        """The largest per_page: which contract is served can be seen by it."""
        reply = self.get("/api/v1/events?per_page=100000")
        (fault,) = reply.json["errors"]
        return int(fault["detail"].rpartition("maximum of ")[2].rstrip("."))


def most_of(value: int) -> Edit:
    return put(f"{SCHEMAS}/PageSize/maximum", value)


def until(condition: Callable[[], bool]) -> None:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < PATIENCE, "it was waited for in vain"
        time.sleep(0.02)  # between two looks at another process


@pytest.fixture
def reloading(tmp_path: Path) -> Iterator[Reloading]:
    file = write(tmp_path / "contract.yaml")
    options = ("--spec", str(file), "--reload", "--rate-limits", "off", "--now", "2026-03-04T12:00:00Z", "--freeze")
    with serving(tmp_path, *options) as server:
        yield Reloading(server, file)


def test_each_saved_contract_is_served(reloading: Reloading) -> None:
    """How soon is for `make bench` to say."""
    assert reloading.most() == 100
    for value in (50, 60, 70):
        reloading.save(most_of(value))
        until(lambda value=value: reloading.most() == value)


def test_the_state_is_kept(reloading: Reloading) -> None:
    key = reloading.server.ready["keys"]
    made = reloading.server.request("POST", "/api/v1/webhooks", key=key["webhooks"], body=HOOK).json
    booking = reloading.get("/api/v1/bookings?upcoming=true&per_page=1").json["data"][0]["id"]
    cancelled = reloading.server.request("POST", f"/api/v1/bookings/{booking}/cancel", key=key["write"]).json
    before = reloading.get("/api/v1/events").body
    reloading.save(most_of(77))
    until(lambda: reloading.most() == 77)
    del made["secret"]
    assert reloading.get("/api/v1/webhooks", "webhooks").json["data"] == [made]
    assert reloading.get(f"/api/v1/bookings/{booking}").json == cancelled
    assert reloading.get("/api/v1/events").body == before


def test_src_5_stored_documents_are_adapted_and_told_of(reloading: Reloading) -> None:
    before = reloading.get("/api/v1/events?per_page=100").json["data"]
    edits = [put(f"{SCHEMAS}/Event/properties/colour", COLOUR), put(f"{SCHEMAS}/Event/required/-", "colour")]
    reloading.save(no_examples, *edits)
    until(lambda: "colour" in reloading.get("/api/v1/events").json["data"][0])
    after = reloading.get("/api/v1/events?per_page=100").json["data"]
    assert [{k: v for k, v in event.items() if k != "colour"} for event in after] == before
    assert {event["colour"] for event in after} == {"red", "green"}
    until(lambda: "stay as they were: Event/colour: filled in in 205 documents" in reloading.server.said())
    reloading.save()
    until(lambda: reloading.get("/api/v1/events?per_page=100").json["data"] == before)


def test_a_broken_contract_is_told_of_and_the_last_good_one_is_served(reloading: Reloading) -> None:
    broken = [put(f"{EVENTS}/parameters/0/in", "body"), most_of(22)]
    (line,) = [n for n, text in enumerate(source(*broken).decode().splitlines(), 1) if '"in": "body"' in text]
    reloading.save(*broken)
    expected = f"{reloading.file}:{line}: {EVENTS}/parameters/0/in: "
    until(lambda: expected in reloading.server.said())
    cause = reloading.server.said().partition(expected)[2].splitlines()[0]
    assert cause
    assert reloading.most() == 100
    assert reloading.get("/api/v1/events").status == 200
    stale = reloading.get("/_sandbox/health").json["stale"]
    assert stale["findings"] == [f"{expected}{cause}"]
    assert stale["since"].endswith("Z")
    assert reloading.get("/_sandbox/contract").json["x-stale"] == stale
    reloading.save(most_of(23))
    until(lambda: reloading.most() == 23)
    until(lambda: reloading.get("/_sandbox/health").json == {"status": "ok"})
    assert "x-stale" not in reloading.get("/_sandbox/contract").json


def test_a_contract_that_no_data_fits_changes_nothing(reloading: Reloading) -> None:
    before = reloading.get("/api/v1/events").body
    impossible = {"type": "string", "minLength": 3, "maxLength": 2}
    edits = [put(f"{SCHEMAS}/Event/properties/colour", impossible), put(f"{SCHEMAS}/Event/required/-", "colour")]
    less = put("/x-scope-implies", {"admin": ["webhooks"]})
    reloading.save(no_examples, *edits, most_of(22), less)
    until(lambda: "last good one" in reloading.server.said())
    assert "colour" in reloading.server.said()
    assert reloading.most() == 100
    assert reloading.get("/api/v1/events").body == before
    assert reloading.get("/api/v1/events", "admin").status == 200, "its keys are judged by the last good one, too"


def test_a_contract_saved_in_place_is_taken_up_when_it_is_whole(reloading: Reloading) -> None:
    """Half of it is no contract; the other half comes later."""
    text = source(most_of(33))
    with reloading.file.open("wb") as file:
        file.write(text[: len(text) // 2])
        file.flush()
        until(lambda: f"{reloading.file}:" in reloading.server.said())
        assert reloading.most() == 100
        file.write(text[len(text) // 2 :])
    until(lambda: reloading.most() == 33)


def test_a_contract_that_is_deleted_and_comes_back_is_taken_up(reloading: Reloading) -> None:
    reloading.file.unlink()
    assert reloading.most() == 100
    said = reloading.server.said()
    write(reloading.file, most_of(44))
    until(lambda: reloading.most() == 44)
    assert "Traceback" not in reloading.server.said()
    assert "last good one" not in said


def test_an_operation_that_is_added_is_mocked_and_one_that_is_removed_is_gone(reloading: Reloading) -> None:
    plan = {
        "operationId": "getPlan",
        "summary": "x",
        "description": "x",
        "security": [],
        "responses": {"200": document()["paths"]["/api/v1/me"]["get"]["responses"]["200"]},
    }
    reloading.save(lambda data: data["paths"].update({"/api/v1/plan": {"get": plan}}))
    until(lambda: reloading.get("/api/v1/plan").status == 200)
    until(lambda: "getPlan" in reloading.server.said())
    reloading.save()
    until(lambda: reloading.get("/api/v1/plan").status == 404)


def test_requests_are_answered_while_contracts_come_and_go(reloading: Reloading) -> None:
    """None is lost, and each is answered by one contract as a whole."""
    for value in (20, 30, 40, 50):
        reloading.save(most_of(value))
        seen = set()
        while value not in seen:
            seen.add(reloading.most())
            assert reloading.get("/api/v1/events").status == 200
        assert len(seen) <= 2
    assert "Traceback" not in reloading.server.said()
