"""What was read from a collection, until the collection changes."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Generic, TypeVar

Value = TypeVar("Value")
# What an entry takes besides its values, and each of the texts in it besides its own bytes.
_OVERHEAD, _TEXT = 320, 56


class Remembered(Generic[Value]):
    """Values by collection and question, of a bounded number of bytes in all; when they would be more, it begins anew.

    `size` says how many bytes a value takes.
    """

    def __init__(self, bound: int, *, size: Callable[[Value], int] = lambda _: 0) -> None:
        self._bound = bound
        self._size_of = size
        self._size = 0
        self._values: dict[str, dict[Hashable, Value]] = {}

    def get(self, collection: str, question: Hashable) -> Value | None:
        known = self._values.get(collection)
        return None if known is None else known.get(question)

    def keep(self, collection: str, question: Hashable, value: Value) -> None:
        """Keeps it, unless it is too large to be worth all that would have to go for it."""
        size = _OVERHEAD + _asked(question) + self._size_of(value)
        if size > self._bound // 4:
            return
        if self._size + size > self._bound:
            self.clear()
        self._size += size
        self._values.setdefault(collection, {})[question] = value

    def forget(self, collection: str) -> None:
        # The size stays what it was: too high an estimate only means to begin anew a little earlier.
        self._values.pop(collection, None)

    def clear(self) -> None:
        self._values.clear()
        self._size = 0

    def __len__(self) -> int:
        return sum(map(len, self._values.values()))

    def __iter__(self) -> Iterator[Value]:
        for known in self._values.values():
            yield from known.values()


def weight(documents: Sequence[bytes]) -> int:
    """Roughly the bytes of memory that documents take."""
    return sum(map(len, documents)) + _TEXT * len(documents)


def _asked(question: Hashable) -> int:
    """The bytes of a question, whose values a client may make as long as it likes."""
    if isinstance(question, tuple):
        return sum(map(_asked, question))
    return _TEXT + len(question) if isinstance(question, str) else 0
