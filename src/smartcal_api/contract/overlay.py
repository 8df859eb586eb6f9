"""Overlays of a document (OAI Overlay Specification 1.0 to 1.2), applied to its nodes, so that each keeps its line."""

import logging
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, Never

import yaml

from smartcal_api.contract.source import Faulty, Source, data_of
from smartcal_api.errors import ContractError, Finding
from smartcal_api.input import Unreadable, read_bytes

Parts = tuple[str | int, ...]
_VERSIONS = ("1.0.", "1.1.", "1.2.")
BASIS = "x-basis"
"""Adding it changes what stands there, as it says what that rests on."""
_ACTION = frozenset({"target", "description", "update", "remove", "copy", "$ref"})
_MOST_BYTES = 4 * 1024 * 1024
_log = logging.getLogger("smartcal")


class Overlay:
    """One file. `changed` has, for each place that was there before and isn't as it was, the line that changed it."""

    def __init__(self, path: Path, content: bytes) -> None:
        self.path = path
        self.content = content
        self.changed: dict[Parts, int] = {}
        self._idle: list[Any] = []
        try:
            source = Source(content)
            self._root = source.nodes()
        except Faulty as fault:
            raise ContractError(str(path), [fault.finding]) from None
        for node in _nodes(self._root):
            node.file = path
        self._actions = list(self._read())

    @classmethod
    def read(cls, path: Path, *, regular: bool = False) -> "Overlay":
        """The one in a file; raises `ContractError`."""
        try:
            return cls(path, read_bytes(path, most=_MOST_BYTES, regular=regular))
        except Unreadable as error:
            raise ContractError(str(path), [Finding("", error.cause, error.line)]) from None

    def __len__(self) -> int:
        return len(self._actions)

    def apply(self, root: Any) -> None:
        """Changes the nodes of a document; raises `ContractError`, with the line of the action."""
        for action in self._actions:
            target = _member(action, "target")
            found = self._select(root, target)
            if not found and target not in self._idle:
                self._idle.append(target)
                _log.warning("%s:%d: %s selects nothing, so nothing is changed", self.path, _line(target), target.value)
            update, copy = _member(action, "update"), _member(action, "copy")
            if data_of(_member(action, "remove")) is True:
                for parts in reversed(found):  # the last first: items move up
                    self._remove(root, parts, _line(target))
            elif update is not None:
                for parts in found:
                    self._put(root, parts, deepcopy(update), appends=True)
            elif copy is not None:
                source = self._select(root, copy)
                if len(source) != 1:
                    self._fail(copy, f"selects {len(source)} nodes; copy takes one")
                value = deepcopy(_at(root, source[0]))
                for parts in found:
                    self._put(root, parts, deepcopy(value), appends=False)

    def _read(self) -> Iterator[Any]:
        version = _member(self._root, "overlay")
        if version is None or not str(version.value).startswith(_VERSIONS):
            self._fail(version or self._root, "is not an overlay: 'overlay' is 1.0.x, 1.1.x or 1.2.x")
        actions = _member(self._root, "actions")
        if not isinstance(actions, yaml.SequenceNode) or not actions.value:
            self._fail(actions or self._root, "has no actions; they are a list")
        for action in actions.value:
            yield self._action(action)

    def _action(self, action: Any) -> Any:
        if not isinstance(action, yaml.MappingNode):
            self._fail(action, "an action is an object")
        for key, _ in action.value:
            if key.value not in _ACTION and not key.value.startswith("x-"):
                self._fail(key, f"an action has no {key.value!r}; it has {', '.join(sorted(_ACTION))}")
        reference = _member(action, "$ref")
        if reference is not None:
            actions = _member(_member(self._root, "components"), "actions")
            name = str(reference.value).removeprefix("#/components/actions/")
            named = _member(actions, name)
            if named is None:
                self._fail(reference, f"{reference.value} leads nowhere")
            return self._action(named)
        if _member(action, "target") is None:
            self._fail(action, "an action has a target, a JSONPath (RFC 9535)")
        return action

    def _select(self, root: Any, query: Any) -> list[Parts]:
        from jsonpath import JSONPathEnvironment, JSONPathError

        try:
            return [match.parts for match in JSONPathEnvironment(strict=True).finditer(query.value, data_of(root))]
        except JSONPathError as error:
            self._fail(query, f"is not JSONPath (RFC 9535): {str(error).splitlines()[0]}")

    def _remove(self, root: Any, parts: Parts, line: int) -> None:
        if not parts:
            raise ContractError(str(self.path), [Finding("", "the whole document can't be removed", line)])
        self.changed.setdefault(parts, line)
        holder, last = _at(root, parts[:-1]), parts[-1]
        if isinstance(holder, yaml.MappingNode):
            holder.value[:] = [(key, value) for key, value in holder.value if key.value != last]
        else:
            del holder.value[int(last)]

    def _put(self, root: Any, parts: Parts, value: Any, *, appends: bool) -> None:
        """Merges a value into a node: objects by their members, arrays one behind the other, all else by replacing."""
        node = _at(root, parts)
        if isinstance(node, yaml.SequenceNode) and (appends or isinstance(value, yaml.SequenceNode)):
            self.changed.setdefault(parts, _line(value))
            node.value.extend([value] if appends else value.value)
        else:
            self._merge(node, value, parts)

    def _merge(self, node: Any, value: Any, parts: Parts) -> None:
        if type(node) is not type(value):
            self._fail(value, f"{_kind(value)} can't be merged into {_kind(node)}; remove that first")
        if isinstance(node, yaml.MappingNode):
            for key, inner in value.value:
                own = _member(node, key.value)
                if own is None:
                    node.value.append((key, inner))
                    if key.value == BASIS:
                        self.changed.setdefault((*parts, BASIS), _line(inner))
                elif isinstance(own, yaml.ScalarNode) and isinstance(inner, yaml.ScalarNode):
                    node.value[:] = [(key, inner) if k.value == key.value else (k, v) for k, v in node.value]
                    self._note(own, inner, (*parts, key.value))
                else:
                    self._merge(own, inner, (*parts, key.value))
        elif isinstance(node, yaml.SequenceNode):
            self.changed.setdefault(parts, _line(value))
            node.value.extend(value.value)
        else:
            self._note(node, value, parts)
            node.__dict__.update(value.__dict__)

    def _note(self, before: Any, after: Any, parts: Parts) -> None:
        if data_of(before) != data_of(after):
            self.changed.setdefault(parts, _line(after))

    def _fail(self, node: Any, message: str) -> Never:
        raise ContractError(str(self.path), [Finding("", message, _line(node))])


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield from _nodes(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _nodes(item)


def _at(node: Any, parts: Sequence[str | int]) -> Any:
    for part in parts:
        node = node.value[part] if isinstance(part, int) else _member(node, part)
    return node


def _member(node: Any, name: str) -> Any:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _line(node: Any) -> int:
    line: int = node.start_mark.line
    return line + 1


def _kind(node: Any) -> str:
    if isinstance(node, yaml.MappingNode):
        return "an object"
    return "an array" if isinstance(node, yaml.SequenceNode) else "a single value"
