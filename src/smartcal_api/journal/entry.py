"""One request and its answer, as they went over the wire."""

from collections.abc import Callable, Sequence
from marshal import dumps, loads
from typing import NamedTuple

from smartcal_api.auth import Principal
from smartcal_api.contract import Operation
from smartcal_api.errors import Clause, Invalid, Problem

Headers = Sequence[tuple[bytes, bytes]]


class Refusal(NamedTuple):
    """What of a problem is kept: without the exception, whose traceback has the request and all that served it."""

    code: str
    detail: str
    errors: tuple[Invalid, ...]
    clause: Clause | None

    @classmethod
    def of(cls, problem: Problem) -> "Refusal":
        return cls(problem.code, problem.detail, problem.errors, problem.clause)


# What is kept of a request: the bytes that it is charged with, what `packed` made, the bodies of request and answer,
# and what others have made. A body may be what makes it when it is read.
Kept = tuple[
    int,
    bytes,
    bytes,
    bytes | Callable[[], bytes],
    Principal | None,
    Operation | None,
    Refusal | None,
    Sequence[str] | None,
]


class Entry(NamedTuple):
    """A view of what is kept, made for whoever reads it."""

    serial: int
    sandbox: str
    method: str
    path: bytes
    query: bytes
    version: str
    request_headers: Headers
    status: int | None
    """None where the connection was dropped before an answer."""
    response_headers: Headers
    at: int
    """The sandbox's clock when it was served."""
    took: int
    """In nanoseconds of real time."""
    root: str
    request_id: str
    received: bytes
    body: bytes
    principal: Principal | None
    operation: Operation | None
    refusal: Refusal | None
    faults: Sequence[str] | None

    @classmethod
    def of(cls, serial: int, kept: Kept) -> "Entry":
        _, head, received, body, *rest = kept
        # Packed below, in this process.
        return cls(serial, *loads(head), received, body() if callable(body) else body, *rest)  # type: ignore[call-arg]  # noqa: S302

    @property
    def answered(self) -> bytes:
        """The body of the answer; a HEAD has none, whatever its GET would have had."""
        return b"" if self.method == "HEAD" else self.body

    @property
    def unread(self) -> bool:
        """Whether it was refused before its body was read, which it had."""
        return not self.received and (
            self.header(b"content-length") not in (b"", b"0") or bool(self.header(b"transfer-encoding"))
        )

    def header(self, name: bytes) -> bytes:
        """A request header, or nothing."""
        return next((value for known, value in self.request_headers if known == name), b"")


def packed(
    sandbox: str,
    method: str,
    path: bytes,
    query: bytes,
    version: str,
    request_headers: Headers,
    status: int | None,
    response_headers: Headers,
    at: int,
    took: int,
    root: str,
    request_id: str,
) -> bytes:
    """The members of an `Entry` from `sandbox` to `request_id` as one object: to take fifty small ones out of memory,
    and to give them back when the entry goes, would cost more than all the rest."""
    return dumps(
        (
            sandbox,
            method,
            path,
            query,
            version,
            request_headers,
            status,
            response_headers,
            at,
            took,
            root,
            request_id,
        ),  # type: ignore[arg-type]  # lists of pairs are marshalled all the same
        2,  # later versions look for what repeats
    )


def fingerprint(principal: Principal) -> str:
    """A credential as it may be shown: the head of its hash."""
    return principal.budget[:12]
