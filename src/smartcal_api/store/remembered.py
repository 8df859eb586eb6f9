"""What was read from a collection, until the collection changes."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Generic, TypeVar

Value = TypeVar("Value")
_OVERHEAD = 256


class Remembered(Generic[Value]):
    """Values by collection and question, of a bounded size in all; when they would be more, it begins anew."""

    def __init__(self, bound: int, *, size: Callable[[Value], int] = lambda _: 1) -> None:
        self._bound = bound
        self._size_of = size
        self._size = 0
        self._values: dict[str, dict[Hashable, Value]] = {}

    def get(self, collection: str, question: Hashable) -> Value | None:
        known = self._values.get(collection)
        return None if known is None else known.get(question)

    def keep(self, collection: str, question: Hashable, value: Value) -> None:
        """Keeps it, unless it is too large to be worth all that would have to go for it."""
        size = self._size_of(value)
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
    """Roughly the bytes of memory that an entry of documents takes."""
    return _OVERHEAD + sum(map(len, documents))
