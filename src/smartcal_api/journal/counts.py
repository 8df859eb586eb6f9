"""How many requests a server has answered, and how fast; counted with each of them, so that it has to be cheap."""

from bisect import bisect_left

BOUNDS = (500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000)
"""Of the buckets, in microseconds, each the greatest that it holds; one more holds all above."""


class Counts:
    """By operation and status; None is what fits no operation, 0 what got no answer. A row is how long all of them
    took together, in microseconds, and how many are in each bucket."""

    __slots__ = ("longest_stall", "rows")

    def __init__(self) -> None:
        self.longest_stall = 0.0
        """The longest that the event loop was held up since somebody has set this to 0, in seconds."""
        self.rows: dict[tuple[str | None, int], list[int]] = {}

    def add(self, operation: str | None, status: int, microseconds: int) -> None:
        row = self.rows.get((operation, status))
        if row is None:
            row = self.rows[operation, status] = [0] * (len(BOUNDS) + 2)
        row[0] += microseconds
        row[bisect_left(BOUNDS, microseconds) + 1] += 1
