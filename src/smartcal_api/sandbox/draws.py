"""Randomness under a sandbox's seed, whose place in its sequence is part of the sandbox's state."""

from random import Random
from typing import Any


class Draws(Random):
    """`Random`, as a part of a sandbox's image: after a restore the same draws follow (law SBX 3)."""

    def state(self) -> Any:
        return self.getstate()

    def restore(self, state: Any) -> None:
        version, numbers, gauss = state
        self.setstate((version, tuple(numbers), gauss))
