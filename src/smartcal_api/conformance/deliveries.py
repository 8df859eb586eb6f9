"""Whether a delivery is one that the contract has: its body and headers by openapi-core, its signature by hand."""

import copy
import hmac
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from jsonschema_path import SchemaPath
from openapi_core import V31WebhookRequestValidator
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers

from smartcal_api.conformance.judge import Fault
from smartcal_api.conformance.receiver import Arrival
from smartcal_api.contract import Contract
from smartcal_api.contract.signed import Signed


@dataclass
class _Received:
    """A delivery as openapi-core wants it."""

    name: str
    content_type: str
    body: bytes
    parameters: RequestParameters = field(default_factory=RequestParameters)
    method: str = "post"
    host_url: str = "http://judged.invalid"
    path: str = "/"


@dataclass(frozen=True, slots=True)
class Unsigned:
    """What is wrong with a signature; `formal` where it is the right one in another form."""

    kind: str
    said: str
    formal: bool = True


class DeliveryJudge:
    """Built once a run, when the first delivery comes."""

    def __init__(self, contract: Contract) -> None:
        self._types = frozenset(contract.data["webhooks"])
        self._signature = contract.policy.webhook_signature
        self._signed = Signed.of(contract.data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it knows no oauth2, which is not for it to judge
            spec = SchemaPath.from_dict(copy.deepcopy(dict(contract.data)))
            self._validator = V31WebhookRequestValidator(spec)

    def faults(self, arrival: Arrival) -> Iterator[Fault]:
        """Everything in which a delivery differs from the contract."""
        kind = arrival.json.get("type") if isinstance(arrival.json, dict) else None
        if arrival.method != "POST":
            yield Fault("/webhooks", f"it came by {arrival.method}")
        if not isinstance(kind, str) or kind not in self._types:
            yield Fault("/webhooks", f"its type is {kind!r}, which the contract lacks")
            return
        content_type = (arrival.every("Content-Type") or [""])[0].partition(";")[0].strip().lower()
        parameters = RequestParameters(header=Headers(list(arrival.headers)))
        for error in self._validator.iter_errors(_Received(kind, content_type, arrival.body, parameters)):
            cause = error.__cause__ or error
            said = [each.message for each in getattr(cause, "schema_errors", ())] or [str(error).partition("\n")[0]]
            yield Fault(f"/webhooks/{kind}/post/requestBody", "; ".join(said)[:300])

    def signed(self, arrival: Arrival, secret: str) -> "Unsigned | None":
        """What is wrong with the signature over exactly the bytes that came; None where it is right."""
        name = self._signature.header
        given = arrival.every(name)
        if len(given) != 1:
            return Unsigned("times", f"{name} stands there {len(given)} times, not once")
        due = self._signed.due(arrival.body, lambda each: next(iter(arrival.every(each)), ""), secret)
        if hmac.compare_digest(given[0].encode("utf-8", "replace"), due.encode()):
            return None
        # A prefix with a time in it is judged as a whole.
        prefix = "" if "{" in self._signature.prefix else self._signature.prefix
        digest = due.removeprefix(prefix)
        if self._signature.encoding == "hex" and given[0].lower() == due:
            return Unsigned("case", f"{name} is in upper case")
        if given[0].lower().endswith(digest.lower()):
            return Unsigned("prefix", f"{name} doesn't begin with {prefix!r}")
        said = f"{name} isn't the {self._signature.algorithm} of the {len(arrival.body)} bytes under its secret"
        return Unsigned("digest", said, formal=False)
