"""What can be asked of a document's operations."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from smartcal_api.contract.document import Document
from smartcal_api.contract.operation import METHODS, Operation, Reader, Response
from smartcal_api.contract.policy import Policy
from smartcal_api.contract.schemas import Schemas
from smartcal_api.errors import Finding

_ALL: Mapping[str, Finding] = MappingProxyType({})  # none is left out


class Description:
    """What a document says of operations under a policy: enough to route to them, and to judge requests and answers."""

    def __init__(self, document: Document, policy: Policy, *, without: Mapping[str, Finding] = _ALL) -> None:
        self.document = document
        self.data: Mapping[str, Any] = document.data
        self.version: str = document.data["info"]["version"]
        self.policy = policy
        self.schemas = Schemas(document)
        reader = Reader(document, policy.pagination)
        self.operations: dict[str, Operation] = {each.id: each for each in reader.operations(without)}
        self.unserved: dict[str, tuple[Operation, Finding]] = {
            each.id: (each, without[each.id]) for each in reader.outlines(without)
        }
        self.unrouted: dict[int, Response] = {
            int(status): reader.response(response, f"/x-unrouted-responses/{status}")
            for status, response in document.data["x-unrouted-responses"].items()
            if not status.startswith("x-")
        }

    def allowed(self, path: str) -> list[str]:
        """The methods that a path template answers, sorted; HEAD where there is GET (RFC 9110 section 10.2.1)."""
        methods = {method.upper() for method in self.data["paths"][path] if method in METHODS}
        return sorted(methods | ({"HEAD"} if "GET" in methods else set()))

    def webhook_media_type(self, event_type: str) -> str:
        """What the body of a delivery is sent as; raises `KeyError` for a type that the document lacks."""
        body = self.data["webhooks"][event_type]["post"]["requestBody"]
        stated: Mapping[str, Any] = self.document.resolve(body["$ref"]) if "$ref" in body else body
        return str(next(iter(stated["content"])))

    def schema(self, name: str) -> Mapping[str, Any]:
        """The component schema of that name."""
        found: Mapping[str, Any] = self.data["components"]["schemas"][name]
        return found
