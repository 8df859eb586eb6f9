"""How long and how often everything is measured, so that a run is bounded in time."""

import time
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`different` URLs of lists; `samples` of each query of the growth, whose larger data set has `many` events."""

    folder: Path
    rounds: int = 5
    round_seconds: float = 1  # whole ones, where wrk makes the load
    warm_up: float = 1.0
    different: int = 3_000
    starts: int = 5
    samples: int = 15
    few: int = 1_000
    many: int = 1_000_000
    kept: int = 100_000
    subscriptions: int = 1_000
    events_each: int = 20
    compared_seconds: float = 30.0
    total_seconds: float = 360.0
    began: float = field(default_factory=time.monotonic)

    @classmethod
    def quick(cls, folder: Path) -> "Plan":
        """Within a minute: too short to rely on, long enough to see a change for the worse."""
        return cls(
            folder=folder,
            rounds=2,
            warm_up=0.2,
            different=1_200,
            starts=1,
            samples=5,
            many=10_000,
            kept=2_000,
            subscriptions=100,
            events_each=10,
            compared_seconds=10.0,
            total_seconds=60.0,
        )

    def left(self) -> float:
        """Seconds until the run is to be over."""
        return self.total_seconds - (time.monotonic() - self.began)
