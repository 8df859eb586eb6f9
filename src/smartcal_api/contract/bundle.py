"""A document in several files as one: what its references lead to in others stands in it, below `x-files`."""

import posixpath
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from smartcal_api.contract.document import Document, escape
from smartcal_api.errors import ContractError, Finding

FILES = "x-files"
_MOST = 1_000
_DATA = frozenset({"example", "examples", "default", "enum", "const", "value"})
Fetch = Callable[[str], Document]
"""Reads the file at a path, relative as references have it; raises `ContractError` or `UsageError`."""


def bundled(document: Document, fetch: Fetch) -> Document:
    """The document with its references led to what is in it; itself where it refers to no other file.

    References to other places of the web are left alone. Raises `ContractError`, with the line of the reference, where
    a file can't be read.
    """
    if not any(_outside(reference) for _, reference in _references(document.data, "")):
        return document
    bundle = _Bundle(document, fetch)
    bundle.take(document, "")
    found = document.seen_as({**bundle.data[""], FILES: {name: bundle.data[name] for name in bundle.files}})
    found.parts = {f"/{FILES}/{escape(name)}": part for name, part in bundle.files.items()}
    return found


class _Bundle:
    def __init__(self, document: Document, fetch: Fetch) -> None:
        self._base = document.path.as_posix()
        self._fetch = fetch
        self.files: dict[str, Document] = {}
        self.data: dict[str, Any] = {}

    def take(self, document: Document, name: str) -> None:
        """A file and all that it leads to."""
        waiting = [(document, name)]
        while waiting:
            one, at = waiting.pop()
            for pointer, reference in _references(one.data, ""):
                target = self._target(reference, at)
                if target and target not in self.files:
                    self.files[target] = self._read(one, pointer, target)
                    waiting.append((self.files[target], target))
            self.data[at] = self._led(one.data, at)

    def _read(self, document: Document, pointer: str, target: str) -> Document:
        if len(self.files) >= _MOST:
            raise document.error([Finding(pointer, f"is in one of more than {_MOST} files; put some together")])
        try:
            return self._fetch(target)
        except ContractError as error:
            if any(each.line for each in error.findings):
                raise
            raise document.error([Finding(pointer, f"{target} {error.findings[0].message}; correct it")]) from None

    def _target(self, reference: str, at: str) -> str | None:
        """The file that a reference in the file `at` leads to, relative to the first one's folder; empty: the first."""
        if not _outside(reference):
            return None
        path = posixpath.normpath(posixpath.join(posixpath.dirname(at), unquote(urlsplit(reference).path)))
        return "" if path == posixpath.basename(self._base) else path

    def _led(self, value: Any, at: str, *, named: bool = False) -> Any:
        if isinstance(value, list):
            return [self._led(each, at) for each in value]
        if not isinstance(value, dict):
            return value
        return {
            key: self._reference(each, at)
            if key == "$ref" and isinstance(each, str) and not named
            else each
            if key in _DATA and not named
            else self._led(each, at, named=key == "properties" and not named)
            for key, each in value.items()
        }

    def _reference(self, reference: str, at: str) -> str:
        target = self._target(reference, at)
        if target is None and (not at or not reference.startswith("#")):
            return reference
        name = at if target is None else target
        fragment = urlsplit(reference).fragment
        return f"#/{FILES}/{escape(name)}{fragment}" if name else f"#{fragment}"


def _outside(reference: str) -> bool:
    parts = urlsplit(reference)
    return bool(parts.path) and not parts.scheme and not parts.netloc


def _references(value: Any, at: str, *, named: bool = False) -> Iterator[tuple[str, str]]:
    """Where each `$ref` stands, and what it says; data has none."""
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _references(each, f"{at}/{number}")
    elif isinstance(value, dict):
        for key, each in value.items():
            if key == "$ref" and isinstance(each, str) and not named:
                yield f"{at}/$ref", each
            elif named or key not in _DATA:
                yield from _references(each, f"{at}/{escape(key)}", named=key == "properties" and not named)


def beside(path: Path) -> Fetch:
    """Reads files by their place beside a file."""
    return lambda name: Document.read(path.parent / name, aliases=True)
