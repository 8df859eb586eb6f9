"""JSON as RFC 8259 has it and I-JSON (RFC 7493) narrows it: what two parsers could read differently is refused."""

import json
from typing import Any

_DIGITS = 300


class NotJson(ValueError):
    """Why a text is not JSON that this server takes, as the end of a sentence."""


class TooDeep(NotJson):
    """JSON with more levels than this server takes."""

    def __init__(self, depth: int) -> None:
        super().__init__(f"it is nested more than {depth} levels deep")


def parse_json(text: bytes, *, depth: int) -> Any:
    """The value of a UTF-8 JSON text nested at most `depth` levels deep.

    Raises `NotJson` for invalid UTF-8, a byte order mark, NaN and Infinity, duplicate keys, lone surrogates, integers
    of more than 300 digits, numbers beyond a double, and deeper nesting.
    """
    try:
        decoded = text.decode("utf-8")
        if decoded.startswith("\ufeff"):
            raise NotJson("it begins with a byte order mark")
        _refuse_deep(text, depth)
        value = _DECODER.decode(decoded)
        # A lone surrogate (`"\\ud800"`) is text that no encoding can carry (RFC 7493 section 2.1).
        if "\\u" in decoded:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError:
        raise NotJson("it is not UTF-8") from None
    except UnicodeEncodeError:
        raise NotJson("it has half of a surrogate pair in a string") from None
    except json.JSONDecodeError as error:
        raise NotJson(f"{error.msg[:1].lower()}{error.msg[1:]} at line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise TooDeep(depth) from None
    return value


def _refuse_deep(text: bytes, depth: int) -> None:
    """Counts levels before parsing; only a text with more brackets than levels allowed is looked at closely."""
    if text.count(b"[") + text.count(b"{") <= depth:
        return
    level, inside, escaped = 0, False, False
    for byte in text:
        if inside:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                inside = False
        elif byte == 0x22:
            inside = True
        elif byte in b"[{":
            level += 1
            if level > depth:
                raise TooDeep(depth)
        elif byte in b"]}":
            level -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise NotJson(f"it has the member {name[:64]!r} twice in one object")
            seen.add(name)
    return members


def _integer(digits: str) -> int:
    if len(digits.removeprefix("-")) > _DIGITS:
        raise NotJson(f"it has a number of more than {_DIGITS} digits")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise NotJson("it has a number too large for a double (RFC 8259 section 6)")
    return value


def _constant(name: str) -> Any:
    raise NotJson(f"{name} is not a JSON value")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_constant
)
