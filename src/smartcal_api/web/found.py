"""An answer of what people see: not of the product, so judged by no contract, and kept in no journal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from starlette.types import Scope, Send

HTML = "text/html"
_TEXT = frozenset({HTML, "text/css", "text/javascript"})


@dataclass(frozen=True, slots=True)
class Found:
    """Its body is looked at again each time, and sent again only where it has changed."""

    body: bytes
    media_type: str | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    async def send(self, scope: Scope, send: Send) -> None:
        tag, status, body = f'"{sha256(self.body).hexdigest()[:20]}"', self.status, self.body
        fields = {**self.headers, "Cache-Control": "no-cache", "Vary": "Accept"}
        if status == 200:
            fields["ETag"] = tag
            if tag.encode() in dict(scope["headers"]).get(b"if-none-match", b""):
                status, body = 304, b""
        if status != 304:
            fields["Content-Length"] = str(len(body))
        if self.media_type is not None:
            text = self.media_type in _TEXT
            fields["Content-Type"] = f"{self.media_type}; charset=utf-8" if text else self.media_type
        wire = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in fields.items()]
        await send({"type": "http.response.start", "status": status, "headers": wire})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
