"""What a run has made and takes back when the case is over, however it ends."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Finding
from smartcal_api.conformance.sending import Sending

_GONE = (404, 410)
Send = Callable[[Sending], Exchange]


@dataclass
class Undoing:
    """The last first. `left` is what the target doesn't take back, each as the request that failed."""

    pending: list[Sending] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def add(self, sending: Sending, fitting: list[Credential]) -> None:
        """To be sent with the credential that made it, where that may; else with the first of its account that may."""
        own = sending.credential
        if own is not None and own not in fitting:
            other = next((each for each in fitting if each.account == own.account), own)
            sending = replace(sending, credential=other)
        self.pending.append(sending)

    def run(self, send: Send) -> None:
        """What an interruption leaves is sent when this is called again."""
        while self.pending:
            sending = self.pending[-1]
            try:
                answer = send(sending)
                done, said = answer.ok or answer.status in _GONE, str(answer)
            except Finding as error:
                done, said = False, f"{sending.method} {sending.target}: {error}"
            if not done:
                self.left.append(said)
            self.pending.pop()
