"""A receiver of webhooks that does nothing: `python -m bench.receiver PORT`. Below `/hang` it never answers."""

import asyncio
import sys
from typing import Any

import uvloop

_TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"
_READY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Take(asyncio.Protocol):
    """Answers once a request is whole; its client sends one a connection and no chunks."""

    def connection_made(self, transport: Any) -> None:
        self._transport, self._received, self._wanted = transport, b"", 0

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if len(body) >= int(length or 0) and not head.startswith(b"POST /hang"):
            self._received = b""
            self._transport.write(_READY if head.startswith(b"GET") else _TAKEN)


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Take, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
