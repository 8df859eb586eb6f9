"""Reads a YAML or JSON document as JSON data, and knows the line of every JSON pointer in it."""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote

import yaml

from smartcal_api.errors import ContractError, Finding

_BASE: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BASE):  # type: ignore[misc]  # libyaml's loader where the wheel has it, PyYAML's own elsewhere
    """The JSON schema of YAML 1.2 (section 10.2): `no` and `2026-11-23` are strings, as OpenAPI expects them to be."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:null|~|)\Z"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)\Z"), ["t", "f"])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?(?:0|[1-9][0-9]*)\Z"), list("-0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?\Z"),
    list("-0123456789"),
)


def escape(key: str) -> str:
    """One reference token of a JSON pointer (RFC 6901 section 3)."""
    return key.replace("~", "~0").replace("/", "~1")


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
        # The nodes, which know their lines, take ten times the memory of the data: only errors make them again.
        self._source = source
        try:
            self.data: dict[str, Any] = self._construct(self._compose(), "", set())
        except UnicodeDecodeError as error:
            line = source.count(b"\n", 0, error.start) + 1
            raise ContractError(str(path), [Finding("", "is not UTF-8", line)]) from None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            cause = getattr(error, "problem", None) or str(error).replace("\n", " ")
            context = getattr(error, "context", None)
            message = f"is not YAML: {cause}" + (f" {context}" if context else "")
            raise ContractError(str(path), [Finding("", message, mark.line + 1 if mark else 1)]) from None
        if not isinstance(self.data, dict):
            raise ContractError(str(path), [Finding("", "is no mapping; it has to be one at its top", 1)])

    @classmethod
    def read(cls, path: Path) -> "Document":
        try:
            return cls(path, path.read_bytes())
        except OSError as error:
            cause = error.strerror or str(error)
            raise ContractError(str(path), [Finding("", f"can't be read: {cause}", None)]) from None

    @property
    def text(self) -> str:
        """As it was written."""
        return self._source.decode("utf-8")

    def line(self, pointer: str) -> int:
        """The line of `pointer`, or of the closest ancestor that exists; lines count from 1."""
        return self._line(self._compose(), pointer)

    def _compose(self) -> Any:
        loader = _Loader(self._source.decode("utf-8"))
        try:
            return loader.get_single_node()
        finally:
            loader.dispose()

    @staticmethod
    def _line(node: Any, pointer: str) -> int:
        line: int = node.start_mark.line + 1
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
        root = self._compose()
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

    def _construct(self, node: Any, pointer: str, seen: set[int]) -> Any:
        if id(node) in seen:
            raise ContractError(
                str(self.path), [Finding(pointer, "is an alias; write it out or use $ref", node.start_mark.line + 1)]
            )
        if isinstance(node, yaml.MappingNode):
            seen.add(id(node))
            mapping: dict[str, Any] = {}
            for key_node, value_node in node.value:
                key = key_node.value
                if not isinstance(key, str) or key in mapping:
                    message = "has a key that is no text" if not isinstance(key, str) else f"has {key!r} twice"
                    raise ContractError(str(self.path), [Finding(pointer, message, key_node.start_mark.line + 1)])
                mapping[key] = self._construct(value_node, f"{pointer}/{escape(key)}", seen)
            return mapping
        if isinstance(node, yaml.SequenceNode):
            seen.add(id(node))
            return [self._construct(item, f"{pointer}/{i}", seen) for i, item in enumerate(node.value)]
        if node is None:
            return None
        return _SCALARS.get(node.tag, str)(node.value)


_SCALARS: dict[str, Callable[[str], Any]] = {
    "tag:yaml.org,2002:null": lambda _: None,
    "tag:yaml.org,2002:bool": lambda text: text == "true",
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
}
