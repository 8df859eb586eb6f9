"""What a schema says of a value that is valid all the same: one way only, on its way out, told apart by a member."""

from collections.abc import Iterator, Mapping
from typing import Any

from smartcal_api.changes.delta import Delta
from smartcal_api.changes.flat import Placed
from smartcal_api.changes.wording import shown

SENT, RECEIVED = frozenset({"writeOnly"}), frozenset({"readOnly"})
CONTENT = ("contentEncoding", "contentMediaType", "contentSchema", "xml")
EITHER = frozenset({"deprecated", "discriminator", *CONTENT})
_FLAGS: Mapping[str, tuple[str, str, str, str]] = {
    "readOnly": ("property-read-only", "is read only now", "property-writable", "is no longer read only"),
    "writeOnly": ("property-write-only", "is write only now", "property-readable", "is no longer write only"),
    "deprecated": ("property-deprecated", "is deprecated", "property-undeprecated", "is no longer deprecated"),
}
Pair = tuple[Placed, Placed]


def annotated(old: Pair, new: Pair, *, sent: bool) -> Iterator[Delta]:
    """Each pair is a schema as it stands and what it leads to: `readOnly` may stand beside a `$ref`."""
    for flag in sorted((SENT if sent else RECEIVED) | {"deprecated"}):
        before, old_at = _stated(old, flag)
        after, new_at = _stated(new, flag)
        if (before is True) != (after is True):
            rules = _FLAGS[flag]
            rule, text = rules[:2] if after is True else rules[2:]
            yield Delta(rule, (), text, old_at, new_at, breaks=False)
    for keyword in CONTENT:
        (one, old_at), (other, new_at) = _stated(old, keyword), _stated(new, keyword)
        if one != other:
            text = f"{keyword} {shown(one) if one is not None else '(none)'}"
            text += f" → {shown(other) if other is not None else '(none)'}"
            yield Delta("content-changed", (), text, old_at, new_at, breaks=False)
    (one, old_at), (other, new_at) = _stated(old, "discriminator"), _stated(new, "discriminator")
    if _told_by(one) != _told_by(other):
        text = f"told apart by {_words(one)} → {_words(other)}"
        yield Delta("discriminator-changed", (), text, old_at, new_at, breaks=False)


def _stated(pair: Pair, keyword: str) -> tuple[Any, str]:
    for placed in pair:
        if isinstance(placed.schema, dict) and keyword in placed.schema:
            return placed.schema[keyword], f"{placed.at}/{keyword}"
    return None, pair[0].at


def _told_by(stated: Any) -> tuple[Any, frozenset[str], bool] | None:
    """The member, the values that are on the wire, and whether there may be others; no names of schemas."""
    if not isinstance(stated, dict):
        return None
    mapping = stated.get("mapping")
    known = frozenset(mapping if isinstance(mapping, dict) else ())
    return stated.get("propertyName"), known, "defaultMapping" in stated


def _words(stated: Any) -> str:
    told = _told_by(stated)
    if told is None:
        return "(none)"
    values = [*sorted(told[1]), *(["else another"] if told[2] else [])]
    return f"{told[0]}" + (f" ({', '.join(values)})" if values else "")
