"""Whether all texts that one regular expression matches are matched by another, too: by their automata."""

import re
from typing import Any

import interegular

# An automaton has a state for each repetition that is counted: beyond this, the answer would take seconds.
_MOST_REPETITIONS = 300
_COUNTED = re.compile(r"\{(\d+)(?:,(\d*))?\}")


def includes(wide: str, narrow: str) -> bool | None:
    """None where that can't be told: of back references, of very long counted repetitions."""
    if wide == narrow:
        return True
    automata = [_automaton(wide), _automaton(narrow)]
    if automata[0] is None or automata[1] is None:
        return None
    empty: bool = (automata[1] - automata[0]).empty()
    return empty


def _automaton(pattern: str) -> Any:
    counted = [int(number) for each in _COUNTED.finditer(pattern) for number in each.groups() if number]
    if sum(counted) > _MOST_REPETITIONS:
        return None
    # JSON Schema searches; an automaton matches all of a text.
    inner = pattern.removeprefix("^")
    anchored = inner.endswith("$") and not inner.endswith("\\$")
    if "|" in pattern and re.search(r"[\^$]", pattern):
        depth_free = re.sub(r"\\.|\[[^]]*\]|\([^()]*\)", "", pattern)
        if "|" in depth_free:
            return None  # an anchor binds tighter than an alternative
    text = inner.removesuffix("$") if anchored else inner
    try:
        anywhere = r"[\s\S]*"
        before = "" if pattern.startswith("^") else anywhere
        return interegular.parse_pattern(f"{before}(?:{text}){'' if anchored else anywhere}").to_fsm()
    except (interegular.InvalidSyntax, interegular.Unsupported, ValueError, RecursionError, KeyError):
        return None
