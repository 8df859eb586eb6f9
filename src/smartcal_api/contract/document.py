"""Reads a YAML or JSON document as JSON data, and knows the line of every JSON pointer in it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import yaml

from smartcal_api.contract.forms import envelope, follow
from smartcal_api.contract.overlay import Overlay
from smartcal_api.contract.source import Faulty, Source, data_of, escape
from smartcal_api.errors import ContractError, Finding
from smartcal_api.input import Unreadable, read_bytes

if TYPE_CHECKING:
    from smartcal_api.contract.understood import Reading

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
    string are faults, for tools disagree on them. With `aliases`, those of YAML are read, but for circular ones.
    """

    def __init__(self, path: Path, source: bytes, overlays: Sequence[Overlay] = (), *, aliases: bool = False) -> None:
        self.path = path
        self.overlays = tuple(overlays)
        self.sha256 = sha256(b"".join((source, *(each.content for each in overlays)))).hexdigest()
        self.digests = tuple(sha256(each).hexdigest() for each in (source, *(each.content for each in overlays)))
        """The SHA-256 of each of its `files`, by itself."""
        try:
            self._source = Source(source, aliases=aliases)
            self.data: dict[str, Any] = data_of(self._nodes()) if overlays else self._source.data
        except Faulty as fault:
            raise ContractError(str(path), [fault.finding]) from None
        if not isinstance(self.data, dict):
            raise ContractError(str(path), [Finding("", "is not a mapping, which it has to be at its top", 1)])
        self.stated = self.data
        """As it was written, where `data` is read in its place."""
        self.reading: Reading | None = None
        self.parts: Mapping[str, Document] = {}
        """Pointer → another file that was put in there (`bundle`)."""

    @classmethod
    def read(
        cls, path: Path, *, regular: bool = False, overlays: Sequence[Path] = (), aliases: bool = False
    ) -> "Document":
        """The one in a file, or `-`: on standard input, with the overlays applied in their order; `regular` as
        `input.read_bytes` has it."""
        applied = [Overlay.read(each, regular=regular) for each in overlays]
        try:
            return cls(path, read_bytes(path, most=_MOST_BYTES, regular=regular), applied, aliases=aliases)
        except Unreadable as error:
            raise ContractError(str(path), [Finding("", error.cause, error.line)]) from None

    def read_as(self, data: dict[str, Any], reading: "Reading") -> "Document":
        """This document with other data, whose places are those of what they were made from."""
        found = self.seen_as(data)
        found.stated, found.reading = self.data, reading
        return found

    @property
    def files(self) -> tuple[Path, ...]:
        """Its own, those of its overlays, and those of its parts."""
        return (self.path, *(each.path for each in self.overlays), *(each.path for each in self.parts.values()))

    @property
    def plain(self) -> "Document":
        """The same without its overlays."""
        return Document(self.path, self._source.text.encode())

    def seen_as(self, data: dict[str, Any]) -> "Document":
        """The same with other data, which have what they have in the same places."""
        seen = copy(self)
        seen.data = data
        return seen

    @property
    def text(self) -> str:
        """As it was written; with overlays as JSON, since what was written holds no more."""
        return json.dumps(self.stated, indent=2, ensure_ascii=False) + "\n" if self.overlays else self._source.text

    def line(self, pointer: str) -> int:
        """The line of `pointer`, or of the closest ancestor that exists; lines count from 1."""
        return self.place(pointer)[1]

    def place(self, pointer: str) -> tuple[Path, int]:
        """The file that it is in, the document's or an overlay's, and its line there."""
        return self._place(self._nodes(), pointer)

    def places(self, pointers: Iterable[str]) -> dict[str, tuple[Path, int]]:
        """The file and the line of each pointer."""
        root = self._nodes()
        return {pointer: self._place(root, pointer) for pointer in pointers}

    def _nodes(self) -> Any:
        """With the overlays applied. None for JSON that a parser of YAML can't read."""
        try:
            root = self._source.nodes()
        except Faulty:
            return None
        if self.overlays:
            names = envelope(root)
            for overlay in self.overlays:
                overlay.apply(root)
            follow(root, names)
        return root

    def copy(self, path: Path) -> None:
        """Writes it to a file, for whoever can't read what it was read from a second time."""
        path.write_text(self.text, encoding="utf-8")

    def _place(self, node: Any, pointer: str) -> tuple[Path, int]:
        if node is None:
            return self.path, 1
        if self.reading is not None:
            pointer = self.reading.origin(pointer)
        for prefix, part in self.parts.items():
            if f"{pointer}/".startswith(f"{prefix}/"):
                return part.place(pointer.removeprefix(prefix))
        at = node
        for token in pointer.split("/")[1:]:
            key = unescape(token)
            if isinstance(node, yaml.MappingNode):
                pair = next(((k, v) for k, v in node.value if k.value == key), None)
                if pair is None:
                    break
                at, node = pair
            elif isinstance(node, yaml.SequenceNode) and key.isdigit() and int(key) < len(node.value):
                at = node = node.value[int(key)]
            else:
                break
        return getattr(at, "file", self.path), at.start_mark.line + 1

    def error(self, findings: Iterable[Finding]) -> ContractError:
        """The findings with their lines, in the order of the file."""
        root = self._nodes()
        placed = [f if f.line else self._placed(f, root) for f in findings]
        return ContractError(str(self.path), sorted(placed, key=lambda finding: finding.line or 0))

    def _placed(self, finding: Finding, root: Any) -> Finding:
        file, line = self._place(root, finding.pointer)
        return Finding(finding.pointer, finding.message, line, None if file == self.path else file)

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
