"""What stands between a client and a server has in common: it takes any method, and answers in one piece."""

from http.server import BaseHTTPRequestHandler
from typing import Any

from smartcal_api.conformance.exchange import Fields

HOP_BY_HOP = frozenset({"connection", "keep-alive", "proxy-connection", "transfer-encoding", "content-length", "te"})
_NO_CONTENT, _NOT_MODIFIED = 204, 304


class Forwarding(BaseHTTPRequestHandler):
    """`forward` is called for each request, and calls `answer` once."""

    protocol_version = "HTTP/1.1"
    # Head and body in one segment: with two, each answer would wait for the client's delayed acknowledgement.
    wbufsize = -1

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):  # any method at all
            return self.forward
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name that it has above
        """Says nothing: what is to be told is told by whoever records."""

    def forward(self) -> None:
        """Gets an answer to the request, each kind in its own way."""
        raise NotImplementedError

    def body(self) -> bytes:
        if "chunked" in (self.headers.get("Transfer-Encoding") or "").lower():
            return b"".join(self._chunks())
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, status: int, fields: Fields, body: bytes) -> None:
        self.send_response_only(status)
        # Of what has no body the length is that of what it stands for (RFC 9110 section 8.6), if it says one.
        bodiless = self.command == "HEAD" or status == _NOT_MODIFIED
        for name, value in fields:
            if name.lower() not in HOP_BY_HOP or (bodiless and name.lower() == "content-length"):
                self.send_header(name, value)
        if not bodiless and status >= 200 and status != _NO_CONTENT:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def _chunks(self) -> Any:
        """RFC 9112 section 7.1; extensions and trailers are dropped."""
        while size := int(self.rfile.readline().partition(b";")[0].strip() or b"0", 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
