"""A clause of the candidate that recorded calls run into."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from smartcal_api.traffic.call import Call
from smartcal_api.traffic.traffic import last

REFUSED, UNSENT, LIMITED = "refused", "answer ruled out", "over a limit"


@dataclass(slots=True)
class Hit:
    """`kind` says what becomes of the calls, `clause` is the pointer that says so, `message` what it says of the first
    of them."""

    kind: str
    operation: str
    clause: str
    message: str
    line: int = 1
    calls: list[Call] = field(default_factory=list)
    accepted: str = ""

    @property
    def fingerprint(self) -> str:
        """The same whatever the calls were."""
        return "impact." + sha256("\x00".join((self.kind, self.operation, self.clause)).encode()).hexdigest()[:12]

    @property
    def callers(self) -> list[tuple[str, int]]:
        return Counter(call.caller for call in self.calls).most_common()

    @property
    def last(self) -> datetime | None:
        return last(self.calls)
