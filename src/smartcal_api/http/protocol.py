"""uvicorn's HTTP/1.1 protocol with a bound on the head of a request, which httptools lacks."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Generous next to the contract's limits, which are enforced later, as problems: these only keep memory flat.
_URL_BYTES = 64 * 1024
_HEADER_FIELDS = 1_000
_HEAD_BYTES = 1024 * 1024
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 39\r\nconnection: close\r\n\r\n"
    b"The head of the request is too large.\r\n"
)


class BoundedProtocol(HttpToolsProtocol):
    """Keeps no more of a head than it takes to see that it is too large, and hangs up on one without end."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head_bytes = 0
        self._in_head = True

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > _HEAD_BYTES:
                self.transport.write(_TOO_LARGE)
                self.transport.close()
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_bytes = 0
        self._in_head = True

    def on_url(self, url: bytes) -> None:
        if len(self.url) <= _URL_BYTES:
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self.headers) <= _HEADER_FIELDS:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()
