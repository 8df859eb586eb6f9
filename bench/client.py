"""A small HTTP client over plain sockets: little enough in the way to time a single answer by."""

import selectors
import socket
import time
from collections.abc import Sequence
from itertools import cycle
from typing import NamedTuple

KEY = "scp_demo_read"
_TIMEOUT = 30.0


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Connection:
    """One connection that is kept open; one request at a time."""

    def __init__(self, port: int, *, key: str = KEY) -> None:
        self._key = key
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._host = f"127.0.0.1:{port}"

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, target: str) -> None:
        head = f"GET {target} HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: Bearer {self._key}\r\n\r\n"
        self.socket.sendall(head.encode("ascii"))

    def receive(self) -> Answer:
        """The answer to what was sent; servers here always send a Content-Length."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        length = int(dict(headers)["content-length"])
        while len(body) < length:
            body += self._more()
        return Answer(int(first.split(" ")[1]), headers, body)

    def get(self, target: str) -> Answer:
        self.send(target)
        return self.receive()

    def timed(self, target: str) -> float:
        """Seconds from the request to the whole of its 200."""
        began = time.perf_counter()
        answer = self.get(target)
        seconds = time.perf_counter() - began
        if answer.status != 200:
            raise ConnectionError(f"{target} was answered with {answer.status}")
        return seconds

    @staticmethod
    def answers(port: int, target: str) -> bool:
        """Whether somebody answers with 200 there."""
        try:
            with Connection(port) as connection:
                return connection.get(target).status == 200
        except OSError:
            return False

    def _more(self) -> bytes:
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("the server hung up")
        return data


def drive(port: int, targets: Sequence[str], *, seconds: float, connections: int = 16) -> int:
    """Keeps so many connections busy for so long, and returns how many answers came, all of them 200."""
    opened = [Connection(port) for _ in range(connections)]
    following, answered = cycle(targets), 0
    try:
        with selectors.DefaultSelector() as selector:
            for connection in opened:
                selector.register(connection.socket, selectors.EVENT_READ, connection)
                connection.send(next(following))
            until = time.perf_counter() + seconds
            busy = connections
            while busy:
                ready = selector.select(_TIMEOUT)
                if not ready:
                    raise ConnectionError(f"no answer within {_TIMEOUT:.0f} s")
                for key, _ in ready:
                    answer = key.data.receive()
                    if answer.status != 200:
                        raise ConnectionError(f"a request was answered with {answer.status}")
                    answered += 1
                    if time.perf_counter() < until:
                        key.data.send(next(following))
                    else:
                        busy -= 1
        return answered
    finally:
        for connection in opened:
            connection.socket.close()
