"""`Idempotency-Key`: the same key again is the same request, done once (draft-ietf-httpapi-idempotency-key-header)."""

from base64 import b64decode, b64encode
from hashlib import sha256, shake_256

import orjson

from smartcal_api.contract import Description, Operation
from smartcal_api.contract.policy import Policy
from smartcal_api.errors import Clause, Foreseen, Invalid, Problem
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.served import Handler

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OTHER_BODY = (422, 409)
"""What a key is answered that comes again with another request, as the draft has it, where an operation declares it."""


def declared(operation: Operation) -> str | None:
    """The name of the header as the operation writes it, where it means anything."""
    if operation.method in _SAFE:
        return None
    headers = (each.name for each in operation.parameters if each.location == "header")
    return next((name for name in headers if name.lower() == "idempotency-key"), None)


def code_of(policy: Policy) -> str | None:
    """The code of `x-problems` for a key that comes again with another request, if the contract has one."""
    return next((code for code in policy.problems if "idempoten" in code), None)


def idempotent(handler: Handler, operation: Operation, contract: Description) -> Handler:
    """The handler, which does a request of one key once, where the operation declares such keys."""
    name = declared(operation)
    return _Idempotent(handler, name, operation, contract.policy) if name is not None else handler


class _Idempotent:
    """What was answered is in the store, with the data that it told of, and readable only to who has the key."""

    def __init__(self, handler: Handler, name: str, operation: Operation, policy: Policy) -> None:
        self._handler, self._name = handler, name
        self._code = code_of(policy)
        self._status = next((each for each in _OTHER_BODY if each in operation.responses), None)

    def __call__(self, exchange: Exchange) -> Answer:
        key = exchange.parameters.get(self._name)
        if key is None:
            return self._handler(exchange)
        store = exchange.sandbox.store
        secret = f"{exchange.operation.id} {exchange.owner} {key}".encode()
        entry = f"idempotency {sha256(secret).hexdigest()}"
        known, asked = store.meta(entry), _fingerprint(exchange)
        if known is not None:
            status, media_type, headers, body, before = orjson.loads(_masked(b64decode(known), secret))
            if before != asked:
                raise self._refusal()
            return Answer(status, b64decode(body), media_type=media_type, headers=headers)
        answer = self._handler(exchange)
        body = b64encode(answer.body).decode()
        told = [answer.status, answer.media_type, dict(answer.headers), body, asked]
        store.set_meta(entry, b64encode(_masked(orjson.dumps(told), secret)).decode())
        return answer

    def _refusal(self) -> Problem:
        detail = "came before with another request. Take a new key for a new request, or send the first one as it was."
        words, errors = f"The {self._name} {detail}", [Invalid(detail, parameter=self._name)]
        clause = Clause(facts={"header": self._name})
        if self._code is not None:
            return Foreseen(self._code, words, errors=errors, clause=clause)
        return Problem("invalid_request", words, errors=errors, clause=clause, status=self._status)


def _fingerprint(exchange: Exchange) -> str:
    """Of all that was asked for: the same members in another order are the same."""
    scope = exchange.scope
    asked = orjson.dumps(exchange.body, option=orjson.OPT_SORT_KEYS) if exchange.body is not None else exchange.received
    return sha256(b"\0".join((scope["raw_path"], scope["query_string"], asked))).hexdigest()


def _masked(text: bytes, secret: bytes) -> bytes:
    """As it is not read without the key, and back; an answer may hold a secret, which nothing else keeps in clear."""
    stream = shake_256(secret).digest(len(text))
    return (int.from_bytes(text) ^ int.from_bytes(stream)).to_bytes(len(text))
