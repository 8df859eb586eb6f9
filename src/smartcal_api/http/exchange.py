"""One request on its way through the steps, and what they found out about it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.types import Scope

from smartcal_api.auth import Identity, Principal
from smartcal_api.contract import Operation
from smartcal_api.errors import Problem
from smartcal_api.http.answer import NOTHING, Success
from smartcal_api.journal import Refusal
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.limits import Admission

if TYPE_CHECKING:
    from smartcal_api.http.served import Served

KEY = "smartcal.exchange"
# Where a scope has the request's head as it came over the wire, if it was small, in one piece and without a body, and
# its server tells. More may follow it.
REQUEST = "smartcal.request"
_DASHBOARD = "/_sandbox/"


class Exchange:
    """Each step fills in what its name says; a handler finds everything filled in."""

    __slots__ = (
        "admission",
        "answer",
        "body",
        "budget",
        "cors",
        "drawn",
        "faults",
        "fields",
        "handed_over",
        "headers",
        "identity",
        "named",
        "no_store",
        "now",
        "parameters",
        "prefix",
        "raw",
        "received",
        "refusal",
        "refused",
        "root",
        "sandbox",
        "scope",
        "sent",
        "served",
        "started",
    )

    def __init__(self, scope: Scope, sandbox: Sandbox, *, prefix: str = "", request_id: str | None = None) -> None:
        self.scope = scope
        self.sandbox = sandbox
        self.prefix = prefix
        """What the path began with: the name of a sandbox, the path of a server of the contract, or both."""
        self.named = bool(prefix)
        """Whether the path names the sandbox; else the credential does."""
        self.handed_over = False
        """To the application of an edited contract, which makes an exchange of its own of the request."""
        self.drawn = request_id
        """The request id, once it was asked for."""
        # Names are lower-case already (httptools); of a repeated one the last value stays.
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.refusal: Problem | None = None
        """Found early, and answered once the request is counted."""
        self.refused: Refusal | None = None
        """What was answered instead of a success."""
        self.faults: list[str] | None = None
        """The faults that hit it, as `fault-1 latency`."""
        self.received = b""
        self.answer = NOTHING
        """What was sent."""
        self.fields: Sequence[tuple[bytes, bytes]] = ()
        """The answer's header fields, as they were sent."""
        self.sent: bytes | None = None
        """The answer's head as it went over the wire, if it was small and the server tells."""
        self.identity: Identity | None = None
        self.budget: str | None = None
        self.admission: Admission | None = None
        self.no_store = False
        self.cors: tuple[tuple[bytes, bytes], ...] = ()
        self.now = 0
        self.started = 0
        """When it came, in nanoseconds of the machine's monotonic counter."""
        self.root = prefix
        self.served: Served | None = None
        self.parameters: dict[str, Any] = {}
        self.body: Any = None
        self.raw: bytes | None = None

    @property
    def request_id(self) -> str:
        """Drawn when it is first asked for: the sandbox, whose sequence it is of, must be known by then."""
        if self.drawn is None:
            self.drawn = self.sandbox.request_id()
        return self.drawn

    @property
    def story(self) -> str:
        """The URL at which the dashboard tells what became of it."""
        query = {"sandbox": self.sandbox.name, "find": self.request_id}
        return f"{self.root.removesuffix(self.prefix)}{_DASHBOARD}?{urlencode(query)}"

    @property
    def accept(self) -> str:
        """Which media types are wanted: the field lines of Accept as one (RFC 9110 section 5.3)."""
        return ", ".join(value.decode("latin-1") for name, value in self.scope["headers"] if name == b"accept")

    @property
    def owner(self) -> int:
        """The number of the account that this is about: the principal's, or the first one's where anybody may call."""
        identity = self.identity
        return identity.principal.owner if identity is not None and identity.principal is not None else 1

    @property
    def identifier(self) -> str:
        """The id of the resource that the path names, whatever the contract calls that parameter."""
        value: str = self.parameters[self.operation.path_names[-1]]
        return value

    @property
    def operation(self) -> Operation:
        """The contract's operation, once the router has found it."""
        if self.served is None:
            raise LookupError("this request has no operation yet; routing comes first")
        return self.served.operation

    @property
    def success(self) -> Success:
        """What its operation answers with when all went well."""
        assert self.served is not None  # a handler has both
        assert self.served.success is not None
        return self.served.success

    @property
    def principal(self) -> Principal:
        """Who asks; only where the operation has security, so that there is one."""
        identity = self.identity
        if identity is None or identity.principal is None:
            raise LookupError("this operation has no security in the contract, and its handler needs a principal")
        return identity.principal
