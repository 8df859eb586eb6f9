"""Reads a request body: bounded, in one of the operation's media types, valid by its schema."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError, ValidationErrorKind
from starlette.types import Receive

from smartcal_api.background import LARGE, Background
from smartcal_api.contract import Schemas
from smartcal_api.contract.document import escape
from smartcal_api.contract.explanation import clause
from smartcal_api.contract.media_type import essence, key_of
from smartcal_api.contract.operation import Body
from smartcal_api.contract.policy import RequestLimits
from smartcal_api.errors import Clause, Invalid, Problem
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.media import UNJUDGED, reader

_LARGE = 16 * 1024


class BodyReader:
    def __init__(self, body: Body, schemas: Schemas, limits: RequestLimits) -> None:
        self._required = body.required
        self._limits = limits
        self._schemas = schemas
        self._validators = {essence(key): schemas.at(pointer) for key, pointer in body.media_types.items()}
        self._readers = {
            essence(key): reader(key, pointer, schemas, depth=limits.json_depth)
            for key, pointer in body.media_types.items()
        }
        self._takes = " or ".join(body.media_types)

    async def receive(self, exchange: Exchange, receive: Receive) -> bytes:
        """The bytes of the body; raises 413 as soon as they are too many, 400 for a client that went away."""
        self._refuse_large(exchange.headers.get(b"content-length", b"0"))
        if exchange.headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
            raise Problem("unsupported_media_type", "The body has a Content-Encoding. Send it as it is, without one.")
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Problem("invalid_request", "The body broke off. Send the request again, whole.")
            body += message.get("body", b"")
            if len(body) > self._limits.body_bytes:
                raise self._too_large()
            if not message.get("more_body", False):
                exchange.received = bytes(body)
                return exchange.received

    async def value(self, exchange: Exchange, body: bytes, background: Background) -> Any:
        """As `read`, which of a large body is done beside the loop."""
        if len(body) > LARGE:
            return await background.run(lambda: self.read(exchange, body))
        return self.read(exchange, body)

    def read(self, exchange: Exchange, body: bytes) -> Any:
        """The body's value, or None where there is no body; raises 400 or 415."""
        if not body:
            # An empty body is no body, whatever its Content-Type.
            if self._required:
                raise Problem("invalid_body", f"This operation needs a body. Send {self._takes}.", errors=[_missing()])
            return None
        sent = exchange.headers.get(b"content-type")
        media_type = self._media_type(sent)
        value = self._readers[media_type](body, sent or b"")
        if value is UNJUDGED:
            return None
        found = _errors(self._validators[media_type], value, len(body))
        errors = sorted(self._schemas.meant(found), key=_is_missing)
        faults = [
            Invalid(
                self._schemas.explain(error),
                pointer="".join("/" + escape(str(part)) for part in error.instance_path),
            )
            for error in errors
        ]
        if faults:
            first = faults[0]
            more = f" And {len(faults) - 1} more, in errors." if len(faults) > 1 else ""
            where = f"at {first.pointer}" if first.pointer else "at its top"
            raise Problem(
                "invalid_body",
                f"The body does not fit the schema {where}: {first.detail}{more}",
                errors=faults,
                clause=Clause(clause(errors[0])),
            )
        return value

    def check_media_type(self, exchange: Exchange, body: bytes) -> None:
        """Raises 415 for a body that is there, in a media type that the operation doesn't take."""
        if body:
            self._media_type(exchange.headers.get(b"content-type"))

    def _media_type(self, content_type: bytes | None) -> str:
        media_type = essence((content_type or b"").decode("latin-1"))
        parameters = (content_type or b"").decode("latin-1").split(";")[1:]
        found = media_type if media_type in self._validators else key_of(media_type, self._validators)
        if found is None:
            sent = f"{media_type[:64]!r} as its Content-Type" if media_type else "no Content-Type"
            raise Problem("unsupported_media_type", f"The body has {sent}. Send {self._takes}.")
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in ("utf-8", "utf8"):
                raise Problem("unsupported_media_type", "The body is not in UTF-8 by its charset. Send UTF-8.")
        return found

    def _refuse_large(self, length: bytes) -> None:
        if len(length) > 18 or (length.isdigit() and int(length) > self._limits.body_bytes):
            raise self._too_large()

    def _too_large(self) -> Problem:
        return Problem("body_too_large", f"The body has more than {self._limits.body_bytes} bytes. Send a smaller one.")


def _errors(validator: Draft202012Validator, value: Any, size: int) -> Iterable[ValidationError]:
    """What is wrong, up to 20 faults; of a large body one alone, for to state them all can take ten seconds."""
    if size <= _LARGE:
        return islice(validator.iter_errors(value), 20)
    try:
        validator.validate(value)
    except ValidationError as error:
        return (error,)
    return ()


def _is_missing(error: ValidationError) -> bool:
    """Told last: a member that is missing may just be misspelt, and that says what to do about it."""
    return isinstance(error.kind, ValidationErrorKind.Required)


def _missing() -> Invalid:
    return Invalid("is required; send a body.", pointer="")
