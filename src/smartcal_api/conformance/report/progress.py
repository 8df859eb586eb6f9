"""What a run is at, while it runs: a line that changes on a terminal, elsewhere one line for each thing that breaks."""

import time
from typing import TextIO

from smartcal_api.conformance.verdict import Outcome, Verdict


class LiveProgress:
    def __init__(self, stream: TextIO, *, terminal: bool) -> None:
        self._stream = stream
        self._terminal = terminal
        self._drawn = 0.0
        self._counts: dict[Verdict, int] = {}

    def case(self, done: int, total: int, outcome: Outcome) -> None:
        """One more case has its verdict."""
        self._counts[outcome.verdict] = self._counts.get(outcome.verdict, 0) + 1
        if outcome.verdict in (Verdict.BROKEN, Verdict.ERROR):
            self._say(f"✗ {outcome.case.name}")
        now = time.monotonic()
        if self._terminal and (now - self._drawn > 0.1 or done == total):
            self._drawn = now
            counts = " · ".join(f"{count} {verdict.value}" for verdict, count in self._counts.items())
            self._draw(f"{done} of {total} · {counts} · {outcome.case.name}")

    def waiting(self, seconds: float, budget: str) -> None:
        """A budget is used up."""
        text = f"waiting {seconds:.0f} s for the rate limit"
        if self._terminal:
            self._draw(text)
        elif seconds >= 10:
            self._say(text)

    def done(self) -> None:
        if self._terminal:
            self._draw("")

    def _draw(self, text: str) -> None:
        self._stream.write(f"\r\x1b[K{text[:110]}")
        self._stream.flush()

    def _say(self, text: str) -> None:
        self._stream.write(("\r\x1b[K" if self._terminal else "") + text + "\n")
        self._stream.flush()
