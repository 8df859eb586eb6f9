"""Recorded traffic is judged on both sides, whether a browser recorded it or the proxy did."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.proxy import Proxy
from smartcal_api.conformance.recorded import Recording, read_har
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.verdict import Exit, Verdict
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from tests.e2e.server import run, serving
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
    root, exchanges = read_har(path, contract)
    recording = Recording(contract)
    for each in exchanges:
        recording.add(each)
    found: dict[str, list[str]] = {}
    for outcome in recording.result(root, seconds=0.0).outcomes:
        broken = found.setdefault(outcome.case.name, [])
        if outcome.verdict is Verdict.BROKEN:
            broken.append(outcome.why)
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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no HTTP Archive"),
        ('{"log": {"entries": [{}]}}', "is no HTTP Archive"),
        ('{"log": {"entries": []}}', "has no request to a path of the contract"),
        ('{"log": {"creator": {"name": "smartcal verify"}, "entries": []}}', "in which values are masked"),
    ],
)
def test_what_is_no_recording_is_refused(contract: Contract, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "x.har"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_har(path, contract)


@contextmanager
def proxied(upstream: str, contract: Contract) -> Iterator[tuple[Proxy, Recording, list[str]]]:
    recording, live = Recording(contract), list[str]()

    def record(exchange: Exchange) -> None:
        live.extend(f"{side.family}: {fault.message}" for side, fault in recording.add(exchange))

    proxy = Proxy(Target(root=upstream), port=0, record=record)
    thread = threading.Thread(target=proxy.serve)
    thread.start()
    try:
        yield proxy, recording, live
    finally:
        proxy.stop()
        thread.join()
        proxy.close()


def test_the_proxy_forwards_untouched_and_tells_each_side_s_breaches(contract: Contract, tmp_path: Path) -> None:
    with serving(tmp_path) as server, proxied(server.ready["root_url"], contract) as (proxy, recording, live):
        connection = http.client.HTTPConnection("127.0.0.1", int(proxy.root.rpartition(":")[2]))
        headers = {"Authorization": "Bearer scp_demo_admin", "Content-Type": "application/json"}
        wanted = b'{"url": "https://hooks.example.com/", "events": ["event.created"]}'
        chunks = iter([wanted[:10], wanted[10:]])
        for method, path, body, status in (
            ("GET", "/api/v1/events?per_page=1", None, 200),
            ("HEAD", "/api/v1/me", None, 200),
            ("POST", "/api/v1/webhooks", wanted, 201),
            ("POST", "/api/v1/webhooks", chunks, 201),
            ("GET", "/api/v1/events?per_page=0", None, 400),
        ):
            connection.request(method, path, body, headers, encode_chunked=True)
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status == status, text
            if path.endswith("per_page=1"):
                assert f"<{proxy.root}/api/v1/events?" in (answer.getheader("Link") or ""), "links lead through it"
        connection.close()
    assert live == ["CLIENT: per_page: 0 is less than the minimum of 1"]
    result = recording.result(proxy.root, seconds=1.0, strict=True)
    assert [each.case.name for each in result.of(Verdict.BROKEN)] == ["CLIENT 1 listEvents"]
    assert len(result.evidence) == 5


def test_an_upstream_that_is_gone_is_502(contract: Contract) -> None:
    with proxied("http://127.0.0.1:9", contract) as (proxy, recording, _):
        connection = http.client.HTTPConnection("127.0.0.1", int(proxy.root.rpartition(":")[2]))
        connection.request("GET", "/api/v1/me")
        assert connection.getresponse().status == 502
        connection.close()
    assert recording.evidence == []
