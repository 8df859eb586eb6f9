"""The credentials that a process was given or has made, known again in any text, and kept as hashes alone (law AUTH 3).

Those that begin with a prefix of the contract are found by it. Of others the SHA-256 is kept, and the shape, so that
only those words of a text are hashed which could be one. Nothing of this is done before a text is shown.
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

import orjson

from smartcal_api.contract.encoded import everywhere
from smartcal_api.contract.secrets import MASK, Prefixed
from smartcal_api.store import Store

SHORTEST = 8
"""Bytes. A shorter one would be found in words that are not secrets: it is masked where credentials stand alone."""
# So many words of a text are looked up: what comes later in it is not shown.
_WORDS = 20_000
_SHAPES = "secret_shapes"  # in a store: of the secrets whose hashes it has
_LETTERS = "0-9A-Za-z"


class Shape(NamedTuple):
    """What is known of a secret besides its hash. Words end where letters and digits meet other characters."""

    size: int
    """In bytes."""
    opens: bool
    """Whether it begins with a letter or digit."""
    closes: bool
    """Whether it ends with one."""

    @classmethod
    def of(cls, secret: bytes) -> "Shape":
        return cls(len(secret), secret[:1].isalnum(), secret[-1:].isalnum())

    def pattern(self) -> re.Pattern[bytes]:
        """The first byte of each word that has this shape."""
        first = f"(?<![{_LETTERS}])[{_LETTERS}]" if self.opens else f"[^{_LETTERS}]"
        last = f"[{_LETTERS}](?![{_LETTERS}])" if self.closes else f"[^{_LETTERS}]"
        return re.compile(f"{first}(?=.{{{self.size - 2}}}{last})".encode(), re.DOTALL)


class Secrets:
    """Those of all sandboxes of a process, of removed and restored ones too: what was journaled stays there."""

    def __init__(self, prefixes: Iterable[str]) -> None:
        self._prefixes: dict[str, None] = {}
        self._digests: set[bytes] = set()
        self._words: dict[Shape, re.Pattern[bytes]] = {}
        self.adopt(prefixes)
        self.hidden = everywhere(self._hidden, MASK)
        """A text without any of them, also where they are encoded."""

    def adopt(self, prefixes: Iterable[str]) -> None:
        """Those of an edited contract, besides the former ones."""
        self._prefixes |= dict.fromkeys(prefixes)
        self._prefixed = Prefixed(self._prefixes)

    @property
    def known(self) -> tuple[int, int, int]:
        """Another one whenever there is more to hide."""
        return len(self._prefixes), len(self._words), len(self._digests)

    def know(self, secret: str) -> Shape | None:
        """Takes one in; the answer is its shape, or None for one that needs none."""
        word = secret.encode()
        if len(word) < SHORTEST or self._prefixed.gives_away(secret):
            return None
        shape = Shape.of(word)
        self._digests.add(sha256(word).digest())
        self._words.setdefault(shape, shape.pattern())
        return shape

    def keep(self, secret: str, store: Store) -> None:
        """Takes one in that goes into a store, so that `recall` finds it there; belongs in the transaction."""
        shape = self.know(secret)
        kept = _shapes(store)
        if shape is not None and shape not in kept:
            store.set_meta(_SHAPES, orjson.dumps([tuple(each) for each in (*kept, shape)]).decode())

    def recall(self, store: Store) -> None:
        """Takes in those that a store has of an earlier process, or of another one."""
        shapes = _shapes(store)
        if not shapes:
            return
        for shape in shapes:
            self._words.setdefault(shape, shape.pattern())
        kept = "SELECT digest FROM keys UNION SELECT secret FROM oauth_clients WHERE secret IS NOT NULL"
        self._digests.update(digest for (digest,) in store.query(kept))
        for (secret,) in store.query("SELECT secret FROM webhook_secrets"):
            self._digests.add(sha256(secret).digest())

    def _hidden(self, text: str) -> str:
        return self._prefixed.hidden(self._without_words(text) if self._words else text)

    def _without_words(self, text: str) -> str:
        whole = text.encode("utf-8", "surrogatepass")
        spans: list[tuple[int, int]] = []
        shown = len(whole)
        for shape, pattern in tuple(self._words.items()):
            for number, found in enumerate(pattern.finditer(whole, 0, shown)):
                start = found.start()
                if number == _WORDS:
                    shown = start
                    break
                if sha256(whole[start : start + shape.size]).digest() in self._digests:
                    spans.append((start, start + shape.size))
        return _masked(whole, spans, shown) if spans or shown < len(whole) else text


def _masked(whole: bytes, spans: list[tuple[int, int]], shown: int) -> str:
    """Without the spans, and cut where what follows was not looked at."""
    parts, at = [], 0
    for start, end in sorted(spans):
        if at <= start < shown:
            parts += [whole[at:start], MASK.encode()]
        at = max(at, end)
    parts += [whole[at:]] if shown == len(whole) else [whole[at:shown], MASK.encode()]
    return b"".join(parts).decode("utf-8", "surrogatepass" if shown == len(whole) else "ignore")


def _shapes(store: Store) -> list[Shape]:
    return [Shape(*each) for each in orjson.loads(store.meta(_SHAPES) or "[]")]
