"""One attempt to deliver: a POST over HTTP/1.1 to a checked address, and what came of it (laws DELV 4 to 7)."""

import asyncio
import ssl
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpcore

from smartcal_api.webhooks.dialling import AddressRefused, Dialler, NameNotFound, Resolve, system_resolver
from smartcal_api.webhooks.network import Receivers
from smartcal_api.webhooks.outcome import Outcome
from smartcal_api.webhooks.own_plane import OwnPlane
from smartcal_api.webhooks.trust import tls_context

# What is kept of an answer, and what is read of it at most: a receiver that is cut off in its answer may call that an
# error of its own.
_KEPT, _READ = 1024, 64 * 1024
_CLASSES = {
    AddressRefused: "address_refused",
    NameNotFound: "name_not_found",
    httpcore.ConnectError: "connection_failed",
    httpcore.RemoteProtocolError: "no_http",
    httpcore.LocalProtocolError: "no_http",
    httpcore.NetworkError: "connection_lost",
    TimeoutError: "timed_out",
    httpcore.TimeoutException: "timed_out",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: the bytes as they were recorded, and the headers that go with them."""

    url: str
    body: bytes
    headers: tuple[tuple[str, str], ...]


class Sender:
    """Performs attempts. Each has a connection of its own, so that each one's address is checked; no redirect is
    followed, nothing is decompressed, and `timeout` seconds of real time are all that it gets."""

    def __init__(
        self,
        receivers: Receivers,
        *,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve | None = None,
        own_plane: OwnPlane | None = None,
    ) -> None:
        resolve = resolve or system_resolver()
        self._own_plane = own_plane
        self._anywhere = Dialler(receivers, resolve=resolve)
        self._elsewhere = Dialler(receivers, resolve=resolve, shunned=own_plane)
        self._tls = tls

    async def send(self, request: Request, *, timeout: float) -> Outcome:
        began = time.monotonic_ns()
        try:
            async with asyncio.timeout(timeout):
                status, head, retry_after = await self._exchange(request)
        except tuple(_CLASSES) as error:
            kind = _class(error)
            detail = f"no complete answer within {timeout:g} s" if kind == "timed_out" else str(error)
            return Outcome(duration=time.monotonic_ns() - began, error=kind, detail=detail)
        return Outcome(duration=time.monotonic_ns() - began, status=status, head=head, retry_after=retry_after)

    async def _exchange(self, request: Request) -> tuple[int, bytes, int | None]:
        parts = urlsplit(request.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        url = httpcore.URL(scheme=parts.scheme, host=parts.hostname or "", port=port, target=target)
        headers = [("Host", parts.netloc), *request.headers, ("Content-Length", str(len(request.body)))]
        if parts.scheme == "https" and self._tls is None:
            # Not before it is needed: this machine's authorities take memory, and most receivers are on loopback.
            self._tls = tls_context()
        shunning = self._own_plane is not None and self._own_plane.holds(parts.path)
        dialler = self._elsewhere if shunning else self._anywhere
        connection = httpcore.AsyncHTTPConnection(url.origin, self._tls, network_backend=dialler)
        try:
            response = await connection.handle_async_request(
                httpcore.Request("POST", url, headers=headers, content=request.body)
            )
            head, read = b"", 0
            async for chunk in response.aiter_stream():
                head += chunk[: _KEPT - len(head)]
                read += len(chunk)
                if read >= _READ:
                    break
            return response.status, head, _retry_after(response.headers)
        finally:
            await connection.aclose()


def _class(error: BaseException) -> str:
    if _of_tls(error):
        return "tls_failed"
    return next(name for kind, name in _CLASSES.items() if isinstance(error, kind))


def _of_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _retry_after(headers: list[tuple[bytes, bytes]]) -> int | None:
    """Whole seconds; a date would be one of real time, and the sandbox has its own."""
    for name, value in headers:
        if name.lower() == b"retry-after" and value.isdigit():
            return int(value[:9])
    return None
