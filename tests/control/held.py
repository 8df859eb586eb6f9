"""Work beside the loop that begins when a test says so."""

from threading import Thread
from typing import Any


class Held:
    """Threads that would start, and start when they are let go."""

    def __init__(self) -> None:
        self.holding = True
        self._threads: list[Thread] = []

    def thread(self, **options: Any) -> "Held":
        self._threads.append(Thread(**options))
        return self

    def start(self) -> None:
        if not self.holding:
            self.let_go()

    def let_go(self) -> None:
        while self._threads:
            self._threads.pop().start()

    def __bool__(self) -> bool:
        return bool(self._threads)
