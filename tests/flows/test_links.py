"""Every example of the contract is valid, and every link can be followed on a running world (law SRC 6)."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from smartcal_api.contract import Contract
from tests.independent import Independent
from tests.wire import Reply, World, open_world

VERBS = ("get", "post", "delete", "put", "patch")


class Link(NamedTuple):
    """A link of a response: from which operation and status, and what it states."""

    source: str
    status: str
    name: str
    stated: dict[str, Any]


def operations(data: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in data["paths"].items():
        yield from ((path, verb, item[verb]) for verb in VERBS if verb in item)


def links() -> list[Link]:
    data = Contract.read().data
    judge = Independent(data)
    return [
        Link(operation["operationId"], status, name, judge.follow(stated, "")[0])
        for _, _, operation in operations(data)
        for status, reference in operation["responses"].items()
        if not status.startswith("x-")
        for name, stated in judge.follow(reference, "")[0].get("links", {}).items()
    ]


class Client:
    """Calls operations by their id, with values for what stands in their paths."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._key = world.key("admin")
        self._places = {stated["operationId"]: (path, verb) for path, verb, stated in operations(world.contract.data)}
        self._operations = {stated["operationId"]: stated for _, _, stated in operations(world.contract.data)}

    def call(self, operation: str, values: dict[str, str]) -> Reply:
        path, verb = self._places[operation]
        body = self._operations[operation].get("requestBody", {})
        sent = next(iter(body["content"]["application/json"]["examples"].values()))["value"] if body else None
        return self._world.request(
            verb.upper(),
            path.format(**values),
            key=self._key,
            **({"body": _json(sent), "media_type": "application/json"} if sent is not None else {}),
        )

    def reach(self, operation: str) -> Reply:
        """An answer of the operation, on something that there is."""
        path, _ = self._places[operation]
        if "{" not in path:
            return self.call(operation, {})
        template = path.partition("/{")[0]
        name = path.partition("{")[2].partition("}")[0]
        query = "?upcoming=true" if template.endswith("bookings") else ""
        item = self._world.get(template + query, key=self._key).json["data"][0]
        return self.call(operation, {name: item["id"]})


def _json(value: Any) -> bytes:
    import json

    return json.dumps(value).encode()


def evaluated(expression: str, reply: Reply) -> str:
    """A runtime expression (OpenAPI 3.1, section 4.8.20.4); those that point into the body are all there are."""
    assert expression.startswith("$response.body#/"), expression
    value = reply.json
    for token in expression.partition("#/")[2].split("/"):
        value = value[int(token)] if isinstance(value, list) else value[token]
    assert isinstance(value, str)
    return value


@pytest.mark.parametrize("link", links(), ids=lambda link: f"{link.source}.{link.name}")
def test_src_6_every_link_can_be_followed(link: Link, contract: Contract) -> None:
    world = open_world(contract)
    client = Client(world)
    hook = {"url": "https://hooks.example.com/", "events": ["event.created"]}
    world.post("/api/v1/webhooks", hook, key=world.key("webhooks"))  # a list of subscriptions begins with one, too
    reply = client.reach(link.source)
    assert str(reply.status) == link.status, reply.body
    values = {name: evaluated(value, reply) for name, value in link.stated["parameters"].items()}
    followed = client.call(link.stated["operationId"], values)
    cancelled_twice = link.source == link.stated["operationId"] == "cancelBooking"
    assert 200 <= followed.status < 300 or cancelled_twice, followed.body
    if followed.status == 200:
        assert followed.json["id"] in values.values(), "what was opened is what the link named"


def test_src_6_there_are_links_from_lists_to_items_and_on() -> None:
    found = {(link.source, link.stated["operationId"]) for link in links()}
    assert {
        ("listEvents", "getEvent"), ("listBookings", "getBooking"), ("getBooking", "cancelBooking"),
        ("createWebhook", "deleteWebhook"), ("getBooking", "getEvent"), ("listBookingPages", "getBookingPage"),
    } <= found  # fmt: skip


def test_src_6_every_example_is_valid_against_its_schema(contract: Contract) -> None:
    judge = Independent(contract.data)
    faults: list[str] = []
    counted = 0
    for pointer, holder in _holders(contract.data, ""):
        values = [holder["example"]] if "example" in holder else []
        values += [judge.follow(each, "")[0]["value"] for each in holder.get("examples", {}).values()]
        counted += len(values)
        faults += [fault for value in values for fault in judge.faults(f"{pointer}/schema", value)]
    assert faults == []
    assert counted > 50


def test_src_6_every_example_of_a_schema_is_valid_against_it(contract: Contract) -> None:
    judge = Independent(contract.data)
    faults: list[str] = []
    for pointer, schema in _schemas(contract.data["components"]["schemas"], "/components/schemas"):
        for value in [*schema.get("examples", []), *([schema["default"]] if "default" in schema else [])]:
            faults += judge.faults(pointer, value)
    assert faults == []


def test_src_6_every_media_type_of_a_body_has_a_named_example(contract: Contract) -> None:
    for path, verb, operation in operations(contract.data):
        bodies = [operation.get("requestBody", {})]
        bodies += [Independent(contract.data).follow(r, "")[0] for r in operation["responses"].values()]
        for body in bodies:
            for media_type, content in body.get("content", {}).items():
                assert content.get("examples"), f"{verb} {path} {media_type}"


def _holders(value: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    """Whatever has a schema and examples of it: media types, parameters, headers."""
    if isinstance(value, dict):
        if "schema" in value and ("example" in value or isinstance(value.get("examples"), dict)):
            yield pointer, value
        for name, inner in value.items():
            if name not in ("value", "example"):
                yield from _holders(inner, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _holders(inner, f"{pointer}/{index}")


def _schemas(value: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        if isinstance(value.get("examples"), list) or "default" in value:
            yield pointer, value
        for name, inner in value.items():
            if name not in ("enum", "const", "examples", "default"):
                yield from _schemas(inner, f"{pointer}/{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _schemas(inner, f"{pointer}/{index}")
