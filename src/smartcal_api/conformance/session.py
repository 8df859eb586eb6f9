"""One run against one target: its connections, its budgets, and the evidence of all that was sent and answered."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from functools import cached_property

from smartcal_api.conformance.basis import Grounds
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.coding import Undecodable, decoded
from smartcal_api.conformance.control import Control
from smartcal_api.conformance.credential import Carrier, Credential, Grant, satisfied
from smartcal_api.conformance.deliveries import DeliveryJudge
from smartcal_api.conformance.exchange import Exchange, Fields
from smartcal_api.conformance.findings import Inconclusive, NotVerified
from smartcal_api.conformance.judge import Judge
from smartcal_api.conformance.pacing import NOBODY, Pacing
from smartcal_api.conformance.receiver import Receiver
from smartcal_api.conformance.sending import Sending
from smartcal_api.conformance.stock import Stock
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.trace import Trace
from smartcal_api.conformance.undoing import Undoing
from smartcal_api.conformance.wire import Answer, Request, Transport, Unreachable, Wire
from smartcal_api.contract import Contract

FAILED_ONCE = "failed, and not when it was asked again"
"""Why a failure of the server isn't its answer: a safe request is repeated."""
_GATEWAY = (502, 503, 504)
_FAILURE = 500
_TRIES = 3
_SAFE = ("GET", "HEAD", "OPTIONS")
_IDEMPOTENT = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")


