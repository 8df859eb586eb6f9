"""The text of a document, JSON or YAML, as JSON data; whatever a parser can't bear is a fault with its place."""

import json
import re
from collections.abc import Callable
from typing import Any, ClassVar, NoReturn

import yaml

from smartcal_api.contract.depth import LEVELS, is_deep
from smartcal_api.errors import Finding

_MOST_REPEATED = 50_000  # aliases of aliases make more of a few lines than any memory holds
# So many brackets and columns can't be nested so deeply that the parser, which recurses, leaves its stack.
_HARMLESS = 2_000
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?\Z")
_BOOLEAN = re.compile(r"(?:true|false)\Z")
_NULL = re.compile(r"(?:null|~|)\Z")
_INDENT = re.compile(r"^[ \t?:-]*", re.MULTILINE)
# Within JSON a backslash stands in strings alone; YAML has no surrogates, and another way to write such characters.
_ESCAPE = re.compile(r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|.)", re.DOTALL)
_TAG = "tag:yaml.org,2002:"
_BASE: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Faulty(Exception):
    """The document is not JSON data; `finding` says where."""

    def __init__(self, message: str, line: int, pointer: str = "") -> None:
        super().__init__(message)
        self.finding = Finding(pointer, message, line)


class _Loader(_BASE):  # type: ignore[misc]  # libyaml's loader where the wheel has it, PyYAML's own elsewhere
    """The JSON schema of YAML 1.2 (section 10.2): `no` and `2026-11-23` are strings, as OpenAPI expects them to be."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


_Loader.add_implicit_resolver(f"{_TAG}null", _NULL, ["n", "~", ""])
_Loader.add_implicit_resolver(f"{_TAG}bool", _BOOLEAN, ["t", "f"])
_Loader.add_implicit_resolver(f"{_TAG}int", _INTEGER, list("-0123456789"))
_Loader.add_implicit_resolver(f"{_TAG}float", _NUMBER, list("-0123456789"))


class Source:
    """`data` is what the document says. Raises `Faulty` for what is neither JSON nor YAML without tags, and without
    aliases where those aren't asked for."""

    def __init__(self, content: bytes, *, aliases: bool = False) -> None:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Faulty("is not UTF-8", content.count(b"\n", 0, error.start) + 1) from None
        self.text = text
        """As it was written."""
        found = _json(text) if text.lstrip()[:1] in ("{", "[") else _OTHER
        self._is_json = found is not _OTHER
        self.data: Any = _Reading(self.nodes(), aliases=aliases).data if found in (_OTHER, _ODD) else found

    def nodes(self) -> Any:
        """They know their lines, and take ten times the memory of the data: only errors make them again."""
        text = self.text
        if self._is_json:
            text = _ESCAPE.sub(_without_surrogates, text).replace("\t", " ")
        try:
            _check_depth(text)
            loader = _Loader(text)
            try:
                return loader.get_single_node()
            finally:
                loader.dispose()
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            cause = getattr(error, "problem", None) or str(error).replace("\n", " ")
            context = getattr(error, "context", None)
            message = f"is not YAML: {cause}" + (f" {context}" if context else "")
            raise Faulty(message, mark.line + 1 if mark else 1) from None


def data_of(node: Any) -> Any:
    """What a node says; raises `Faulty`."""
    return _Reading(node).data


class _Reading:
    """Turns nodes into data."""

    def __init__(self, node: Any, *, aliases: bool = False) -> None:
        self._seen: set[int] = set()
        self._aliases = aliases
        self._done: set[int] = set()
        self._repeated = 0
        self.data = self._read(node, "", 0)

    def _read(self, node: Any, pointer: str, level: int) -> Any:
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node, pointer)
        self._repeated += id(node) in self._done
        if self._repeated > _MOST_REPEATED:
            raise _at(node, "is too large with its aliases written out; use $ref", pointer)
        if id(node) in self._seen:
            raise _at(node, "is an alias; write it out or use $ref", pointer)
        if level == LEVELS:
            raise _too_deep(node.start_mark.line + 1)
        self._seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            _check_tag(node, "seq", pointer)
            items = [self._read(item, f"{pointer}/{i}", level + 1) for i, item in enumerate(node.value)]
            self._leave(node)
            return items
        _check_tag(node, "map", pointer)
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str) or key in mapping:
                raise _at(
                    key_node, f"has {key!r} twice" if isinstance(key, str) else "has a key that is not text", pointer
                )
            mapping[key] = self._read(value_node, f"{pointer}/{escape(key)}", level + 1)
        self._leave(node)
        return mapping

    def _leave(self, node: Any) -> None:
        """Where aliases are read, a node may stand beside itself, but never inside of itself."""
        if self._aliases:
            self._done.add(id(node))
            self._seen.discard(id(node))


