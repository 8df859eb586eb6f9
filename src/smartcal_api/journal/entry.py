"""One request and its answer, as they went over the wire."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol
from urllib.parse import unquote_to_bytes

from smartcal_api.auth import Principal
from smartcal_api.contract import Operation
from smartcal_api.errors import Clause, Invalid, Problem
from smartcal_api.journal.heads import Fields, read_request, read_response

# As many of a key's hash as a list of keys shows.
_DIGITS = 12


class Refusal(NamedTuple):
    """What of a problem is kept: without the exception, whose traceback has the request and all that served it."""

    code: str
    detail: str
    errors: tuple[Invalid, ...]
    clause: Clause | None

    @classmethod
    def of(cls, problem: Problem) -> "Refusal":
        return cls(problem.code, problem.detail, problem.errors, problem.clause)


class Parts(Protocol):
    """A body that is put together when it is read."""

    def text(self) -> bytes: ...


# What is kept of a request. To keep all that is made of a head, and not the head as it went over the wire, would cost
# more than everything else: fifty small objects a request.
Kept = tuple[
    int,  # serial
    bytes,  # the request's head; more may follow it
    bytes,  # the answer's head
    bytes,  # received
    bytes | Parts,  # body
    int,  # at
    int,  # took
    str,  # root
    str,  # request_id
    Principal | None,
    Operation | None,
    Refusal | None,
    Sequence[str] | None,  # faults
]


class Entry(NamedTuple):
    """A view of what is kept, made for whoever reads it."""

    serial: int
    sandbox: str
    method: str
    path: bytes
    query: bytes
    version: str
    request_headers: Fields
    status: int | None
    """None where the connection was dropped before an answer."""
    response_headers: Fields
    at: int
    """The sandbox's clock when it was served."""
    took: int
    """In microseconds of real time."""
    root: str
    request_id: str
    received: bytes
    body: bytes
    principal: Principal | None
    operation: Operation | None
    refusal: Refusal | None
    faults: Sequence[str] | None

    @classmethod
    def of(cls, sandbox: str, kept: Kept) -> "Entry":
        serial, request, response, received, body, at, took, root, request_id = kept[:9]
        status, response_fields = read_response(response)
        method, path, query, version, request_fields = read_request(request)
        return cls(
            serial,
            sandbox,
            method,
            _inside(sandbox, path),
            query,
            version,
            request_fields,
            status,
            response_fields,
            at,
            took,
            root,
            request_id,
            received,
            body if isinstance(body, bytes) else body.text(),
            *kept[9:],
        )

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


def _inside(sandbox: str, path: bytes) -> bytes:
    """The path as the contract has it, without what named its sandbox."""
    first, _, rest = path[1:].partition(b"/")
    if path.startswith(b"/.well-known/"):  # where the name comes last (RFC 8414 section 3.1)
        rest, _, first = path[1:].rpartition(b"/")
    named = path.startswith(b"/") and unquote_to_bytes(first) == b"~" + sandbox.encode()
    return b"/" + rest if named else path


def fingerprint(budget: str) -> str:
    """The credential of a budget as it may be shown: a key by the head of its hash, an OAuth client by its id."""
    kind, _, identifier = budget.partition(" ")
    return identifier if kind == "client" else budget[:_DIGITS]