@dataclass
class Session:
    """Sends, and never takes a 429 or a gateway's 502 for an answer unless it was asked to. What isn't to be written
    to gets only safe methods, whatever a law tries."""

    contract: Contract
    target: Target
    pacing: Pacing
    control: Control | None
    evidence: list[Exchange] = field(default_factory=list)
    case: str = ""
    disturbances: list[str] = field(default_factory=list)
    """What came from neither the law nor the target's answers to it: a gateway's error, a lost connection."""
    connect: Callable[[Target], Transport] = Wire
    receive: Callable[[Target], Receiver] = Receiver
    fresh: int = 0
    """How many keys were made to be used by one law alone."""
    known_judge: Judge | None = None
    """One of the same contract that another session had: making one takes longer than many a law."""
    undoing: Undoing = field(default_factory=Undoing)
    grants: dict[frozenset[str], Grant | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._wires: list[Transport] = []
        self._minted: dict[frozenset[str], Credential] = {}
        self.stock = Stock(self.contract)
        self._local = threading.local()
        self._changing = ThreadPoolExecutor(1, "changing")
        self._numbers = threading.Lock()
        self._trace = Trace()
        schemes = self.contract.data["components"].get("securitySchemes", {}).values()
        self.judge = self.known_judge or Judge(self.contract)
        self.grounds = Grounds(self.contract.document)
        self.key_header = next((s["name"] for s in schemes if s["type"] == "apiKey"), None)

    def satisfied(self, credential: Credential) -> frozenset[str]:
        return satisfied(credential.scopes, dict(self.contract.policy.scope_implies))

    def minted(self, scopes: frozenset[str]) -> Credential:
        """A key from the control plane, one for each set of scopes."""
        assert self.control is not None
        if scopes not in self._minted:
            label = "minted_" + "_".join(sorted(scopes))
            self._minted[scopes] = self.control.mint(scopes, label=label)
        return self._minted[scopes]

    def send(self, sending: Sending, *, take_429: bool = False) -> Exchange:
        """The answer to a request, once it is one."""
        if not self.target.writable and sending.method not in _SAFE and not self._open(sending):
            raise NotVerified(Capability.WRITES)
        budget = _budget(sending)
        failed: list[Exchange] = []
        for attempt in range(1, _TRIES + 1):
            if not take_429:
                self.pacing.before(budget)
            try:
                exchange = self._exchange(sending) if sending.method in _SAFE else self._whole(sending)
            except Unreachable as error:
                self.disturbances.append(str(error))
                if attempt == _TRIES or sending.method not in _IDEMPOTENT:
                    raise Inconclusive(f"no answer came: {error}") from None
                continue
            self.pacing.after(budget, exchange)
            if exchange.status == 429 and not take_429:
                self.set_aside(exchange, "waited out")
                stated = self.pacing.retry_after(exchange)
                if attempt < _TRIES:
                    self.pacing.pause(stated, budget)
                continue
            if self._from_a_gateway(exchange):
                self.set_aside(exchange, "on the way")
                self.disturbances.append(f"{exchange} on the way")
                if attempt < _TRIES and sending.method in _IDEMPOTENT:
                    continue
                raise Inconclusive(f"{exchange} came from something on the way, not from the target")
            if exchange.status >= _FAILURE and sending.method in _SAFE and attempt < _TRIES:
                failed.append(exchange)
                continue
            if exchange.status < _FAILURE:
                for each in failed:
                    self.set_aside(each, FAILED_ONCE)
            return exchange
        raise Inconclusive(
            f"{sending.method} {sending.target[:200]} got a 429 {_TRIES} times, however it was waited out"
        )

    def together(self, sendings: Sequence[Sending], *, whatever: bool = False) -> list[Exchange]:
        """All at once, each on a connection of its own. With `whatever`, what seems to come from something on the way
        is an answer, too."""
        gate = threading.Barrier(len(sendings))

        def one(sending: Sending) -> Exchange | None:
            gate.wait()
            try:
                return self._exchange(sending)
            except Unreachable as error:
                self.disturbances.append(str(error))
                return None

        with ThreadPoolExecutor(len(sendings)) as pool:
            came = list(pool.map(one, sendings))
        for sending, exchange in zip(sendings, came, strict=True):
            if exchange is not None:
                self.pacing.after(_budget(sending), exchange)
        found = [exchange for exchange in came if exchange is not None]
        strange = [exchange for exchange in found if not whatever and self._from_a_gateway(exchange)]
        for exchange in strange:
            self.set_aside(exchange, "on the way")
            self.disturbances.append(f"{exchange} on the way")
        if strange:
            raise Inconclusive(f"{strange[0]} came from something on the way, not from the target")
        if len(found) < len(sendings):
            raise Inconclusive(f"{len(sendings) - len(found)} of {len(sendings)} requests at once got no answer")
        return found

    def clean_up(self) -> None:
        """Takes back what a case has made; what an interruption leaves when it is called again."""
        self.undoing.run(self.send)

    @cached_property
    def receiver(self) -> Receiver:
        """Where deliveries can be sent to; it listens from when it is first asked for."""
        return self.receive(self.target)

    @cached_property
    def delivery_judge(self) -> DeliveryJudge:
        """Says whether a delivery is one that the contract has."""
        return DeliveryJudge(self.contract)

    def close(self) -> None:
        self._changing.shutdown()
        for wire in self._wires:
            wire.close()
        if "receiver" in self.__dict__:
            self.receiver.close()
        if self.control is not None:
            self.control.close()

    def _whole(self, sending: Sending) -> Exchange:
        """What changes something isn't broken off: interrupted, it waits for the answer, which says what to undo."""
        under_way = self._changing.submit(self._exchange, sending)
        try:
            return under_way.result()
        except KeyboardInterrupt:
            wait([under_way])
            raise

    def _exchange(self, sending: Sending) -> Exchange:
        wire: Transport | None = getattr(self._local, "wire", None)
        if wire is None:
            wire = self._local.wire = self.connect(self.target)
            self._wires.append(wire)
        headers = (*self._authorization(sending), *sending.headers, *self._trace.fields(self.case, sending.headers))
        began, ticks = time.time(), time.perf_counter()
        answer: Answer = wire.send(Request(sending.method, sending.target, headers, sending.body))
        seconds = time.perf_counter() - ticks
        try:
            body = decoded(answer.headers, answer.body)
        except Undecodable as error:
            raise Inconclusive(f"an answer can't be read: {error}") from None
        with self._numbers:
            exchange = Exchange(
                number=len(self.evidence),
                case=self.case,
                operation=sending.operation,
                method=sending.method,
                target=sending.target,
                request_headers=headers,
                request_body=sending.body,
                credential=sending.credential,
                status=answer.status,
                headers=answer.headers,
                body=body,
                began=began,
                seconds=seconds,
            )
            self.evidence.append(exchange)
            operation = self.contract.operations.get(exchange.operation or "")
            undo = self.stock.undoing(operation, exchange) if operation else None
            if undo is not None and exchange.credential is not None:
                scopes = self.contract.operations[str(undo.operation)].scopes
                known = (exchange.credential, *self.target.credentials)
                self.undoing.add(undo, [each for each in known if scopes <= self.satisfied(each)])
        return exchange

    def set_aside(self, exchange: Exchange, why: str) -> None:
        """It stays in the evidence, and is nobody's answer."""
        self.evidence[exchange.number] = replace(exchange, aside=why)

    def _authorization(self, sending: Sending) -> Fields:
        if sending.credential is None:
            return ()
        if sending.carrier is Carrier.HEADER and self.key_header:
            return ((self.key_header, sending.credential.value),)
        return (("Authorization", f"Bearer {sending.credential.value}"),)

    def _open(self, sending: Sending) -> bool:
        """Whether an operation asks for no credential of an account: what it changes belongs to nobody."""
        operation = self.contract.operations.get(sending.operation or "")
        return operation is not None and not operation.alternatives

    def _from_a_gateway(self, exchange: Exchange) -> bool:
        """A 502, 503 or 504 that isn't in the form of the contract's: no problem, and no request id."""
        return (
            exchange.status in _GATEWAY
            and exchange.header(self.contract.policy.request_id_header) is None
            and exchange.media_type != "application/problem+json"
        )


def _budget(sending: Sending) -> str:
    """Whose request it is."""
    return sending.budget or (sending.credential.value if sending.credential else NOBODY)
