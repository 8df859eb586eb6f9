"""A seeded fuzz of the guard on a real socket; `make fuzz` makes a million requests of it (laws GUARD 1 and 2)."""

import json
import os
import re
import select
import socket
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from smartcal_api.contract import Contract
from tests.e2e.mutations import Mutations
from tests.e2e.raw import dial, exchange, request, resident_megabytes
from tests.e2e.server import Running, serving

SEED = 20_260_301
BATCH = 100
# What the same requests cost in memory when they come for the first time: caches of the interpreter and of the store.
WARM_UP = 1_000
GROWTH_MEGABYTES = 24
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
GOOD = request("GET", "/api/v1/me")


def test_guard_1_and_2_no_mutated_request_is_a_5xx_stops_the_next_one_or_keeps_memory(
    tmp_path: Path, contract: Contract, pytestconfig: pytest.Config
) -> None:
    total = pytestconfig.getoption("--requests", 4_000)
    seen: Counter[int] = Counter()
    with serving(tmp_path, "--rate-limits", "off", "--now", "2026-03-04T12:00:00Z") as server:
        mutations = Mutations(
            SEED,
            operations=((each.method, each.path) for each in contract.operations.values()),
            ids=_ids(server),
            event_types=contract.data["webhooks"],
        )
        level = None
        for done in range(0, total, BATCH):
            seen += _batch(server, [mutations.request() for _ in range(BATCH)])
            _look_at_log(server)
            if level is None and done >= min(WARM_UP, total // 2):
                level = resident_megabytes(server.process.pid)
        assert resident_megabytes(server.process.pid) < level + GROWTH_MEGABYTES
        assert server.process.poll() is None
    # So that it is known to reach what it is for.
    assert seen.total() > total / 2
    if total >= 4_000:
        assert {200, 201, 204, 400, 401, 403, 404, 405, 413, 414, 415, 431} <= seen.keys()


def _batch(server: Running, requests: list[bytes]) -> Counter[int]:
    """Sends each on a connection of its own, asks for a good one, and looks at what has been answered until then."""
    with ExitStack() as stack:
        connections: list[tuple[socket.socket, bytes]] = []
        for sent in requests:
            connection = stack.enter_context(dial(server.port))
            with suppress(ConnectionError):  # it may hang up before it has everything
                connection.sendall(sent)
            connections.append((connection, sent))
        good = exchange(server.port, GOOD)
        assert good is not None
        assert good.status == 200
        statuses: Counter[int] = Counter()
        for connection, sent in connections:
            for status in _answered(connection):
                # 501 and 505 are HTTP's for a coding and a version that a server doesn't know (RFC 9110 section 15.6).
                assert status < 500 or status in (501, 505), f"{status} to {sent[:3_000]!r}"
                statuses[status] += 1
        return statuses


def _answered(connection: socket.socket) -> list[int]:
    received = b""
    with suppress(ConnectionError):
        while select.select([connection], [], [], 0)[0] and (more := connection.recv(1 << 18)):
            received += more
    return [int(status) for status in _STATUS.findall(received)]


def _look_at_log(server: Running) -> None:
    """A million requests log a gigabyte, so that what has been looked at is cut off."""
    assert b"Traceback" not in server.log.read_bytes(), server.said()[-5_000:]
    assert server.leaks() == []
    os.truncate(server.log, 0)


def _ids(server: Running) -> list[str]:
    found = []
    for path in ("events", "bookings", "booking-pages"):
        answer = server.request("GET", f"/api/v1/{path}?per_page=10", key="scp_demo_read")
        found += [item["id"] for item in answer.json["data"]]
    hook = json.dumps({"url": "https://hooks.example.com/", "events": ["booking.created"]}).encode()
    for _ in range(10):
        found.append(server.request("POST", "/api/v1/webhooks", key="scp_demo_webhooks", body=hook).json["id"])
    return found
