"""Texts that stand for values of other types, as parameters and forms have them."""

import re
from collections.abc import Collection
from typing import Any

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)
_BOOLEANS: dict[str, Any] = {"true": True, "false": False}


def typed(text: str, types: Collection[str]) -> Any:
    """The value of the first type that the text can be; any other stays text, for the schema to judge."""
    for each in types:
        if each == "integer" and _INTEGER.fullmatch(text):
            return int(text)
        if each == "number" and _NUMBER.fullmatch(text):
            return float(text)
        if each == "boolean" and text in _BOOLEANS:
            return _BOOLEANS[text]
    return text
