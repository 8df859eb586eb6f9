"""A header of a response, and the value that the contract itself has for it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Header:
    """`stated` is its const, or else the first of its examples and its default; None: it has none of these."""

    name: str
    required: bool
    pointer: str
    integer: bool
    stated: Any = None
    constant: bool = False

    @classmethod
    def read(
        cls, name: str, found: Mapping[str, Any], schema: Mapping[str, Any], pointer: str, examples: Iterable[Any]
    ) -> "Header":
        """`found` and `schema` with their references followed; `examples` are those that it shows."""
        stated = next(_values(schema, examples), None)
        required, integer = found.get("required", False), schema.get("type") == "integer"
        return cls(name, required, pointer, integer, stated, "const" in schema)


def _values(schema: Mapping[str, Any], examples: Iterable[Any]) -> Iterator[Any]:
    if "const" in schema:
        yield schema["const"]
    yield from examples
    yield from schema.get("examples", ())
    yield from (schema[keyword] for keyword in ("example", "default") if keyword in schema)
