"""The headers that a delivery has besides its signature, as its operation declares them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

VALUES = ("delivery_id", "attempt", "timestamp", "event_type")
"""What `x-value` can name; attempts count from 1, and the timestamp is in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class DeliveryHeader:
    """`value` is what is sent, or the one of `VALUES` that is, where it is `named`."""

    name: str
    value: str
    named: bool


def header_of(parameter: Mapping[str, Any], schema: Mapping[str, Any]) -> DeliveryHeader | None:
    """That of a header parameter and its schema, both followed to their ends; None where it has no value."""
    name = parameter["name"]
    if "x-value" in parameter:
        return DeliveryHeader(name, parameter["x-value"], named=True)
    for value in _stated(parameter, schema):
        return DeliveryHeader(name, _text(value), named=False)
    return None


def _stated(parameter: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Any]:
    if "const" in schema:
        yield schema["const"]
    if "example" in parameter:
        yield parameter["example"]
    yield from (each["value"] for each in parameter.get("examples", {}).values() if "value" in each)
    if "default" in schema:
        yield schema["default"]
    yield from schema.get("examples", ())


def _text(value: Any) -> str:
    return ("false", "true")[value] if isinstance(value, bool) else str(value)
