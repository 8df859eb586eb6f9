"""A request and its answer as a defect on the wire sees them: between the client and a server that is right."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Asked:
    """The head of a request; what is set here is what the server gets."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.method: str = scope["method"]
        self.path: str = scope["path"]

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self._scope["query_string"].decode("latin-1"), keep_blank_values=True))

    @query.setter
    def query(self, values: dict[str, str]) -> None:
        self._scope["query_string"] = urlencode(values).encode()

    def header(self, name: str) -> str | None:
        """The last value of a header."""
        wanted = name.lower().encode()
        values = [value for key, value in self._scope["headers"] if key == wanted]
        return values[-1].decode("latin-1") if values else None

    def set(self, name: str, value: str | None) -> None:
        """Puts a header in the place of all of that name, or takes them out."""
        wanted = name.lower().encode()
        kept = [pair for pair in self._scope["headers"] if pair[0] != wanted]
        self._scope["headers"] = kept if value is None else [*kept, (wanted, value.encode("latin-1"))]

    def get(self, path: str) -> bool:
        """Whether it reads what is at exactly this path."""
        return self.method == "GET" and self.path == path

    def below(self, path: str) -> str | None:
        """What stands behind a path and a slash, such as an id; None for any other path."""
        head, slash, rest = self.path.partition(f"{path}/")
        return rest if slash and not head else None


class Answered:
    """An answer, to be changed in place."""

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self) -> Any:
        """The value of the body; None where that is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @json.setter
    def json(self, value: Any) -> None:
        self.body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        self.set("Content-Length", str(len(self.body)))

    def header(self, name: str) -> str:
        """The value of a header; empty where there is none."""
        wanted = name.lower().encode()
        return next((value.decode("latin-1") for key, value in self.headers if key == wanted), "")

    def set(self, name: str, value: str | None) -> None:
        """Puts a header in the place of the one of that name, or takes it out."""
        wanted = name.lower().encode()
        self.headers = [pair for pair in self.headers if pair[0] != wanted]
        if value is not None:
            self.headers.append((wanted, value.encode("latin-1")))


Look = Callable[[Asked], None]
Spoil = Callable[[Asked, Answered], None]


class Spoiling:
    """An application whose requests are looked at, and changed, before they come to it."""

    def __init__(self, app: ASGIApp, look: Look) -> None:
        self._app, self._look = app, look

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self._look(Asked(scope))
        await self._app(scope, receive, send)


class Spoilt:
    """An application whose answers are changed on their way out."""

    def __init__(self, app: ASGIApp, spoil: Spoil) -> None:
        self._app, self._spoil = app, spoil

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked, messages = Asked(dict(scope)), list[Message]()

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, keep)
        start, *rest = messages
        answer = Answered(start["status"], list(start["headers"]), b"".join(each["body"] for each in rest))
        self._spoil(asked, answer)
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})
