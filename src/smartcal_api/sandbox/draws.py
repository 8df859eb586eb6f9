"""Randomness under a sandbox's seed, whose place in its sequence is part of the sandbox's state."""

from random import Random
from typing import Any


class Draws(Random):
    """`Random`, as a part of a sandbox's image: after a restore the same draws follow (law SBX 3)."""

    def __init__(self, seed: str) -> None:
        super().__init__(seed)
        self._began = seed

    def state(self) -> Any:
        """The seed alone before the first draw: the whole state is 625 numbers, which every origin would hold."""
        now = self.getstate()
        return self._began if now == Random(self._began).getstate() else now

    def restore(self, state: Any) -> None:
        if isinstance(state, str):
            self._began = state
            self.seed(state)
        else:
            version, numbers, gauss = state
            self.setstate((version, tuple(numbers), gauss))
