"""What can be asked of a document's operations."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from smartcal_api.contract.delivery_headers import DeliveryHeader, header_of
from smartcal_api.contract.direction import sent, taken
from smartcal_api.contract.document import Document, escape, pointer_of
from smartcal_api.contract.methods import METHODS
from smartcal_api.contract.named import WAS
from smartcal_api.contract.operation import Operation, Reader, Response
from smartcal_api.contract.policy import Policy
from smartcal_api.contract.resources import named, schemas_of
from smartcal_api.contract.schema_name import schema_name
from smartcal_api.contract.schemas import Schemas
from smartcal_api.contract.servers import bases
from smartcal_api.errors import Finding

_ALL: Mapping[str, Finding] = MappingProxyType({})  # none is left out
PRODUCT = "/api/v1"
_PARTS = 20  # of one schema, at most


class Description:
    """What a document says of operations under a policy: enough to route to them, and to judge requests and answers."""

    def __init__(self, document: Document, policy: Policy, *, without: Mapping[str, Finding] = _ALL) -> None:
        self.document = document
        self.data: Mapping[str, Any] = document.data
        self.version: str = document.data["info"]["version"]
        self.policy = policy
        self.sent = sent(document)
        """The document as it holds of answers and deliveries: whatever is made up or mended is of this."""
        self.schemas = Schemas(self.sent)
        as_taken = taken(document)
        self.taken = self.schemas if as_taken is self.sent else Schemas(as_taken)
        """Those of requests."""
        unrouted = [status for status in document.data["x-unrouted-responses"] if not status.startswith("x-")]
        statuses = {*map(int, unrouted), *(kind.status for kind in policy.problems.values())}
        reader = Reader(document, policy.pagination, statuses)
        stated = list(reader.operations(without))
        shown = {each.id: each.collection for each in stated} | self._told()
        self.ours = document.reading is None or document.reading.ours
        """Whether code may know its operations and resources by their names; elsewhere these are a coincidence."""
        known = schemas_of(shown, document.data["components"].get("schemas", {})) if self.ours else {}
        self.operations: dict[str, Operation] = {each.id: each for each in named(stated, known, self._former())}
        pairs = zip(self.operations.values(), stated, strict=True)
        others = {each.collection: was.collection for each, was in pairs if each.collection and was.collection}
        self.resources: Mapping[str, str] = {**others, **known}
        """Collection → the name of the schema of its resources; its own name, where that is stated on the spot."""
        self._pointers = {name: f"/components/schemas/{escape(schema)}" for name, schema in self.resources.items()}
        self.unserved: dict[str, tuple[Operation, Finding]] = {
            each.id: (each, without[each.id]) for each in reader.outlines(without)
        }
        self.unrouted: dict[int, Response] = {
            int(status): reader.response(
                document.data["x-unrouted-responses"][status], f"/x-unrouted-responses/{status}"
            )
            for status in unrouted
        }

    @property
    def base(self) -> str:
        """What all of the product's paths begin with, if anything."""
        return PRODUCT if any(path.startswith(f"{PRODUCT}/") for path in self.data["paths"]) else ""

    @property
    def bases(self) -> tuple[str, ...]:
        """The paths of its servers, which a client may have before each of its paths."""
        return bases(self.data)

    def allowed(self, path: str) -> list[str]:
        """The methods that a path template answers, sorted; HEAD where there is GET (RFC 9110 section 10.2.1)."""
        methods = {method.upper() for method in self.data["paths"][path] if method in METHODS}
        return sorted(methods | ({"HEAD"} if "GET" in methods else set()))

    def webhook_media_type(self, event_type: str) -> str:
        """What the body of a delivery is sent as; raises `KeyError` for a type that the document lacks."""
        body = self.data["webhooks"][event_type]["post"]["requestBody"]
        stated: Mapping[str, Any] = self.document.resolve(body["$ref"]) if "$ref" in body else body
        return str(next(iter(stated["content"])))

    def _former(self) -> dict[str, str]:
        """Name of a component schema → what it was called when its resources were first stored."""
        components = self.data["components"].get("schemas", {})
        stated = {name: each.get(WAS) for name, each in components.items() if isinstance(each, dict)}
        return {name: was for name, was in stated.items() if isinstance(was, str) and was not in components}

    def _told(self) -> dict[str, str | None]:
        """Event type → the name of the component schema of what its deliveries are about, their `data`."""
        told: dict[str, str | None] = {}
        for event_type in self.data.get("webhooks", {}):
            payload = self.document.resolve(f"#{self.end_of(self.payload(event_type))}")
            data = payload.get("properties", {}).get("data") if isinstance(payload, dict) else None
            told[event_type] = schema_name(data, self.document, self.policy.pagination)
        return told

    def delivery_headers(self, event_type: str) -> tuple[DeliveryHeader, ...]:
        """Those of its deliveries beside the signature."""
        at = f"/webhooks/{escape(event_type)}/post/parameters"
        found = []
        for index, _ in enumerate(self.data["webhooks"][event_type]["post"].get("parameters", ())):
            pointer = self.end_of(f"{at}/{index}")
            parameter = self.document.resolve(f"#{pointer}")
            schema = self.document.resolve(f"#{self.end_of(f'{pointer}/schema')}")
            header = header_of(parameter, schema if isinstance(schema, dict) else {})
            if header is not None and header.name.lower() != self.policy.webhook_signature.header.lower():
                found.append(header)
        return tuple(found)

    def payload(self, event_type: str) -> str:
        """The pointer to the schema of the body of a delivery; raises `KeyError` for a type that the document lacks."""
        at = self.end_of(f"/webhooks/{escape(event_type)}/post/requestBody")
        return f"{at}/content/{escape(self.webhook_media_type(event_type))}/schema"

    def about(self, event_type: str) -> str | None:
        """The collection of what a delivery is about: that of `x-about`, else of the schema of its `data`."""
        named = self.data["webhooks"][event_type]["post"].get("x-about") or self._told().get(event_type)
        if named in self.resources:
            return str(named)
        return next((each for each, schema in self.resources.items() if schema == named), None)

    def resource(self, collection: str) -> Mapping[str, Any]:
        """The schema of the resources of a collection; raises `KeyError` where the document has none."""
        found: Mapping[str, Any] = self.sent.resolve(f"#{self._pointers[collection]}")
        return found

    def resource_pointer(self, collection: str, *below: str) -> str:
        """The pointer to that schema, or to what is below it."""
        return "/".join((self._pointers[collection], *map(escape, below)))

    def end_of(self, pointer: str) -> str:
        """The pointer to the schema, or any other object, that the references which begin at this one end at."""
        value = self.document.resolve(f"#{pointer}")
        while isinstance(value, dict) and "$ref" in value:
            pointer = pointer_of(value["$ref"])
            value = self.document.resolve(value["$ref"])
        return pointer

    def members(self, pointer: str, keyword: str = "properties") -> Iterator[str]:
        """The names that the schema there has for members of an object, or those that are `required`."""
        pending, seen = [self.document.resolve(f"#{pointer}")], 0
        while pending and seen < _PARTS:
            schema = pending.pop(0)
            seen += 1
            if isinstance(schema, Mapping):
                yield from schema.get(keyword, ())
                pending += schema.get("allOf", ())
                if "$ref" in schema:
                    pending.append(self.document.resolve(schema["$ref"]))

    def schema(self, name: str) -> Mapping[str, Any]:
        """The component schema of that name."""
        found: Mapping[str, Any] = self.sent.data["components"]["schemas"][name]
        return found
