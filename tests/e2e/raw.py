"""Requests as bytes on a socket, for what no HTTP client would send, and a reader that needs no client either."""

import socket
from contextlib import suppress
from typing import NamedTuple

_PATIENCE = 30.0


class RawReply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def dial(port: int) -> socket.socket:
    connected = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connected


class Reader:
    """Reads the answers of a connection, one after the other."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._buffer = b""

    def reply(self, *, head: bool = False) -> RawReply | None:
        """The next answer, or None where the server has hung up; `head` if the request was one without a body."""
        found = self._until(b"\r\n\r\n")
        if found is None:
            return None
        line, *fields = found.decode("latin-1").split("\r\n")
        status = int(line.split(" ")[1])
        headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        length = 0 if head or status in (100, 204, 304) else int(headers["content-length"])
        while len(self._buffer) < length:
            if not self._more():
                return None
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return self.reply(head=head) if status == 100 else RawReply(status, headers, body)

    def rest(self) -> list[RawReply]:
        """All answers until the server hangs up."""
        replies = []
        while (reply := self.reply()) is not None:
            replies.append(reply)
        return replies

    def _until(self, mark: bytes) -> bytes | None:
        while mark not in self._buffer:
            if not self._more():
                return None
        found, _, self._buffer = self._buffer.partition(mark)
        return found

    def _more(self) -> bool:
        received = b""
        with suppress(ConnectionError):
            received = self._socket.recv(65_536)
        self._buffer += received
        return bool(received)


def request(method: str, target: str, *fields: str, body: bytes = b"", key: str = "scp_demo_read") -> bytes:
    """A good request, to send whole, in part, or spoilt."""
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", f"X-API-Key: {key}", *fields]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def exchange(port: int, *pieces: bytes) -> RawReply | None:
    """The first answer to these bytes; what the server doesn't want to read any more isn't sent."""
    with dial(port) as connected:
        with suppress(ConnectionError):
            for piece in pieces:
                connected.sendall(piece)
        return Reader(connected).reply()


def resident_megabytes(pid: int) -> float:
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))
