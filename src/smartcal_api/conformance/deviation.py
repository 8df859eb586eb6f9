"""One expectation that failed: what was seen, what it rests on, and the requests that show it."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smartcal_api.conformance.basis import Ground

if TYPE_CHECKING:
    from smartcal_api.conformance.exchange import Exchange

VERSION = 2
"""Of fingerprints: it changes when the same fault would get another one."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """`message` says what was seen, and what was to be. `kind` is the expectation, `parameter` what it was tried with,
    `seen` what came of it: they hold no id and no date, so that the same fault is the same in every run. `cause` says
    what is the matter in words that fit every case of it."""

    message: str
    ground: Ground
    law: str
    operation: str = ""
    kind: str = ""
    parameter: str = ""
    seen: str = ""
    cause: str = ""
    decides: bool = True
    story: "tuple[Exchange, ...]" = ()
    accepted: str = ""
    """Why it is accepted, from the baseline."""

    @property
    def name(self) -> str:
        return f"{self.law} {self.operation}".rstrip()

    @property
    def fingerprint(self) -> str:
        """The same for the same fault of the same operation, whatever the data were."""
        return fingerprint(self.law, self.operation, self.kind, self.parameter, self.seen)

    @property
    def counts(self) -> bool:
        """Whether it decides, and nobody has accepted it."""
        return self.decides and not self.accepted


def fingerprint(law: str, operation: str, *about: str) -> str:
    """`VERSION.LAW.OPERATION.HASH`: what it is about can be read, the rest is hashed."""
    digest = hashlib.sha256("\n".join((law, operation, *about)).encode()).hexdigest()[:10]
    return ".".join((str(VERSION), law.replace(" ", ""), operation or "-", digest))
