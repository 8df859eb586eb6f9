"""How a body of each media type becomes a value that its schema can judge."""

from collections.abc import Callable
from typing import Any

from smartcal_api.contract import Schemas
from smartcal_api.contract.form import FORM, MULTIPART, FormSchema
from smartcal_api.contract.media_type import essence, is_json
from smartcal_api.contract.textual import Textual
from smartcal_api.errors import Clause, Invalid, Problem
from smartcal_api.http.form import parse_form
from smartcal_api.http.json_text import NotJson, TooDeep, parse_json
from smartcal_api.http.multipart import parse_multipart
from smartcal_api.http.sequences import is_sequence, split_sequence

Read = Callable[[bytes, bytes], Any]
"""A body and its Content-Type → its value, `UNJUDGED` where no schema can say anything of it; raises 400."""
UNJUDGED = object()
_NOTHING_PLAIN = frozenset({"object", "array"})


def reader(key: str, pointer: str, schemas: Schemas, *, depth: int) -> Read:
    """That of a media type of the contract; what it says of bodies stands at the pointer."""
    media_type, document = essence(key), schemas.document
    schema = document.resolve(f"#{pointer}")
    if media_type in (FORM, MULTIPART):
        form = FormSchema(schema, document)
        return _form(form) if media_type == FORM else _multipart(form, depth)
    if is_json(key):
        return lambda body, _: json_value(body, depth=depth)
    if is_sequence(key):
        return lambda body, _: [json_value(text, depth=depth) for text in split_sequence(body)]
    textual = Textual(schema, document)
    if not textual.types or not _NOTHING_PLAIN.issuperset(textual.types):
        return lambda body, _: textual.value(_text(body))
    return _whatever(depth)


def json_value(body: bytes, *, depth: int) -> Any:
    """Raises 400, with the limit where it is nested too deep."""
    try:
        return parse_json(body, depth=depth)
    except NotJson as error:
        deep = Clause("/x-request-limits/json_depth", {"limit": depth}) if isinstance(error, TooDeep) else None
        detail = f"The body is not JSON: {error}."
        raise Problem("invalid_body", detail, errors=[Invalid(f"{error}.", pointer="")], clause=deep) from None


def _whatever(depth: int) -> Read:
    """Of a range of media types JSON alone can be told apart."""

    def read(body: bytes, sent: bytes) -> Any:
        return json_value(body, depth=depth) if is_json(sent.decode("latin-1")) else UNJUDGED

    return read


def _form(form: FormSchema) -> Read:
    def read(body: bytes, _: bytes) -> Any:
        return {name: form.value(name, given) for name, given in parse_form(body, lists=form.lists).items()}

    return read


def _multipart(form: FormSchema, depth: int) -> Read:
    def read(body: bytes, sent: bytes) -> Any:
        parts = parse_multipart(body, sent, lists=form.lists, depth=depth)
        # What came as JSON is a value already.
        return {name: form.value(name, given) if _is_text(given) else given for name, given in parts.items()}

    return read


def _is_text(given: Any) -> bool:
    return isinstance(given, str) or (isinstance(given, list) and all(isinstance(each, str) for each in given))


def _text(body: bytes) -> str:
    """As UTF-8, else a character for each byte."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("latin-1")
