"""What a contract says of deliveries: how they are signed, what they carry, and which bodies it takes."""

import orjson

from smartcal_api.clock import NANOSECONDS
from smartcal_api.contract import Contract
from smartcal_api.contract.explanation import clause
from smartcal_api.contract.media_type import is_json
from smartcal_api.contract.signed import signature
from smartcal_api.webhooks.lease import Lease

_JSON = "application/json"


class Terms:
    """Those of one contract. `attempt_timeout` is in seconds."""

    def __init__(self, contract: Contract) -> None:
        types = contract.data["webhooks"]
        self._contract = contract
        self._media_types = {name: contract.webhook_media_type(name) for name in types}
        self._headers = {name: contract.delivery_headers(name) for name in types}
        self.signature = contract.policy.webhook_signature
        self.attempt_timeout = contract.policy.retry_schedule.attempt_timeout_seconds

    def headers(self, lease: Lease) -> tuple[tuple[str, str], ...]:
        """All that an attempt has; of a type that the contract no longer has, those that any has."""
        return (
            ("Content-Type", self._media_types.get(lease.event_type, _JSON)),
            (self.signature.header, self._signed(lease)),
            *((each.name, lease.value(each)) for each in self._headers.get(lease.event_type, ())),
        )

    def _signed(self, lease: Lease) -> str:
        seconds = lease.at // NANOSECONDS
        return signature(self.signature, lease.body, lease.secret, identifier=lease.id, timestamp=seconds)

    def objection(self, lease: Lease) -> str | None:
        """What the contract has against a body, so that it is not sent (law SRC 5)."""
        if not is_json(self._media_types.get(lease.event_type, "")):
            return None
        schemas, body = self._contract.schemas, orjson.loads(lease.body)
        validator = schemas.at(self._contract.payload(lease.event_type))
        if validator.is_valid(body):
            return None
        error = next(schemas.meant(validator.iter_errors(body)))
        place = "".join(f"/{token}" for token in error.instance_path)
        return f"{clause(error)}: {place or '/'} {schemas.explain(error)}"
