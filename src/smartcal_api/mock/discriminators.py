"""What tells the kinds of an object apart, as a schema that its values have to fit (OpenAPI 3.1.1, Discriminator
Object).

It changes nothing of what is valid, so it only guides generation: whoever reads an answer takes the class by it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from smartcal_api.mock.merging import Schema

_COMPONENTS = "#/components/schemas/"
_DEPTH = 8


class Discriminators:
    """Those of one document; `target` follows a reference."""

    def __init__(self, document: Mapping[str, Any], target: Callable[[str], Schema]) -> None:
        components = document.get("components", {})
        self._schemas: Mapping[str, Any] = components.get("schemas", {}) if isinstance(components, Mapping) else {}
        self._target = target
        self._heirs: dict[str, list[str]] | None = None

    def of_branch(self, stated: Mapping[str, Any], branch: Schema) -> Schema:
        """What the branch of an anyOf or oneOf that was taken makes of the property."""
        reference = branch.get("$ref") if isinstance(branch, Mapping) else None
        return self._named(stated, reference) if isinstance(reference, str) else True

    def of_heir(self, stated: Mapping[str, Any], base: Schema, entered: Sequence[str]) -> Schema:
        """What the reference that led to a base by its allOf makes of the property; else that of the base itself."""
        own = self._reference_to(base)
        heir = next((each for each in entered if own is not None and own in self._ancestors(each)), None)
        if heir is not None:
            return self._named(stated, heir)
        return self._named(stated, own) if own is not None and not self.heirs(base) else True

    def heirs(self, base: Schema) -> list[str]:
        """The references to what extends a base by its allOf."""
        own = self._reference_to(base)
        if self._heirs is None:
            self._heirs = {}
            for name in self._schemas:
                for ancestor in self._ancestors(_COMPONENTS + name):
                    self._heirs.setdefault(ancestor, []).append(_COMPONENTS + name)
        return self._heirs.get(own, []) if own is not None else []

    def _named(self, stated: Mapping[str, Any], reference: str) -> Schema:
        """Its names in the mapping, else that of its schema; whatever goes where the property itself takes neither."""
        name = stated.get("propertyName")
        mapping = stated.get("mapping")
        keys = [key for key, target in mapping.items() if _leads(target, reference)] if mapping else []
        names = keys or [reference.rpartition("/")[2]]
        taken = [each for values in self._values(reference, str(name)) for each in values]
        fitting = [each for each in names if each in taken] if taken else names
        return {"properties": {name: {"enum": fitting}}} if fitting else True

    def _values(self, reference: str, name: str) -> Iterator[Sequence[Any]]:
        """The enums and constants that the property has there."""
        for part in self._parts({"$ref": reference}):
            member = part.get("properties", {}).get(name)
            for stated in self._parts(member):
                if "const" in stated:
                    yield [stated["const"]]
                elif "enum" in stated:
                    yield stated["enum"]

    def _ancestors(self, reference: str) -> list[str]:
        """What it extends, directly or not."""
        found: list[str] = []
        pending = [reference]
        while pending and len(found) < _DEPTH:
            schema = self._target(pending.pop())
            for part in schema.get("allOf", ()) if isinstance(schema, Mapping) else ():
                inherited = part.get("$ref") if isinstance(part, Mapping) else None
                if isinstance(inherited, str) and inherited not in found:
                    found.append(inherited)
                    pending.append(inherited)
        return found

    def _reference_to(self, schema: Schema) -> str | None:
        return next((_COMPONENTS + name for name, each in self._schemas.items() if each is schema), None)

    def _parts(self, schema: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
        if not isinstance(schema, Mapping) or depth > _DEPTH:
            return
        yield schema
        inner = [self._target(schema["$ref"])] if isinstance(schema.get("$ref"), str) else []
        for part in [*inner, *schema.get("allOf", ())]:
            yield from self._parts(part, depth + 1)


def _leads(target: Any, reference: str) -> bool:
    return target in (reference, reference.rpartition("/")[2])
