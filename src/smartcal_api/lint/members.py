"""The properties that an object may have by a schema and by all that it is composed of."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from smartcal_api.contract.document import pointer_of
from smartcal_api.lint.index import Index

_COMPOSED = ("allOf", "anyOf", "oneOf")
_ONE = ("if", "then", "else", "not")
_MOST = 2_000  # schemas that are looked at for one question


@dataclass(slots=True)
class Named:
    """`closed`: no other property may be there."""

    names: dict[str, str] = field(default_factory=dict)
    """Name → the pointer to its schema, the first that states it."""
    closed: bool = False


class Members:
    """Of the schemas of one document."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._users: dict[str, list[str]] = {}
        for at, reference, kind in index.references:
            if kind == "schema" and reference.startswith("#/"):
                self._users.setdefault(pointer_of(reference), []).append(at.removesuffix("/$ref"))

    def of(self, at: str, *, branches: bool = True) -> Named | None:
        """Those of the schema there; without `branches`, those of its `anyOf` and `oneOf` left out. None where a part
        of it can't be followed."""
        found = Named()
        pending, seen = [at], set[str]()
        while pending:
            pointer = pending.pop(0)
            if pointer in seen:
                continue
            seen.add(pointer)
            schema = self._at(pointer)
            if schema is None or len(seen) > _MOST:
                return None
            if isinstance(schema, dict):
                pending += self._parts(schema, pointer, branches=branches or len(seen) > 1)
                self._take(schema, pointer, found)
        return found

    def around(self, at: str) -> Named | None:
        """Those of all wholes that the schema there is a part of: `required` in one branch of an `allOf` may well be
        about the properties of another one."""
        found = Named()
        for top in self._wholes(at, set()):
            named = self.of(top)
            if named is None:
                return None
            found.names = {**named.names, **found.names}
            found.closed = found.closed or named.closed
        return found

    def _wholes(self, at: str, seen: set[str]) -> Iterator[str]:
        """The outermost schemas that judge the same value, also by way of references."""
        top = at
        while True:
            parent, _, last = top.rpartition("/")
            owner, _, key = parent.rpartition("/")
            if key in _COMPOSED and last.isdigit():
                top = owner
            elif last in _ONE and self._index.nodes.get(parent, ("",))[0] == "schema":
                top = parent
            else:
                break
        if top in seen:
            return
        seen.add(top)
        yield top
        for user in self._users.get(top, ()):
            if _is_part(user):
                yield from self._wholes(user, seen)

    def name(self, at: str) -> str:
        """What people call the schema there."""
        schema = self._index.nodes.get(at, ("", {}))[1]
        end = pointer_of(schema["$ref"]) if isinstance(schema, dict) and "$ref" in schema else at
        return end.removeprefix("/components/schemas/")

    def _at(self, pointer: str) -> Any:
        known = self._index.nodes.get(pointer)
        if known is not None:
            return known[1]
        try:
            return self._index.document.resolve(f"#{pointer}")
        except KeyError:
            return None

    def _parts(self, schema: dict[str, Any], at: str, *, branches: bool) -> Iterator[str]:
        reference = schema.get("$ref")
        if isinstance(reference, str):
            yield pointer_of(reference) if reference.startswith("#/") else f"?{reference}"
        for key in _COMPOSED if branches else ("allOf",):
            several = schema.get(key)
            yield from (f"{at}/{key}/{number}" for number in range(len(several) if isinstance(several, list) else 0))
        for key in _ONE:
            if isinstance(schema.get(key), dict):
                yield f"{at}/{key}"

    @staticmethod
    def _take(schema: dict[str, Any], at: str, found: Named) -> None:
        properties = schema.get("properties")
        for name in properties if isinstance(properties, dict) else ():
            token = name.replace("~", "~0").replace("/", "~1")
            found.names.setdefault(name, f"{at}/properties/{token}")
        found.closed = found.closed or False in (
            schema.get("additionalProperties"),
            schema.get("unevaluatedProperties"),
        )


def types_of(schema: dict[str, Any]) -> tuple[str, ...]:
    """The types that a schema names; none where it names none."""
    stated = schema.get("type")
    several = stated if isinstance(stated, list) else [stated]
    return tuple(each for each in several if isinstance(each, str))


def _is_part(pointer: str) -> bool:
    parent, _, last = pointer.rpartition("/")
    return last.isdigit() and parent.rpartition("/")[2] in _COMPOSED