def escape(key: str) -> str:
    """One reference token of a JSON pointer (RFC 6901 section 3)."""
    return key.replace("~", "~0").replace("/", "~1")


def _scalar(node: Any, pointer: str) -> Any:
    if node.tag in (f"{_TAG}str", "!"):
        return node.value
    known = _SCALARS.get(node.tag.removeprefix(_TAG)) if node.tag.startswith(_TAG) else None
    if known is None:
        raise _at(node, f"has the tag {node.tag}, which stands for nothing in JSON; leave it out", pointer)
    form, make = known
    text = node.value
    if form.match(text) is None:
        kind = node.tag.removeprefix(_TAG)
        raise _at(node, f"has the tag !!{kind}, and {text[:32]!r} is not one", pointer)
    try:
        return make(text)
    except _OutOfRange:
        raise _at(node, f"is a number that JSON parsers can't hold: {text[:32]}…", pointer) from None


class _OutOfRange(Exception):
    """No integer of 64 bits, or no finite number."""


def _integer(text: str) -> int:
    if len(text) > 20 or not -(2**63) <= int(text) < 2**64:
        raise _OutOfRange
    return int(text)


def _number(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise _OutOfRange
    return number


_SCALARS: dict[str, tuple[re.Pattern[str], Callable[[str], Any]]] = {
    "null": (_NULL, lambda _: None),
    "bool": (_BOOLEAN, lambda text: text == "true"),
    "int": (_INTEGER, _integer),
    "float": (_NUMBER, _number),
}
_OTHER, _ODD = object(), object()


def _json(text: str) -> Any:
    """The data of a JSON text; `_OTHER` where it is none, `_ODD` where the nodes will tell what is wrong."""
    try:
        data = json.loads(
            text, object_pairs_hook=_once, parse_int=_integer, parse_float=_number, parse_constant=_not_json
        )
        if "\\ud" in text.lower():
            json.dumps(data, ensure_ascii=False).encode()  # fails for half of a surrogate pair
    except (_OutOfRange, _Twice, RecursionError, UnicodeEncodeError):
        return _ODD
    except ValueError:
        return _OTHER
    return _ODD if is_deep(data) else data


class _Twice(Exception):
    """A key stands twice in an object."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Twice
    return found


def _not_json(_: str) -> NoReturn:
    raise ValueError


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") + max(map(len, _INDENT.findall(text)), default=0) <= _HARMLESS:
        return
    level = 0
    for event in yaml.parse(text, Loader=_Loader):  # this doesn't recurse
        if isinstance(event, yaml.CollectionStartEvent):
            level += 1
            if level > LEVELS:
                raise _too_deep(event.start_mark.line + 1 if event.start_mark else 1)
        elif isinstance(event, yaml.CollectionEndEvent):
            level -= 1


def _check_tag(node: Any, kind: str, pointer: str) -> None:
    if node.tag not in (f"{_TAG}{kind}", "!"):
        raise _at(node, f"has the tag {node.tag}, which stands for nothing in JSON; leave it out", pointer)


def _without_surrogates(match: re.Match[str]) -> str:
    if match[1] is None:
        return match[0]
    high, low = int(match[1], 16), int(match[2], 16)
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08X}"


def _at(node: Any, message: str, pointer: str) -> Faulty:
    return Faulty(message, node.start_mark.line + 1, pointer)


def _too_deep(line: int) -> Faulty:
    return Faulty(f"is nested more than {LEVELS} levels deep", line)
