"""Schemas that no value fits."""

from collections.abc import Iterator
from typing import Any

from smartcal_api.lint.engine import Engine
from smartcal_api.lint.found import Found
from smartcal_api.lint.index import Index

# What stands below these is there to be refused, or to be asked about.
_ASKED = ("/not", "/if", "/contains", "/propertyNames", "/additionalProperties", "/unevaluatedProperties")
_UNSEEN = {"unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "dependentSchemas", "if", "contains"}
"""Beside these the engine says nothing, so that the schemas below have to be asked about one by one."""


def satisfiability(index: Index, engine: Engine) -> Iterator[Found]:
    """By the engine, of each schema that isn't within another one."""
    blind: list[str] = []
    for at, schema in index.all("schema"):
        if _is_within_a_schema(index, at) and not any(at.startswith(each) for each in blind):
            continue
        if isinstance(schema, dict) and _UNSEEN & schema.keys():
            blind.append(f"{at}/")
        for pointer, why in sorted(engine.unsatisfiable(at).items()):
            if not _is_meant(pointer, _stated(engine, pointer)):
                said = f"is a schema that no value fits{f', by {why}' if why else ''}; correct what contradicts itself"
                yield Found("schema/unsatisfiable", pointer, said)


def _is_within_a_schema(index: Index, at: str) -> bool:
    """A schema of a component, a parameter, a header or a media type stands by itself; others within it don't."""
    parent = at
    while parent:
        parent = parent.rpartition("/")[0]
        kind = index.nodes.get(parent, ("",))[0]
        if kind:
            return kind == "schema"
    return False


def _stated(engine: Engine, pointer: str) -> Any:
    try:
        return engine.at(pointer)
    except KeyError:
        return None


def _is_meant(pointer: str, schema: Any) -> bool:
    """`false` says so itself; what is referred to is told where it stands."""
    if schema is False or schema == {"not": {}} or schema is None:
        return True
    if isinstance(schema, dict) and schema.keys() & {"$ref"}:
        return True
    return any(f"{each}/" in f"{pointer}/" for each in _ASKED)
