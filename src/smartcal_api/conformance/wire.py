"""The HTTP client: kept-alive connections, exact bytes, no redirects followed, nothing decided about an answer.

`http.client` rather than a richer one: it costs a third of a millisecond a request, and adds no header unasked.
"""

import http.client
import ssl
import urllib.request
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from smartcal_api.conformance.exchange import Fields
from smartcal_api.conformance.target import Target
from smartcal_api.errors import SmartCalError, UsageError
from smartcal_api.input import read_text

TIMEOUT = 30.0


class Unreachable(SmartCalError):
    """No answer came: refused, reset, timed out, or no HTTP."""


@dataclass(frozen=True, slots=True)
class Request:
    """What goes over the wire, whole but for the headers that a connection needs (Host, Content-Length)."""

    method: str
    target: str
    headers: Fields = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Fields
    body: bytes


class Transport(Protocol):
    """What a session sends with: a `Wire`, or the application itself in the tests of the laws."""

    def send(self, request: Request) -> Answer: ...

    def close(self) -> None: ...


class Wire:
    """One connection to a root, opened when it is needed and opened again when the other end has closed it."""

    def __init__(self, target: Target, *, root: str | None = None) -> None:
        parts = urlsplit(root or target.root)
        self._parts = parts
        self.prefix = parts.path.rstrip("/")
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = _tls(target) if parts.scheme == "https" else None
        proxy = urllib.request.getproxies().get(parts.scheme)
        host = parts.hostname or ""
        self._proxy = urlsplit(proxy) if proxy and not urllib.request.proxy_bypass(host) else None
        self._extra = tuple(target.headers.items())
        self._connection: http.client.HTTPConnection | None = None

    def send(self, request: Request, *, timeout: float = TIMEOUT) -> Answer:
        """One answer. A connection that was kept and turns out to be closed is opened anew, once: nothing was read."""
        kept = self._connection is not None
        try:
            try:
                return self._send(request, timeout)
            except ConnectionError:
                if not kept:
                    raise
                self.close()
                return self._send(request, timeout)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unreachable(f"{request.method} {request.target[:200]}: {error or type(error).__name__}") from None
        except BaseException:
            self.close()  # interrupted in the middle of an answer, which the next request must not get
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(self, request: Request, timeout: float) -> Answer:
        connection = self._connection or self._open(timeout)
        target = self.prefix + request.target
        if self._proxy is not None and self._tls is None:
            target = f"http://{self._parts.netloc}{target}"
        own_host = any(name.lower() == "host" for name, _ in request.headers)
        connection.putrequest(request.method, target, skip_host=own_host, skip_accept_encoding=True)
        names = set()
        for name, value in (*request.headers, *self._extra):
            names.add(name.lower())
            connection.putheader(name, value.encode("latin-1", "replace"))
        if (request.body or request.method in ("POST", "PUT", "PATCH")) and not names & {
            "content-length",
            "transfer-encoding",
        }:
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body or None)
        response = connection.getresponse()
        body = _stray(connection, response) if request.method == "HEAD" else b""
        body = body or response.read()
        if response.will_close or (request.method == "HEAD" and body):
            self.close()
        return Answer(response.status, tuple(response.getheaders()), body)

    def _open(self, timeout: float) -> http.client.HTTPConnection:
        via = self._proxy
        host = (via.hostname if via else self._parts.hostname) or ""
        port = (via.port or 80) if via else self._port
        connection: http.client.HTTPConnection
        if self._tls is not None:
            connection = http.client.HTTPSConnection(host, port, timeout=timeout, context=self._tls)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=timeout)
        if via and self._tls is not None:
            connection.set_tunnel(self._parts.hostname or "", self._port)
        self._connection = connection
        return connection


def _stray(connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> bytes:
    """What came behind the head of an answer to HEAD, where there is nothing to come."""
    if connection.sock is None or response.fp is None:
        return b""
    timeout = connection.sock.gettimeout()
    connection.sock.setblocking(False)
    try:
        return bytes(response.fp.peek(1))
    except OSError:
        return b""  # nothing has come
    finally:
        connection.sock.settimeout(timeout)


def fields(*groups: Iterable[tuple[str, str]]) -> Fields:
    return tuple(field for group in groups for field in group)


def _tls(target: Target) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cadata=None if target.cacert is None else read_text(target.cacert))
        if target.client_cert is not None:
            read_text(target.client_cert, regular=True)  # a device without end would be read without end
            context.load_cert_chain(target.client_cert)
    except (OSError, ValueError) as error:
        files: Sequence[str] = [str(each) for each in (target.cacert, target.client_cert) if each]
        raise UsageError(
            f"{' or '.join(files)}: can't be used for TLS: {getattr(error, 'strerror', None) or error}."
        ) from None
    return context
