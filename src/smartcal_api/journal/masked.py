"""Large bodies as they are shown, so that each is masked once, however often the journal is read."""

from collections.abc import Callable, Hashable
from sys import getsizeof

_LARGE = 16 * 1024


class MaskedBodies:
    """Of a bounded size in all; the oldest go first. A small body is masked anew each time."""

    def __init__(self, size: int) -> None:
        self._room = size
        self._shown: dict[tuple[bytes, str], tuple[Hashable, str | None, int]] = {}

    def get(self, body: bytes, media_type: str, mask: Callable[[], str | None], *, under: Hashable) -> str | None:
        """What `mask` makes of a body; made anew when what it is masked `under` is not what it was."""
        if len(body) < _LARGE:
            return mask()
        key = body, media_type
        known = self._shown.get(key)
        if known is not None and known[0] == under:
            return known[1]
        self._forget(key)
        shown = mask()
        # The body itself is the journal's for as long as that has it, and ours from then on.
        size = getsizeof(shown) + len(body)
        while self._shown and self._room < size:
            self._forget(next(iter(self._shown)))
        if size <= self._room:
            self._room -= size
            self._shown[key] = under, shown, size
        return shown

    def clear(self) -> None:
        for key in tuple(self._shown):
            self._forget(key)

    def _forget(self, key: tuple[bytes, str]) -> None:
        known = self._shown.pop(key, None)
        if known is not None:
            self._room += known[2]
