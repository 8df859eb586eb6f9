"""One request and its answer, as they went over the wire."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from smartcal_api.auth import Principal
from smartcal_api.contract import Operation
from smartcal_api.errors import Clause, Invalid, Problem


class Refusal(NamedTuple):
    """What of a problem is kept: without the exception, whose traceback has the request and all that served it."""

    code: str
    detail: str
    errors: tuple[Invalid, ...]
    clause: Clause | None

    @classmethod
    def of(cls, problem: Problem) -> "Refusal":
        return cls(problem.code, problem.detail, problem.errors, problem.clause)


class Entry:
    """Made for each request, so it only keeps what others have made; whoever reads it works out the rest.

    `sent` are the messages of the answer (ASGI); none where the connection was dropped before one.
    """

    __slots__ = (
        "at",
        "faults",
        "method",
        "operation",
        "path",
        "principal",
        "query",
        "received",
        "refusal",
        "request_headers",
        "request_id",
        "root",
        "sandbox",
        "sent",
        "serial",
        "size",
        "took",
        "version",
    )

    def __init__(
        self,
        sandbox: str,
        method: str,
        path: bytes,
        query: bytes,
        version: str,
        request_headers: Sequence[tuple[bytes, bytes]],
        received: bytes,
        sent: Sequence[Mapping[str, Any]],
        *,
        at: int,
        took: int,
        root: str,
        request_id: str,
        principal: Principal | None = None,
        operation: Operation | None = None,
        refusal: Refusal | None = None,
        faults: Sequence[str] | None = None,
        size: int = 0,
    ) -> None:
        self.serial = 0
        self.sandbox = sandbox
        self.method = method
        self.path = path
        self.query = query
        self.version = version
        self.request_headers = request_headers
        self.received = received
        self.sent = sent
        self.at = at
        """The sandbox's clock when it was served."""
        self.took = took
        """In nanoseconds of real time."""
        self.root = root
        self.request_id = request_id
        self.principal = principal
        self.operation = operation
        self.refusal = refusal
        self.faults = faults
        self.size = size

    @property
    def status(self) -> int | None:
        return self._head.get("status")

    @property
    def response_headers(self) -> Sequence[tuple[bytes, bytes]]:
        headers: Sequence[tuple[bytes, bytes]] = self._head.get("headers", ())
        return headers

    @property
    def answered(self) -> bytes:
        """The body of the answer; a HEAD has none, whatever its GET would have had."""
        return b"" if self.method == "HEAD" else b"".join(message.get("body", b"") for message in self.sent)

    @property
    def _head(self) -> Mapping[str, Any]:
        return self.sent[0] if self.sent else {}

    @property
    def unread(self) -> bool:
        """Whether it was refused before its body was read, which it had."""
        return not self.received and (
            self.header(b"content-length") not in (b"", b"0") or bool(self.header(b"transfer-encoding"))
        )

    def header(self, name: bytes) -> bytes:
        """A request header, or nothing."""
        return next((value for known, value in self.request_headers if known == name), b"")


def fingerprint(principal: Principal) -> str:
    """A credential as it may be shown: the head of its hash."""
    return principal.budget[:12]
