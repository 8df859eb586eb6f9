"""Laws DELV 4 to 6 over real sockets: what a receiver can do to an attempt, and what the attempt does not do for it."""

import asyncio
import gzip
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from smartcal_api.errors import UsageError
from smartcal_api.webhooks.attempt import Request, Sender
from smartcal_api.webhooks.network import LOOPBACK
from smartcal_api.webhooks.outcome import Outcome
from smartcal_api.webhooks.receiver import Receiver, Reply
from smartcal_api.webhooks.trust import tls_context

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
SHORT, LONG = 0.3, 20.0


def send(url: str, *, timeout: float = LONG, body: bytes = b"{}", tls: ssl.SSLContext | None = None) -> Outcome:
    request = Request(url, body, (("Content-Type", "application/json"), ("X-Sent", "yes")))
    return asyncio.run(Sender(LOOPBACK, tls=tls).send(request, timeout=timeout))


def against(talk: Talk, *, timeout: float = LONG) -> Outcome:
    """An attempt at a receiver that says, once the request is there, what `talk` says."""

    async def attempt() -> Outcome:
        async with listening(talk) as port:
            return await Sender(LOOPBACK).send(Request(f"http://127.0.0.1:{port}/", b"{}", ()), timeout=timeout)

    return asyncio.run(attempt())


