"""Secrets by what they begin with: how they are known in any text, wherever it came from (law AUTH 3)."""

import re
from collections.abc import Iterable

MASK = "***"
_REST = r"[A-Za-z0-9_\-.~+=]+"


class Prefixed:
    """The prefixes are the values of `x-secrets`."""

    def __init__(self, prefixes: Iterable[str]) -> None:
        self._prefixes = tuple(prefixes)
        self._secret = re.compile(f"({'|'.join(map(re.escape, self._prefixes))}){_REST}")

    def hidden(self, text: str) -> str:
        """A text that has of each secret its prefix alone."""
        if any(prefix in text for prefix in self._prefixes):
            return self._secret.sub(rf"\g<1>{MASK}", text)
        return text

    def gives_away(self, secret: str) -> bool:
        """Whether all of a secret is found by how it begins."""
        return self._secret.fullmatch(secret) is not None
