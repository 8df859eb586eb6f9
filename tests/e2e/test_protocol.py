"""What goes on below the steps: bounds on a head without end, pipelining, upgrades, trailers (laws GUARD 1 and 2)."""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.e2e.raw import Reader, dial, exchange, request, resident_megabytes
from tests.e2e.server import Running, serving

ME = request("GET", "/api/v1/me")
HOOK = json.dumps({"url": "https://hooks.example.com/", "events": ["booking.created"]}).encode()
JSON = "Content-Type: application/json"
H2C = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA")
CHUNKED = request("POST", "/api/v1/webhooks", JSON, "Transfer-Encoding: chunked", key="scp_demo_webhooks")
MEGABYTE = b"a" * 1_000_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("protocol"), "--rate-limits", "off") as running:
        yield running
        assert "Traceback" not in running.said()


@pytest.fixture(autouse=True)
def _answers_the_next_request(server: Running) -> Iterator[None]:
    """GUARD 2, after each of these tests."""
    yield
    assert server.request("GET", "/api/v1/me", key="scp_demo_read").status == 200


@pytest.mark.parametrize("megabytes", [1.1, 3, 20])
@pytest.mark.parametrize("key", ["scp_demo_webhooks", "nobody"])
def test_guard_1_a_client_that_sends_a_large_body_to_its_end_gets_its_answer_and_no_reset(
    server: Running, megabytes: float, key: str
) -> None:
    with dial(server.port) as connected:
        connected.sendall(request("POST", "/api/v1/webhooks", JSON, key=key, body=b"a" * int(megabytes * 1e6)) + ME)
        reader = Reader(connected)
        assert reader.reply().status == (413 if key != "nobody" else 401)
        assert reader.reply().status == 200


@pytest.mark.parametrize("bytes_", [8_193, 33_000, 70_000, 500_000])
def test_guard_1_a_url_however_long_is_414_as_a_problem(server: Running, bytes_: int) -> None:
    reply = exchange(server.port, request("GET", "/" + "a" * (bytes_ - 1)))
    assert reply.status == 414
    assert json.loads(reply.body)["code"] == "uri_too_long"


@pytest.mark.parametrize("fields", [["X: " + "a" * 200_000], ["X: a"] * 101, ["X: a"] * 5_000])
def test_guard_1_too_many_or_too_large_headers_are_431_as_a_problem(server: Running, fields: list[str]) -> None:
    reply = exchange(server.port, request("GET", "/api/v1/me", *fields))
    assert reply.status == 431
    assert json.loads(reply.body)["code"] == "headers_too_large"


@pytest.mark.parametrize(
    "start",
    [b"GET /", b"G", ME[:-2] + b"X: ", ME[:-2] + b"X", CHUNKED + b"0\r\nX: ", CHUNKED + b"1;x=", CHUNKED + b"1;"],
    ids=["url", "method", "header", "header name", "trailer", "chunk extension", "chunk extension's name"],
)
def test_guard_2_what_has_no_end_is_hung_up_on_and_memory_is_where_it_was(server: Running, start: bytes) -> None:
    before = resident_megabytes(server.process.pid)
    with dial(server.port) as connected, suppress(ConnectionError):
        connected.sendall(start)
        for _ in range(60):
            connected.sendall(MEGABYTE)
        raise AssertionError("the server read 60 MB of it")
    assert resident_megabytes(server.process.pid) < before + 16


@pytest.mark.parametrize(("start", "status"), [(b"GET /", 414), (ME[:-2] + b"X: ", 431), (CHUNKED + b"0\r\nX: ", 431)])
def test_guard_1_what_is_far_too_large_is_told_to_a_client_that_reads_only_when_it_is_done(
    server: Running, start: bytes, status: int
) -> None:
    with dial(server.port) as connected:
        connected.sendall(start + MEGABYTE * 12)
        assert [reply.status for reply in Reader(connected).rest()] == [status]


def test_guard_2_who_pipelines_and_does_not_read_takes_no_more_memory_with_each_round(server: Running) -> None:
    """And is no defect of this server's when it leaves: see the end of `server`."""
    resident = []
    for _ in range(2):
        clients = [dial(server.port) for _ in range(100)]
        for each in clients:
            each.setblocking(False)
            with suppress(BlockingIOError):
                for _ in range(4):
                    each.send(b"GET /api/v1/events HTTP/1.1\r\nHost: a\r\n\r\n" * 6_000)
        assert server.request("GET", "/api/v1/me", key="scp_demo_read").status == 200
        for each in clients:
            each.close()
        resident.append(resident_megabytes(server.process.pid))
    assert resident[1] < resident[0] + 10


