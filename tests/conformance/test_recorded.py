"""Recorded traffic is judged on both sides, whether a browser recorded it or the proxy did."""

import json
from pathlib import Path
from typing import Any

import pytest

from smartcal_api.conformance.archive import read_archive
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.recorded import Recording
from smartcal_api.conformance.verdict import Exit
from smartcal_api.contract import Contract
from tests.e2e.server import run
from tests.wire import World

ROOT = "http://127.0.0.1:8080"


def entry(world: World, method: str, target: str, *, body: bytes = b"", spoil: dict[str, Any] | None = None) -> Any:
    """An entry of an archive, as a browser would write it of a request with a good key."""
    kind = "application/json" if body else None
    reply = world.request(method, target, key=world.key("admin"), body=body, media_type=kind)
    text = json.dumps(reply.json | spoil) if spoil else reply.body.decode()
    request: dict[str, Any] = {"method": method, "url": ROOT + target, "headers": [], "queryString": []}
    if body:
        request["headers"] = [{"name": "Content-Type", "value": "application/json"}]
        request["postData"] = {"mimeType": "application/json", "text": body.decode()}
    return {
        "startedDateTime": "2026-03-04T12:00:00.000Z",
        "time": 12.5,
        "request": request,
        "response": {
            "status": reply.status,
            "headers": [{"name": name, "value": value} for name, value in reply.headers.items()],
            "content": {"mimeType": "application/json", "text": text},
        },
    }


def archive(path: Path, *entries: Any) -> Path:
    log = {"version": "1.2", "creator": {"name": "WebInspector", "version": "1"}, "entries": entries}
    path.write_text(json.dumps({"log": log}))
    return path


def judged(contract: Contract, path: Path) -> dict[str, list[str]]:
    """Side and operation → what is broken."""
    archive = read_archive(path, contract)
    recording = Recording(contract)
    for each in archive.entries:
        recording.add(*each)
    found: dict[str, list[str]] = {}
    for outcome in recording.result(archive.root, seconds=0.0).outcomes:
        broken = found.setdefault(outcome.case.name, [])
        broken += [each.message for each in outcome.deviations]
    return found


def test_what_keeps_the_contract_is_no_breach_of_either_side(world: World, contract: Contract, tmp_path: Path) -> None:
    booking = world.get("/api/v1/bookings?upcoming=true", key=world.key("read")).json["data"][0]["id"]
    path = archive(
        tmp_path / "right.har",
        entry(world, "GET", "/api/v1/events?status=confirmed&start_after=2026-03-09T00%3A00%3A00%2B01%3A00&page=2"),
        entry(world, "GET", "/api/v1/me"),
        entry(world, "POST", f"/api/v1/bookings/{booking}/cancel", body=b'{"reason": "x"}'),
        entry(world, "POST", f"/api/v1/bookings/{booking}/cancel"),
        {**entry(world, "GET", "/favicon.ico")},
    )
    found = judged(contract, path)
    assert set(found) == {
        f"{side} {name}" for side in ("SERVER 1", "CLIENT 1") for name in ("listEvents", "getAccount", "cancelBooking")
    }
    assert not any(found.values())


def test_each_breach_is_the_side_s_whose_it_is(world: World, contract: Contract, tmp_path: Path) -> None:
    path = archive(
        tmp_path / "wrong.har",
        entry(world, "GET", "/api/v1/me", spoil={"email": 1}),
        entry(world, "GET", "/api/v1/events?status=maybe&colour=red"),
        entry(world, "POST", "/api/v1/webhooks", body=b'{"url": "https://x.example"}'),
        entry(world, "GET", "/api/v1/nothing"),
    )
    found = judged(contract, path)
    assert "/email: 1 is not of type 'string'" in found["SERVER 1 getAccount"][0]
    assert found["CLIENT 1 getAccount"] == []
    assert found["SERVER 1 listEvents"] == []
    assert ["colour" in why or "maybe" in why for why in found["CLIENT 1 listEvents"]] == [True, True]
    assert "'events' is a required property" in found["CLIENT 1 createWebhook"][0]
    assert "there is no operation GET /api/v1/nothing" in found["CLIENT 1"][0]


def test_an_archive_is_judged_by_the_command(world: World, tmp_path: Path) -> None:
    archive(tmp_path / "wrong.har", entry(world, "GET", "/api/v1/me", spoil={"email": 1}))
    done = run("verify", "--har", "wrong.har", "--strict", "--report-dir", "reports", folder=tmp_path)
    assert done.returncode == Exit.BROKEN, done.stderr
    assert "✗ SERVER 1 getAccount" in done.stdout
    assert (tmp_path / "reports" / "report.html").exists()


@pytest.mark.parametrize("text", ["TRUE", "True", "yes", "1", "on", "true ", ""])
def test_a_boolean_is_judged_as_it_was_written(world: World, contract: Contract, tmp_path: Path, text: str) -> None:
    """CLIENT 1: what a validator would make of it is not what was sent."""
    path = archive(tmp_path / "x.har", entry(world, "GET", f"/api/v1/bookings?upcoming={text.replace(' ', '%20')}"))
    assert "is not written as boolean is in JSON" in judged(contract, path)["CLIENT 1 listBookings"][0]


@pytest.mark.parametrize("text", ["1_0", "%2B5", "%205", "05", "5.0", "%D9%A5", "0x5", "1e1"])
def test_so_is_a_number(world: World, contract: Contract, tmp_path: Path, text: str) -> None:
    path = archive(tmp_path / "x.har", entry(world, "GET", f"/api/v1/bookings?per_page={text}&upcoming=true"))
    found = judged(contract, path)["CLIENT 1 listBookings"]
    assert ["is not written as integer is in JSON" in why for why in found] == [True]


def test_the_preflight_of_a_browser_is_nobody_s_request(world: World, contract: Contract) -> None:
    recording = Recording(contract)
    asked = (("Origin", "http://localhost:3000"), ("Access-Control-Request-Method", "GET"))
    for headers in (asked, asked[:1]):
        recording.add(Exchange(1, "", None, "OPTIONS", "/api/v1/me", headers, b"", None, 204, (), b"", 0.0, 0.0))
    result = recording.result("http://h", seconds=0.0)
    assert result.notes == ["not judged (1): the preflight of a browser"]
    assert {each.case.name for each in result.outcomes} == {"CLIENT 1", "SERVER 1"}, "OPTIONS alone is the app's"


def test_a_breach_is_told_once_and_counts_once(world: World, contract: Contract, tmp_path: Path) -> None:
    recording = Recording(contract)
    wrong = entry(world, "GET", "/api/v1/me", spoil={"email": 1})
    for each in read_archive(archive(tmp_path / "x.har", wrong, wrong), contract).entries:
        told = recording.add(*each)
    assert told == []
    assert len(recording.result("http://h", seconds=0.0).differences) == 1
