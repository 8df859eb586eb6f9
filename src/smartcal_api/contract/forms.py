"""Names of the envelope of lists, which an overlay states in one place and schemas and examples follow."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from smartcal_api.contract.source import data_of

_PLACE, _FIELDS = "x-pagination", "fields"
_OUTER, _INNER = ("items", "pagination"), ("page", "per_page", "total", "total_pages")
_EXPRESSION = "$response.body#/"
Names = Mapping[str, str]


def envelope(root: Any) -> Names:
    """What `x-pagination` calls the parts of a list; nothing where a document doesn't say."""
    stated = data_of(root)
    fields = stated.get(_PLACE, {}).get(_FIELDS, {}) if isinstance(stated, dict) else {}
    return {key: value for key, value in fields.items() if isinstance(value, str)} if isinstance(fields, dict) else {}


def follow(root: Any, before: Names) -> None:
    """Renames in the nodes of a document what `x-pagination` called otherwise before an overlay was applied: members of
    schemas and of examples, and what is required of them. An object is an envelope by having all of its names."""
    now = envelope(root)
    for keys in (_OUTER, _INNER):
        names = {before[key]: now[key] for key in keys if key in before and key in now}
        if len(names) == len(keys) and any(old != new for old, new in names.items()):
            for node in _below(root):
                _rename(node, names)
                if keys is _OUTER and isinstance(node, yaml.ScalarNode):
                    _lead(node, names)


def _rename(node: Any, names: Names) -> None:
    """A mapping by its keys, a list of names by its items."""
    if isinstance(node, yaml.ScalarNode):
        return
    inside = [key for key, _ in node.value] if isinstance(node, yaml.MappingNode) else node.value
    scalars = [each for each in inside if isinstance(each, yaml.ScalarNode)]
    if names.keys() <= {each.value for each in scalars}:
        for each in scalars:
            each.value = names.get(each.value, each.value)


def _lead(node: yaml.ScalarNode, names: Names) -> None:
    """A link's expression leads to where the items are now."""
    for old, new in names.items():
        start = f"{_EXPRESSION}{old}/"
        if node.value.startswith(start):
            node.value = f"{_EXPRESSION}{new}/{node.value.removeprefix(start)}"
            return


def _below(node: Any) -> Iterator[Any]:
    """Every object, list and value but those of `x-pagination` itself."""
    yield node
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value != _PLACE:
                yield from _below(value)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _below(each)
