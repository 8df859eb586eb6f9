"""Which schema of a `oneOf` a value means, as a discriminator says (OpenAPI 3.1, section 4.8.25)."""

from collections.abc import Mapping
from typing import Any

_SCHEMAS = "#/components/schemas/"


class Discriminator:
    """`schema` is the one in which the `oneOf` stands; without a discriminator it names nothing."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        stated = schema.get("discriminator", {})
        self.member: str | None = stated.get("propertyName")
        references = [each.get("$ref") if isinstance(each, Mapping) else None for each in schema.get("oneOf", ())]
        mapped = {name: to if "/" in to else _SCHEMAS + to for name, to in stated.get("mapping", {}).items()}
        own = {to.removeprefix(_SCHEMAS): to for to in references if to is not None and to not in mapped.values()}
        self._places = {name: references.index(to) for name, to in (mapped | own).items() if to in references}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._places)

    def place(self, value: Any) -> int | None:
        """Where in the `oneOf` the schema stands that the value names."""
        name = value.get(self.member) if isinstance(value, Mapping) else None
        return self._places.get(name) if isinstance(name, str) else None
