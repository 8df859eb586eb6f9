"""Reads a YAML or JSON document as JSON data, and knows the line of every JSON pointer in it."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

from smartcal_api.contract.source import Faulty, Source, escape
from smartcal_api.errors import ContractError, Finding
from smartcal_api.input import Unreadable, read_bytes

_MOST_BYTES = 32 * 1024 * 1024
__all__ = ["Document", "escape", "pointer_of", "unescape"]


def unescape(token: str) -> str:
    return token.replace("~1", "/").replace("~0", "~")


def pointer_of(reference: str) -> str:
    """The pointer in a local reference, whose fragment may be percent-encoded (RFC 6901 section 6)."""
    return unquote(reference[1:])


class Document:
    """A parsed document: `data` (plain dicts and lists), the `path` it came from, and the SHA-256 of its bytes.

    Raises `ContractError` where the file can't be read or parsed; a duplicate key, an alias and a key that is not a
    string are faults, for tools disagree on them.
    """

    def __init__(self, path: Path, source: bytes) -> None:
        self.path = path
        self.sha256 = sha256(source).hexdigest()
        try:
            self._source = Source(source)
        except Faulty as fault:
            raise ContractError(str(path), [fault.finding]) from None
        self.data: dict[str, Any] = self._source.data
        if not isinstance(self.data, dict):
            raise ContractError(str(path), [Finding("", "is not a mapping, which it has to be at its top", 1)])

    @classmethod
    def read(cls, path: Path, *, regular: bool = False) -> "Document":
        """The one in a file, or `-`: on standard input; `regular` as `input.read_bytes` has it."""
        try:
            return cls(path, read_bytes(path, most=_MOST_BYTES, regular=regular))
        except Unreadable as error:
            raise ContractError(str(path), [Finding("", error.cause, error.line)]) from None

    @property
    def text(self) -> str:
        """As it was written."""
        return self._source.text

    def line(self, pointer: str) -> int:
        """The line of `pointer`, or of the closest ancestor that exists; lines count from 1."""
        return self._line(self._nodes(), pointer)

    def _nodes(self) -> Any:
        """None for JSON that a parser of YAML can't read."""
        try:
            return self._source.nodes()
        except Faulty:
            return None

    def copy(self, path: Path) -> None:
        """Writes it to a file, for whoever can't read what it was read from a second time."""
        path.write_text(self.text, encoding="utf-8")

    @staticmethod
    def _line(node: Any, pointer: str) -> int:
        line: int = node.start_mark.line + 1 if node is not None else 1
        for token in pointer.split("/")[1:]:
            key = unescape(token)
            if isinstance(node, yaml.MappingNode):
                pair = next(((k, v) for k, v in node.value if k.value == key), None)
                if pair is None:
                    break
                line, node = pair[0].start_mark.line + 1, pair[1]
            elif isinstance(node, yaml.SequenceNode) and key.isdigit() and int(key) < len(node.value):
                node = node.value[int(key)]
                line = node.start_mark.line + 1
            else:
                break
        return line

    def error(self, findings: Iterator[Finding] | list[Finding]) -> ContractError:
        """The findings with their lines, in the order of the file."""
        root = self._nodes()
        placed = [Finding(f.pointer, f.message, f.line or self._line(root, f.pointer)) for f in findings]
        return ContractError(str(self.path), sorted(placed, key=lambda finding: finding.line or 0))

    def resolve(self, reference: str) -> Any:
        """What a local reference (`#/components/…`) leads to; raises `KeyError` where it leads nowhere."""
        value: Any = self.data
        if not reference.startswith("#/"):
            raise KeyError(reference)
        for token in reference[2:].split("/"):
            key = unescape(token)
            if "%" in key and isinstance(value, dict) and key not in value:
                key = unescape(unquote(token))
            try:
                value = value[int(key)] if isinstance(value, list) else value[key]
            except (ValueError, IndexError, TypeError):
                raise KeyError(reference) from None
        return value
