"""What a schema refuses, said as whoever sent it understands it, and not as a validator puts it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import orjson
from jsonschema_rs import ValidationError, ValidationErrorKind

from smartcal_api.contract.discriminator import Discriminator
from smartcal_api.contract.document import Document
from smartcal_api.errors import hint, shortened

# By which the document is known to validators.
BASE = "urn:contract"
# Schemas that stand within a schema and say something of the same object.
_WITHIN = ("allOf", "anyOf", "oneOf")
_CONDITIONAL = ("if", "then", "else")
# A schema may refer to itself; no object has more schemas than that.
_SCHEMAS = 100
_SHOWN = 64


def explain(error: ValidationError, pointer: str, document: Document) -> str:
    """A sentence without its full stop, unless it is a question; `pointer` leads to the keyword that refuses."""
    kind = error.kind
    if isinstance(kind, ValidationErrorKind.AdditionalProperties | ValidationErrorKind.UnevaluatedProperties):
        known = dict.fromkeys(_members(document, pointer))
        told = [f"'{shortened(name, _SHOWN)}' is not a member; {hint(name, known)}" for name in kind.unexpected]
        return " ".join(told).removesuffix(".")
    if isinstance(kind, ValidationErrorKind.Required):
        return f"'{kind.property}' is missing"
    if isinstance(kind, ValidationErrorKind.Enum):
        return f"{error.message.partition(' is not one of ')[0]} {_not_one_of(error.instance, kind.options)}"
    if isinstance(kind, ValidationErrorKind.OneOfNotValid) and isinstance(error.instance, Mapping):
        discriminator = Discriminator(_schema(document, pointer))
        if discriminator.member is not None:
            if discriminator.member not in error.instance:
                return f"'{discriminator.member}' is missing"
            named = error.instance[discriminator.member]
            shown = shortened(orjson.dumps(named).decode(), _SHOWN)
            return f"'{discriminator.member}' is {shown}, which {_not_one_of(named, discriminator.names)}"
    if isinstance(
        kind, ValidationErrorKind.Pattern | ValidationErrorKind.AnyOf | ValidationErrorKind.OneOfNotValid
    ) and (examples := _schema(document, pointer).get("examples")):
        shown = ", ".join(each if isinstance(each, str) else orjson.dumps(each).decode() for each in examples)
        return f"{_quoted(error)} does not fit; write it as in these examples: {shown}"
    return error.message


def meant(errors: Iterable[ValidationError], document: Document) -> Iterator[ValidationError]:
    """Where a validator says that none of several schemas fits, what is wrong by the one that the value names."""
    for error in errors:
        if isinstance(error.kind, ValidationErrorKind.OneOfNotValid):
            place = Discriminator(_schema(document, clause(error))).place(error.instance)
            if place is not None:
                yield from meant(error.kind.context[place], document)
                continue
        yield error


def clause(error: Any) -> str:
    """The pointer of the clause that an error of a validator comes from."""
    location = error.absolute_keyword_location or ""
    return unquote(location.removeprefix(f"{BASE}#")) or "/" + "/".join(map(str, error.schema_path))


def _not_one_of(sent: Any, options: Sequence[Any]) -> str:
    listed, names = ", ".join(orjson.dumps(each).decode() for each in options), [e for e in options if type(e) is str]
    close = hint(sent, names) if isinstance(sent, str) and len(sent) <= _SHOWN else ""
    return f"is not one of {listed}{f'; {close}' if close.startswith('did') else ''}"


def _quoted(error: ValidationError) -> str:
    """What was sent, as the message begins with it."""
    return shortened(re.split(" does not match | is not valid under ", error.message, maxsplit=1)[0], _SHOWN)


def _schema(document: Document, pointer: str) -> Mapping[str, Any]:
    """The schema in which the keyword stands."""
    found = document.resolve(f"#{pointer.rpartition('/')[0]}") if pointer.startswith("/") else {}
    return found if isinstance(found, Mapping) else {}


def _members(document: Document, pointer: str) -> Iterator[str]:
    """All names that an object may have members of, by the schema of that keyword and those within it."""
    pending, seen = [_schema(document, pointer)], 0
    while pending and seen < _SCHEMAS:
        schema = pending.pop(0)
        seen += 1
        yield from (name for name, inner in schema.get("properties", {}).items() if inner is not False)
        pending += [part for part in _within(schema) if isinstance(part, Mapping)]
        if "$ref" in schema:
            pending.append(document.resolve(schema["$ref"]))


def _within(schema: Mapping[str, Any]) -> Iterable[Any]:
    for keyword in _WITHIN:
        yield from schema.get(keyword, ())
    for keyword in _CONDITIONAL:
        yield schema.get(keyword)
