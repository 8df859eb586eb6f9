"""A request as a law wants it, before it goes out."""

from dataclasses import dataclass

from smartcal_api.conformance.credential import Carrier, Credential
from smartcal_api.conformance.exchange import Fields


@dataclass(frozen=True, slots=True)
class Sending:
    """`budget` names whose it is, if not the credential's."""

    method: str
    target: str
    headers: Fields = ()
    body: bytes = b""
    credential: Credential | None = None
    carrier: Carrier = Carrier.BEARER
    operation: str | None = None
    budget: str | None = None
