"""How deep a document may be nested: deeper, parsers and whatever walks the data would fail."""

from typing import Any

LEVELS = 100
"""Objects and arrays in each other."""


def is_deep(data: Any) -> bool:
    level, inside = 0, [data]
    while inside and level <= LEVELS:
        inside = [
            each
            for one in inside
            for each in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
            if isinstance(each, dict | list)
        ]
        level += 1
    return level > LEVELS
