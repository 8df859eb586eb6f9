"""The control plane's own document: valid by others' judgement, and what it says is what is served."""

from collections.abc import Iterator

import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from smartcal_api.contract import Contract
from smartcal_api.control import Control
from smartcal_api.control.handlers import handlers
from smartcal_api.control.plane import _DOCUMENT, describe
from smartcal_api.http.gate import Gate
from smartcal_api.http.judge import Judges
from smartcal_api.mock import ValueGenerator
from smartcal_api.sandbox.creation import Creator
from tests.control.plane import Plane

VERBS = ("get", "put", "post", "delete", "patch")


def test_it_is_valid_openapi_3_1() -> None:
    OpenAPIV31SpecValidator(yaml.safe_load(_DOCUMENT.read_text(encoding="utf-8"))).validate()


def test_its_operations_are_the_handlers_both_ways(plane: Plane, contract: Contract) -> None:
    description = describe(contract)
    stated = [
        item[verb]["operationId"] for item in description.data["paths"].values() for verb in VERBS if verb in item
    ]
    creator = Creator(plane.registry, lambda: plane.world.application)
    generator = ValueGenerator(description.data, seed=0)
    gate = Gate(description, Judges(description, generator), generator)
    control = Control(plane.registry, lambda: plane.world.application, creator, description, gate)
    assert sorted(handlers(control)) == sorted(stated)
    assert len(set(stated)) == len(stated)


@pytest.mark.parametrize("path", ["/openapi", "/contract"])
def test_both_documents_are_served_as_valid_openapi(plane: Plane, path: str) -> None:
    OpenAPIV31SpecValidator(plane.get(path).json).validate()


def test_what_a_request_may_leave_out_is_optional_in_clients_made_from_it(contract: Contract) -> None:
    """Generators take a member whose schema has a default for one that is always there, and an object without any
    members for one that is always empty."""
    schemas = describe(contract).data["components"]["schemas"]
    stated = [(name, *each) for name, schema in schemas.items() for each in schema.get("properties", {}).items()]
    assert [(name, member) for name, member, inner in stated if isinstance(inner, dict) and "default" in inner] == []
    assert any("default" in schema for schema in schemas.values())

    def empty(value: object) -> Iterator[object]:
        if isinstance(value, dict):
            if value.get("type") == "object" and not {"properties", "additionalProperties", "allOf"} & set(value):
                yield value
            for inner in value.values():
                yield from empty(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from empty(inner)

    assert list(empty(describe(contract).data)) == []
