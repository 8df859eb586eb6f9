"""The one place that sends responses: adds what every one has, has it judged, and lets nothing invalid out."""

import logging
from collections.abc import Mapping

from starlette.types import Send

from smartcal_api.contract import Description
from smartcal_api.errors import Problem
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.judge import Judge, Judges
from smartcal_api.http.problems import problem_answer, problem_kind
from smartcal_api.http.rate_limit_fields import RateLimitFields
from smartcal_api.http.styles import simple
from smartcal_api.mock import ValueGenerator

_log = logging.getLogger("smartcal")
# Answers to anything else, and those that nobody may store, are made once and never again.
_PLAIN = (str, int)
_ASKING = frozenset({"GET", "HEAD"})
_WITHOUT_LENGTH = frozenset({204, 304})  # RFC 9110 section 8.6


class Gate:
    """Judges by the operation's responses, and by `x-unrouted-responses` for the statuses that the operation lacks."""

    def __init__(self, contract: Description, judges: Judges, generator: ValueGenerator) -> None:
        self._policy = contract.policy
        self._refusals = judges.refusals.of(contract.unrouted)
        names = contract.policy.rate_limit_headers
        self._limit, self._remaining = names.limit, names.remaining
        self._fields = RateLimitFields(names) if names.state or names.policy else None
        self._request_id = contract.policy.request_id_header
        self._unrouted = {status: judges.of(each) for status, each in contract.unrouted.items()}
        self._names = _Names()

    async def refuse(self, exchange: Exchange, problem: Problem, send: Send) -> None:
        """Sends a problem, mended where the contract wants it otherwise; where nothing helps, as it is."""
        answer = self._problem(exchange, problem)
        await self._send(exchange, *self._refusal(exchange, answer), send)

    async def respond(self, exchange: Exchange, answer: Answer, send: Send, *, judged: bool = True) -> None:
        """Sends an answer; one that isn't `judged` may break the contract, since somebody asked for just that."""
        headers = self._headers(exchange, answer)
        objection = self._objection(exchange, answer, headers) if judged else None
        if objection is not None:
            mended = self._mended(exchange, answer)
            if mended is not None:
                answer, headers = mended
            else:
                _log.error("%s: the response breaks the contract: %s", exchange.request_id, objection)
                answer, headers = self._refusal(exchange, self._problem(exchange, _broken(objection)))
        await self._send(exchange, answer, headers, send)

    async def begin(self, exchange: Exchange, answer: Answer, send: Send) -> None:
        """Sends the head of an answer that goes on, piece by piece: each is for whoever sends it to judge."""
        headers = self._headers(exchange, answer)
        objection = self._objection(exchange, answer, headers)
        if objection is not None:
            raise _broken(objection)
        wire = [field for field in self._wire(exchange, answer, headers) if field[0] != b"content-length"]
        await send({"type": "http.response.start", "status": answer.status, "headers": wire})

    async def _send(self, exchange: Exchange, answer: Answer, headers: Mapping[str, str | int], send: Send) -> None:
        exchange.answer = answer
        exchange.fields = wire = self._wire(exchange, answer, headers)
        await send({"type": "http.response.start", "status": answer.status, "headers": wire})
        body = {"type": "http.response.body", "body": answer.body}
        exchange.sent = await send(body)  # type: ignore[func-returns-value]  # see `Cycle.send`

    def check(self, exchange: Exchange, answer: Answer) -> None:
        """Raises the 500 that `respond` would send in an answer's place, while what it tells of can be undone."""
        objection = self._objection(exchange, answer, self._headers(exchange, answer))
        if objection is not None and self._mended(exchange, answer) is None:
            raise _broken(objection)

    def _refusal(self, exchange: Exchange, answer: Answer) -> tuple[Answer, dict[str, str | int]]:
        headers = self._headers(exchange, answer)
        objection = self._objection(exchange, answer, headers)
        if objection is None:
            return answer, headers
        mended = self._mended(exchange, answer, remaking=True)
        if mended is not None:
            return mended
        _log.error("%s: the refusal is sent, and breaks the contract: %s", exchange.request_id, objection)
        return answer, headers

    def _mended(
        self, exchange: Exchange, answer: Answer, *, remaking: bool = False
    ) -> tuple[Answer, dict[str, str | int]] | None:
        """An answer with what the contract has come to want in its body, if that makes it valid (law SRC 2)."""
        judge = self._judge(exchange, answer.status)
        mended = judge.mended(answer, remaking=remaking) if judge is not None else None
        if mended is None:
            return None
        headers = self._headers(exchange, mended)
        return (mended, headers) if self._objection(exchange, mended, headers) is None else None

    def _problem(self, exchange: Exchange, problem: Problem) -> Answer:
        if exchange.served is not None:
            status, operation = problem_kind(problem, self._policy).status, exchange.served.operation
            own = exchange.served.refusals.get(status)
            if own is None and status not in operation.responses:
                own = self._refusals.get(status)
            if own is not None:
                return own.make(operation.id, problem, hidden=exchange.sandbox.secrets.hidden)
        elif (own := self._refusals.get(problem_kind(problem, self._policy).status)) is not None:
            return own.make("", problem, hidden=exchange.sandbox.secrets.hidden)
        return problem_answer(
            problem,
            self._policy,
            path=exchange.prefix + exchange.scope["raw_path"].decode("ascii", "replace"),
            request_id=exchange.request_id,
            hidden=exchange.sandbox.secrets.hidden,
        )

    def _headers(self, exchange: Exchange, answer: Answer) -> dict[str, str | int]:
        headers: dict[str, str | int] = {self._request_id: exchange.request_id}
        admission, served = exchange.admission, exchange.served
        if admission is not None:
            headers[self._limit] = admission.limit
            headers[self._remaining] = admission.remaining
            if self._fields is not None:
                headers.update(self._fields.of(exchange.sandbox, admission, served.operation if served else None))
        if exchange.no_store:
            headers["Cache-Control"] = "no-store"
        if served is not None and served.standing:
            headers.update(served.standing)
        headers.update(answer.headers)
        return headers

    def _objection(self, exchange: Exchange, answer: Answer, headers: dict[str, str | int]) -> str | None:
        judge = self._judge(exchange, answer.status)
        if judge is None:
            return f"the status {answer.status}, which neither the operation nor x-unrouted-responses has"
        return judge.objection(answer, headers, again=not exchange.no_store and exchange.scope["method"] in _ASKING)

    def _judge(self, exchange: Exchange, status: int) -> Judge | None:
        judge = exchange.served.judges.get(status) if exchange.served is not None else None
        return self._unrouted.get(status) if judge is None else judge

    def _wire(self, exchange: Exchange, answer: Answer, headers: Mapping[str, str | int]) -> list[tuple[bytes, bytes]]:
        names = self._names
        wire = [
            (names[name], (str(value) if type(value) in _PLAIN else simple(value)).encode("latin-1", "replace"))
            for name, value in headers.items()
        ]
        if answer.media_type is not None:
            wire.append((b"content-type", answer.media_type.encode("ascii")))
        if answer.status not in _WITHOUT_LENGTH:
            wire.append((b"content-length", b"%d" % len(answer.body)))
        wire.extend(exchange.cors)
        return wire


class _Names(dict[str, bytes]):
    """The names of headers as they are sent; all of them are the contract's, so there are few."""

    def __missing__(self, name: str) -> bytes:
        known = self[name] = name.lower().encode("ascii")
        return known


def _broken(objection: str) -> Problem:
    return Problem(
        "internal_error",
        f"The response that was about to be sent breaks the contract at {objection}. "
        "That is a defect of this server or of its contract: please report it with the request_id.",
    )
