"""References by name (`$anchor`, `$dynamicRef`, `$id`, `$self`) as references by place: no others are followed."""

from collections.abc import Iterator, Mapping
from typing import Any

from smartcal_api.contract.document import escape

_DATA = frozenset({"example", "examples", "default", "enum", "const", "value"})
_NAMES = ("$anchor", "$dynamicAnchor")
_REFERENCES = ("$ref", "$dynamicRef")


def placed(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document with its references led to places, and without the names; itself where it has none.

    Where a `$dynamicRef` could lead to several schemas, it leads to the outermost of its name, which is the one that
    extends the others (JSON Schema Core section 8.2.3.2).
    """
    own = data.get("$self")
    named = dict(_named(data, ""))
    if not named and not isinstance(own, str):
        return data
    if isinstance(own, str):
        named[own] = ""
    led = _led(data, named)
    assert isinstance(led, dict)  # as it was
    return {**led, **({"$self": own} if own is not None else {})}


def _named(node: Any, at: str, *, plain: bool = False) -> Iterator[tuple[str, str]]:
    """What a reference may say → the pointer to what it leads to."""
    if isinstance(node, list):
        for index, each in enumerate(node):
            yield from _named(each, f"{at}/{index}")
    elif isinstance(node, dict):
        if not plain:
            yield from ((f"#{node[key]}", at) for key in _NAMES if isinstance(node.get(key), str))
            if isinstance(node.get("$id"), str):
                yield node["$id"], at
        for key, value in node.items():
            if plain or key not in _DATA:
                yield from _named(value, f"{at}/{escape(key)}", plain=key == "properties" and not plain)


def _led(node: Any, named: Mapping[str, str], *, plain: bool = False) -> Any:
    if isinstance(node, list):
        return [_led(each, named) for each in node]
    if not isinstance(node, dict):
        return node
    found = {}
    for key, value in node.items():
        if plain or key not in (*_REFERENCES, *_NAMES, "$id"):
            data = key in _DATA and not plain
            found[key] = value if data else _led(value, named, plain=key == "properties" and not plain)
        elif key in _REFERENCES and isinstance(value, str):
            found["$ref"] = _place(value, named)
        elif not isinstance(value, str):
            found[key] = value
    return found


def _place(reference: str, named: Mapping[str, str]) -> str:
    if reference in named:
        return f"#{named[reference]}"
    base, _, fragment = reference.partition("#")
    if base and base in named:
        inner = f"#{fragment}"
        return f"#{named[inner]}" if inner in named else f"#{named[base]}{fragment}"
    return reference
