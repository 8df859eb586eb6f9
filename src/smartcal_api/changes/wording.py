"""How values and clauses read in a line of the report."""

import json
from typing import Any

_LONGEST = 60


def shown(value: Any, most: int = _LONGEST) -> str:
    """A value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "), default=str)
    return text if len(text) <= most else text[: most - 1] + "…"


def listed(values: list[Any]) -> str:
    return ", ".join(shown(each) for each in values)


def deprecation(of: str, old: Any, new: Any) -> tuple[str, str] | None:
    """The rule and the words where only one of two objects is deprecated."""
    before, after = old.get("deprecated") is True, new.get("deprecated") is True
    if before == after:
        return None
    return (f"{of}-undeprecated", "no longer deprecated") if before else (f"{of}-deprecated", "deprecated")


def edits(old: dict[str, tuple[Any, str]], new: dict[str, tuple[Any, str]]) -> str:
    """The keywords that differ, each with what it said and says."""
    differing = [key for key in {**old, **new} if old.get(key, (None,))[0] != new.get(key, (None,))[0]]
    said = [f"{key} {_side(old, key)} → {_side(new, key)}" for key in differing]
    return "; ".join(said) or "said in another way"


def _side(keywords: dict[str, tuple[Any, str]], key: str) -> str:
    if key not in keywords:
        return "(none)"
    value = keywords[key][0]
    if key == "type":
        return " or ".join(value) if isinstance(value, list) else str(value)
    return value if key in ("pattern", "format") and isinstance(value, str) else shown(value)


def place(path: tuple[str, ...]) -> str:
    """`data[].title` for the steps to a member."""
    text = ""
    for step in path:
        text += step if step == "[]" or not text else f".{step}"
    return text
