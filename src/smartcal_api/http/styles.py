"""How values are written into texts: the styles of parameters (OpenAPI 3.1, Parameter Object, "Style Values")."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from smartcal_api.contract.textual import Texts, Textual

Decode = Callable[[bytes], str]
Given = Mapping[str, Sequence[bytes]]
_DELIMITERS = {"spaceDelimited": re.compile(rb"%20|\+| "), "pipeDelimited": re.compile(rb"%7[cC]|\|")}
_COMMA = re.compile(rb",")
_KEY = re.compile(r"\[([^\[\]]*)\]")
_DEEPEST = 16


class Style:
    """One style of one parameter."""

    def __init__(self, name: str, style: str, textual: Textual, *, explode: bool) -> None:
        self._name, self._style, self._explode = name, style, explode
        self._textual = textual
        self._members = frozenset(textual.names) if textual.is_object and explode and style == "form" else frozenset()

    def claims(self, name: str) -> bool:
        """Whether a name in the query is of this parameter."""
        if self._style == "deepObject":
            return name.partition("[")[0] == self._name and name.endswith("]")
        return name in self._members or name == self._name

    def of_query(self, given: Given, decode: Decode, rest: Sequence[str]) -> Texts | None:
        """What a query has of it, None where that is nothing; `rest` are the names in it that no other claims."""
        if self._style == "deepObject":
            return _deep(self._name, given, decode)
        if self._textual.is_object and self._explode:
            names = [*self._members, *(rest if self._textual.is_open else ())]
            found = {name: _single(list(map(decode, given[name]))) for name in names if name in given}
            return found or None
        texts = given.get(self._name)
        if texts is None:
            return None
        if self._explode and self._textual.is_array:
            return [decode(text) for text in texts]
        return self.of_text(texts[0], decode)

    def of_text(self, text: bytes, decode: Decode) -> Texts:
        """What one text says: a part of a path, a header, a cookie, or the value of a query's parameter."""
        lead = {"label": b".", "matrix": b";"}.get(self._style, b"")
        if not self._textual.is_array and not self._textual.is_object:
            return decode(self._bare(text.removeprefix(lead)))
        if lead:
            return self._led(text.removeprefix(lead), lead, decode)
        parts = _DELIMITERS.get(self._style, _COMMA).split(text)
        return self._structured(parts, decode)

    def _bare(self, text: bytes) -> bytes:
        """Without the name that a matrix begins with."""
        return text.partition(b"=")[2] if self._style == "matrix" else text

    def _led(self, text: bytes, lead: bytes, decode: Decode) -> Texts:
        if not self._explode:
            return self._structured(self._bare(text).split(b","), decode)
        parts = text.split(lead)
        if self._textual.is_array:
            return [decode(self._bare(part)) for part in parts]
        return self._structured(parts, decode)

    def _structured(self, parts: Sequence[bytes], decode: Decode) -> Texts:
        if self._textual.is_array:
            return [decode(part) for part in parts]
        if self._explode:
            pairs = [part.partition(b"=")[::2] for part in parts]
        else:
            pairs = [(parts[at], parts[at + 1] if at + 1 < len(parts) else b"") for at in range(0, len(parts), 2)]
        return {decode(name): decode(value) for name, value in pairs}


def _deep(name: str, given: Given, decode: Decode) -> dict[str, Any] | None:
    """Members in brackets, those within them in more brackets, and empty ones or numbers for the items of a list."""
    found: dict[str, Any] = {}
    for key, texts in given.items():
        if key.partition("[")[0] != name or not key.endswith("]"):
            continue
        way = _KEY.findall(key)[:_DEEPEST]
        holder = found
        for step in way[:-1]:
            inner = holder.setdefault(step, {})
            holder = inner if isinstance(inner, dict) else {}
        if way and way[-1] == "":
            holder[""] = list(map(decode, texts))
        elif way:
            holder[way[-1]] = _single(list(map(decode, texts)))
    return {step: _without_indexes(each) for step, each in found.items()} or None


def _without_indexes(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(step == "" or step.isdecimal() for step in value):
        return [item for each in value.values() for item in _items(_without_indexes(each))]
    return {step: _without_indexes(each) for step, each in value.items()}


def _items(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        yield from value
    else:
        yield value


def _single(texts: list[str]) -> Texts:
    return texts[0] if len(texts) == 1 else [*texts]


def simple(value: Any) -> str:
    """A value of a header, in the style `simple`, which is the only one there."""
    if isinstance(value, dict):
        return ",".join(f"{name},{simple(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ",".join(map(simple, value))
    return {True: "true", False: "false", None: ""}[value] if value is None or isinstance(value, bool) else str(value)
