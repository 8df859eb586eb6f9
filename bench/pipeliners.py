"""Clients that send ahead as much as they are let, and read nothing (laws GUARD 2, GUARD 3)."""

import socket
import time
from contextlib import ExitStack, suppress

from bench.client import KEY

CLIENTS, REQUESTS = 200, 1_000
_REQUEST = (
    b"GET /api/v1/events?per_page=100 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %b\r\n\r\n" % KEY.encode()
)
_SECONDS = 2.0


def pipeline(port: int) -> None:
    """Opens all connections, sends on each whatever it takes for a while, and closes them unread."""
    with ExitStack() as stack:
        opened = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(CLIENTS)]
        clients = dict.fromkeys(opened, REQUESTS * _REQUEST)
        for each in opened:
            each.setblocking(False)
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end:  # also when all is sent: it has to be answered meanwhile
            for each, left in clients.items():
                with suppress(BlockingIOError, ConnectionError):
                    clients[each] = left[each.send(left) :] if left else left
            time.sleep(0.01)
