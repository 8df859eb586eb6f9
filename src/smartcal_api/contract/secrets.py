"""Secrets by what they begin with: how they are known in any text, wherever it came from (law AUTH 3)."""

import re
from collections.abc import Callable, Iterable

MASK = "***"
_REST = r"[A-Za-z0-9_\-.~+=]+"


def hiding(prefixes: Iterable[str]) -> Callable[[str], str]:
    """What leaves of each secret in a text its prefix alone; the prefixes are the values of `x-secrets`."""
    secret = re.compile(f"({'|'.join(map(re.escape, prefixes))}){_REST}")

    def hidden(text: str) -> str:
        return secret.sub(rf"\g<1>{MASK}", text)

    return hidden