@pytest.mark.parametrize("field", ["X-API-Key: scp_demo_webhooks", "Authorization: Bearer scp_demo_webhooks"])
@pytest.mark.parametrize("pieces", [1, 2])
def test_a_credential_in_a_trailer_is_never_read(server: Running, field: str, pieces: int) -> None:
    """RFC 9110 section 6.5.1: a trailer must not be taken for a header, whenever it arrives."""
    head = b"POST /api/v1/webhooks HTTP/1.1\r\nHost: a\r\n" + JSON.encode() + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"%x\r\n%s\r\n0\r\n%s\r\n\r\n" % (len(HOOK), HOOK, field.encode())
    reply = exchange(server.port, *([head + body] if pieces == 1 else [head, body]))
    assert reply.status == 401
    assert json.loads(reply.body)["code"] == "missing_credentials"


def test_a_chunked_body_without_a_length_is_read(server: Running) -> None:
    reply = exchange(server.port, CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(HOOK), HOOK))
    assert reply.status == 201


@pytest.mark.parametrize("together", [True, False])
def test_clients_that_would_rather_speak_http_2_are_answered_again_and_again(server: Running, together: bool) -> None:
    """They offer an upgrade with every request, bodies included (RFC 9110 section 7.8 lets a server ignore it)."""
    get = request("GET", "/api/v1/me", *H2C)
    post = request("POST", "/api/v1/webhooks", JSON, *H2C, key="scp_demo_webhooks", body=HOOK)
    plain = request("GET", "/api/v1/webhooks", key="scp_demo_webhooks")
    with dial(server.port) as connected:
        reader = Reader(connected)
        if together:
            connected.sendall(get + post + get + post + plain)
            assert [reader.reply().status for _ in range(5)] == [200, 201, 200, 201, 200]
        else:
            for each, status in ((get, 200), (post, 201), (get, 200), (post, 201), (plain, 200)):
                connected.sendall(each[:40])
                connected.sendall(each[40:])
                assert reader.reply().status == status


def test_a_web_socket_is_answered_as_the_get_that_it_is(server: Running) -> None:
    fields = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAA")
    assert exchange(server.port, request("GET", "/api/v1/me", *fields)).status == 200


@pytest.mark.parametrize("target", ["/", "/api/v1/me", "example.com:443"])
def test_connect_is_refused_and_what_it_would_carry_is_not_read(server: Running, target: str) -> None:
    with dial(server.port) as connected:
        connected.sendall(request("CONNECT", target) + ME)
        replies = Reader(connected).rest()
    assert [reply.status for reply in replies] in ([400], [404], [405])


@pytest.mark.parametrize(
    ("target", "statuses"),
    [
        ("http://127.0.0.1/api/v1/me", {200}),
        ("http://127.0.0.1", {400, 404}),
        ("*", {400, 404}),
        ("//api/v1/me", {404}),
        ("http://elsewhere.example/_sandbox/health", {403}),
        ("http://127.0.0.1/_sandbox/health", {200}),
        ("/api/v1/me#fragment", {200, 400, 404}),
        ("/api/v1/me?x=%", {400}),
        ("/%ff%00%zz", {404}),
        ("/\xe9", {400}),
        ("/api/v1/me?\xe9", {400}),
        ("/a b", {400}),
    ],
)
def test_guard_1_any_form_of_target_is_answered_below_500(server: Running, target: str, statuses: set[int]) -> None:
    assert exchange(server.port, request("GET", target)).status in statuses


@pytest.mark.parametrize(
    "spoilt",
    [
        b"garbage\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",
        b"GET / HTTP/3.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
        CHUNKED + b"zz\r\n",
        CHUNKED + b"-1\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_guard_1_what_is_no_http_is_400_and_the_end_of_the_connection(server: Running, spoilt: bytes) -> None:
    with dial(server.port) as connected:
        connected.sendall(spoilt)
        assert [reply.status for reply in Reader(connected).rest()] == [400]


def test_a_whole_request_before_garbage_has_its_own_answer(server: Running) -> None:
    with dial(server.port) as connected:
        connected.sendall(ME + ME + b"garbage\r\n\r\n")
        assert [reply.status for reply in Reader(connected).rest()] == [200, 200, 400]


def test_guard_2_pipelined_requests_are_answered_in_order_and_memory_stays_bounded(server: Running) -> None:
    """Each answer used to let a read buffer more of requests in: 40 of them took half a gigabyte."""
    small = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 10_000
    before = resident_megabytes(server.process.pid)
    with dial(server.port) as connected:

        def send() -> None:
            with suppress(OSError):
                for _ in range(40):
                    connected.sendall(small)

        sending = threading.Thread(target=send)
        sending.start()
        reader = Reader(connected)
        for _ in range(200):
            assert reader.reply().status == 404
        assert resident_megabytes(server.process.pid) < before + 80
        connected.shutdown(2)
        sending.join()
