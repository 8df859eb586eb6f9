"""A delivery that is being attempted."""

from dataclasses import dataclass, field

from smartcal_api.clock import NANOSECONDS
from smartcal_api.contract.delivery_headers import DeliveryHeader


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Everything that an attempt needs. `tries` counts the attempts of the schedule before this one, `attempts` all;
    `due` is the instant that it was due at, `at` the one that it was taken at, `generation` that of the sandbox."""

    id: str
    number: int
    webhook: str
    event_type: str
    url: str
    secret: str = field(repr=False)
    body: bytes
    cause: str
    tries: int
    attempts: int
    due: int
    at: int
    generation: int
    misbehaviour: str | None = None

    def value(self, header: DeliveryHeader) -> str:
        """What a header says of this attempt."""
        if not header.named:
            return header.value
        of = {"delivery_id": self.id, "event_type": self.event_type, "attempt": self.attempts + 1}
        return str({**of, "timestamp": self.at // NANOSECONDS}[header.value])
