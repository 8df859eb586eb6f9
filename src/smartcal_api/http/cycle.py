"""A response on its way out: head and body leave together, in one system call and, mostly, one packet."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from smartcal_api.http.hang_up import HANG_UP
from smartcal_api.journal import HEAD_BYTES

# What would end a header field or a head before its time (RFC 9110 section 5.5); a tab may stand in a value.
_CONTROLS = bytes({*range(32), 127} - {9})
_LARGE = 1024 * 1024
_END = b"\r\n\r\n"
_LAST = b"\r\nconnection: close\r\n\r\n"


class Cycle(RequestResponseCycle):
    """uvicorn's, which sends the head at once and looks at each of its fields several times."""

    _head: Any = None
    _read = False
    _stopping = False

    def stop(self) -> None:
        """Whoever listens for the client to go away listens no longer, and still may answer."""
        self._stopping = True
        self.message_event.set()

    async def receive(self) -> Any:
        """Reading a body goes on while the server stops; waiting for what comes after it doesn't."""
        if self._read and self._stopping:
            return {"type": "http.disconnect"}
        message = await super().receive()
        if message["type"] == "http.request" and not message["more_body"]:
            if self._read and self._stopping:
                return {"type": "http.disconnect"}
            self._read = True
        return message

    def abandon(self) -> None:
        """There is nobody any more to read, or to answer."""
        if not self.response_complete:
            self.disconnected = True
            self.message_event.set()

    async def send(self, message: Any) -> bytes | None:  # type: ignore[override]  # a server's gives nothing back
        """Gives back the head as it went over the wire, once it did and if it is small."""
        if message["type"] == "http.response.start" and not self.response_started:
            self._head = message
            return None
        head, self._head = self._head, None
        if head is None:
            if message["type"] == HANG_UP:
                last = message.get("body")
                if last and self.chunked_encoding and not self.disconnected:
                    self.transport.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(last), last))
                self.disconnected = True  # so that nothing else is made of an answer that lacks
                self.transport.close()
            else:
                await super().send(message)
            return None
        fields = [name + b": " + value for name, value in (*self.default_headers, *head["headers"])]
        text = b"\r\n".join(fields)
        if message.get("more_body") or b"content-length: " not in text:
            # In pieces, or of a length that nobody has stated: uvicorn knows how.
            await super().send(head)
            await super().send(message)
            return None
        size = len(text)
        if len(text.translate(None, _CONTROLS)) != size - 2 * len(fields) + 2:
            raise RuntimeError("a response header holds a control character")
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected or self.transport.is_closing():
            return None
        body = b"" if self.scope["method"] == "HEAD" else message.get("body", b"")
        self.response_started = self.response_complete = True
        self.waiting_for_100_continue = False
        written = STATUS_LINE[head["status"]] + text + (_END if self.keep_alive else _LAST)
        if len(body) > _LARGE:
            self.transport.writelines((written, body))  # to put both together would take as long as to copy the body
        else:
            self.transport.write(written + body)
        self.message_event.set()
        self.on_response()  # which hangs up where it is not kept
        return written if size <= HEAD_BYTES else None