@asynccontextmanager
async def listening(talk: Talk, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def saying(text: bytes) -> Talk:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(text)
        await writer.drain()

    return talk


def repeating(start: bytes, piece: bytes, *, pause: float = 0.0) -> Talk:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return talk


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read(-1)


@pytest.mark.parametrize(
    "status", [200, 201, 202, 204, 299, 300, 301, 302, 303, 307, 308, 400, 404, 410, 429, 500, 503]
)
def test_delv_4_success_is_2xx_alone(status: int) -> None:
    outcome = against(saying(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode()))
    assert (outcome.status, outcome.error, outcome.success) == (status, None, 200 <= status < 300)


def test_delv_2_nothing_is_added_to_what_the_contract_says() -> None:
    with Receiver() as receiver:
        assert send(f"{receiver.url}a/b?c=d&e=%20", body='{"é":1}'.encode()).success
        (received,) = receiver.received
    assert received.path == "/a/b?c=d&e=%20"
    assert received.body == '{"é":1}'.encode()
    assert received.headers == {
        "host": f"127.0.0.1:{receiver.port}",
        "content-type": "application/json",
        "x-sent": "yes",
        "content-length": "8",
    }


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_delv_4_a_redirect_is_not_followed(status: int) -> None:
    with Receiver() as elsewhere, Receiver(Reply(status, headers={"Location": elsewhere.url})) as receiver:
        assert send(receiver.url).status == status
        assert elsewhere.received == []


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"])
def test_delv_6_a_proxy_of_the_environment_is_not_asked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver() as proxy, Receiver() as receiver:
        monkeypatch.setenv(name, proxy.url)
        for each in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(each, raising=False)
        assert send(receiver.url).success
        assert (len(receiver.received), proxy.received) == (1, [])


def test_delv_5_a_receiver_that_says_nothing_gets_its_time_and_no_more() -> None:
    outcome = against(silent, timeout=SHORT)
    assert (outcome.status, outcome.error, outcome.success) == (None, "timed_out", False)
    assert SHORT * 1e9 <= outcome.duration < 10e9
    assert "0.3 s" in outcome.detail


@pytest.mark.parametrize(
    "talk",
    [
        repeating(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x", pause=0.05),
        repeating(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", pause=0.05),
        repeating(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", pause=0.05),
        repeating(b"", b"HTTP/1.1 102 Processing\r\n\r\n", pause=0.05),
    ],
    ids=["body", "chunks", "head", "interim answers"],
)
def test_delv_5_the_deadline_is_for_all_of_it_and_not_for_each_piece(talk: Talk) -> None:
    outcome = against(talk, timeout=SHORT)
    assert outcome.error == "timed_out"
    assert outcome.duration < 10e9


def test_delv_5_of_a_body_without_end_a_bounded_part_is_read_and_less_kept() -> None:
    outcome = against(repeating(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", b"x" * 65536))
    assert outcome.success
    assert outcome.head == b"x" * 1024


def test_delv_5_a_head_without_end_is_no_answer() -> None:
    outcome = against(repeating(b"HTTP/1.1 200 OK\r\n", b"X: " + b"y" * 65536))
    assert (outcome.status, outcome.error) == (None, "no_http")


def test_delv_5_what_is_packed_stays_packed() -> None:
    packed = gzip.compress(b"0" * 100_000_000)
    with Receiver(Reply(200, packed, {"Content-Encoding": "gzip"})) as receiver:
        assert send(receiver.url).head == packed[:1024]


@pytest.mark.parametrize(
    ("talk", "error"),
    [
        (saying(b"SSH-2.0-OpenSSH_9.6\r\n"), "no_http"),
        (saying(b"\0\xff" * 50), "no_http"),
        (saying(b"HTTP/1.1 OK\r\n\r\n"), "no_http"),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"), "no_http"),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"), "no_http"),
        (saying(b""), "no_http"),
        (saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "no_http"),
    ],
)
def test_delv_4_what_is_no_answer_is_a_failure_with_its_class(talk: Talk, error: str) -> None:
    outcome = against(talk)
    assert (outcome.status, outcome.error) == (None, error)
    assert outcome.detail


def test_delv_4_nobody_there_is_a_failure_with_its_class() -> None:
    with Receiver() as receiver:
        url = receiver.url
    assert send(url).error == "connection_failed"


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[fe80::1]", "[::ffff:10.0.0.1]", "0.0.0.0"])
def test_delv_6_an_address_that_may_not_be_dialled_is_a_failure_that_says_so(host: str) -> None:
    for scheme in ("http", "https"):
        outcome = send(f"{scheme}://{host}/")
        assert (outcome.status, outcome.error) == (None, "address_refused")
        assert host.strip("[]").removeprefix("::ffff:") in outcome.detail


@pytest.mark.parametrize(
    ("stated", "expected"), [("0", 0), ("120", 120), ("9" * 40, 999_999_999), ("-1", None), ("soon", None)]
)
def test_delv_4_retry_after_is_read_in_seconds(stated: str, expected: int | None) -> None:
    with Receiver(Reply(503, headers={"Retry-After": stated})) as receiver:
        assert send(receiver.url).retry_after == expected


# -- TLS


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody but its owner believes, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.fromisoformat("2020-01-01"))
        .not_valid_after(datetime.fromisoformat("2020-01-01") + timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path_factory.mktemp("tls") / "receiver.pem"
    path.write_bytes(private + made.public_bytes(pem))
    return path


def over_tls(authority: Path, host: str, tls: ssl.SSLContext | None) -> Outcome:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority)

    async def attempt() -> Outcome:
        async with listening(saying(b"HTTP/1.1 204 No Content\r\n\r\n"), tls=context) as port:
            asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # the receiver's half of a handshake
            return await Sender(LOOPBACK, tls=tls).send(Request(f"https://{host}:{port}/", b"{}", ()), timeout=LONG)

    return asyncio.run(attempt())


def test_delv_6_a_certificate_that_nobody_believes_is_a_failure(authority: Path) -> None:
    assert over_tls(authority, "127.0.0.1", None).error == "tls_failed"


def test_delv_6_an_authority_of_ones_own_is_believed_for_the_names_that_it_vouches_for(authority: Path) -> None:
    tls = tls_context(authority)
    assert over_tls(authority, "127.0.0.1", tls).status == 204
    assert over_tls(authority, "localhost", tls).error == "tls_failed"


def test_plain_http_behind_https_is_a_failure() -> None:
    with Receiver() as receiver:
        assert send(receiver.url.replace("http", "https", 1)).error == "tls_failed"


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_certificates_that_can_not_be_read_are_a_clear_line(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=f"--receiver-ca.*{os.path.basename(path)}"):
        tls_context(path)
