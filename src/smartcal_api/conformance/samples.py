"""A body that a contract takes where it gives no example: plain values of what must be there, and of what is simple."""

import random
from typing import Any

from smartcal_api.contract import Contract
from smartcal_api.contract.shape.fields import Field, end_of, fields

_DEEP = 6
_FORMATS = {
    "date": "2027-01-31",
    "date-time": "2027-01-31T09:00:00Z",
    "time": "09:00:00Z",
    "email": "judge@example.com",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
}


class NoSample(Exception):
    """None can be made so simply; the message says where."""


def sample(contract: Contract, pointer: str, rng: random.Random) -> Any:
    """A value that fits the schema of a request's body; raises `NoSample`."""
    made = _value(contract, pointer, rng, 0)
    if not contract.taken.at(pointer).is_valid(made):
        raise NoSample("its schema asks for more than plain values")
    return made


def _value(contract: Contract, pointer: str, rng: random.Random, depth: int) -> Any:
    end = end_of(contract.document, pointer)
    schema = contract.document.resolve(f"#{end}")
    if depth > _DEEP or not isinstance(schema, dict):
        raise NoSample(f"{end} goes on and on")
    for keyword in ("const", "example", "default"):
        if keyword in schema:
            return schema[keyword]
    for keyword in ("examples", "enum"):
        if schema.get(keyword):
            return schema[keyword][0]
    members = fields(contract.document, end).members
    stated = schema.get("type", "object" if members else None)
    kind = stated if isinstance(stated, str) else next(iter(stated or ()), None)
    match kind:
        case "object":
            return {
                name: _value(contract, each.pointer, rng, depth + 1)
                for name, each in members.items()
                if not each.read_only and (each.required or _is_plain(each))
            }
        case "array":
            least = schema.get("minItems", 0)
            return [_value(contract, f"{end}/items", rng, depth + 1) for _ in range(least)]
        case "string":
            return _text(schema, rng)
        case "integer" | "number":
            return schema.get("minimum", min(1, schema.get("maximum", 1)))
        case "boolean":
            return True
        case "null":
            return None
    raise NoSample(f"{end} doesn't say its type")


def _is_plain(each: Field) -> bool:
    return each.types <= {"string", "boolean"} and not each.schema.get("pattern") and not each.format


def _text(schema: dict[str, Any], rng: random.Random) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    if "pattern" in schema or "format" in schema:
        raise NoSample("it has a text of a form of its own")
    text = f"judged {rng.getrandbits(32):08x}".ljust(schema.get("minLength", 0), "x")
    return text[: schema.get("maxLength", len(text))]
