"""Values that a schema of the contract refuses, for parameters and for bodies."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from smartcal_api.contract import Contract, Operation, Parameter


def invalid_queries(operation: Operation) -> Iterator[tuple[str, str, str]]:
    """(what is wrong, the name that is to blame, the query); one fault each."""
    parameters = [each for each in operation.parameters if each.location == "query"]
    for each in parameters:
        for wrong, value in _values(each):
            yield wrong, each.name, f"{each.name}={value}"
        good = _valid(each)
        if each.schema.get("type") != "array":
            yield "repeated", each.name, f"{each.name}={good}&{each.name}={good}"
    yield "unknown", "no_such_parameter", "no_such_parameter=1"


def _values(parameter: Parameter) -> Iterator[tuple[str, str]]:
    schema = parameter.schema
    yield "empty", ""
    match schema.get("type"):
        case "integer":
            if "minimum" in schema:
                yield "below the minimum", str(schema["minimum"] - 1)
            if "maximum" in schema:
                yield "above the maximum", str(schema["maximum"] + 1)
            for text in ("1.5", "one", "1e1", "+1", "%201", "0x1"):
                yield "no integer", text
        case "boolean":
            for text in ("yes", "1", "True", "TRUE"):
                yield "no boolean", text
        case "string" if "enum" in schema:
            for text in ("no_such_value", str(schema["enum"][0]).upper(), f"{schema['enum'][0]},{schema['enum'][-1]}"):
                if text not in schema["enum"]:
                    yield "outside of the enum", text
        case "string" if schema.get("format") == "date-time":
            for text in ("2026-03-09", "2026-03-09T00:00:00", "2026-13-09T00:00:00Z", "2026-02-30T00:00:00Z", "now"):
                yield "no instant with an offset", text
            yield "a + that arrives as a space", "2026-03-09T00:00:00+01:00"


def _valid(parameter: Parameter) -> str:
    schema = parameter.schema
    if "enum" in schema:
        return str(schema["enum"][0])
    if schema.get("type") == "boolean":
        return "true"
    if schema.get("format") == "date-time":
        return "2026-03-09T00:00:00Z"
    return str(schema.get("default", schema.get("minimum", 1)))


def invalid_bodies(operation: Operation, contract: Contract) -> Iterator[tuple[str, bytes]]:
    """(what is wrong, the body) for an operation that takes JSON; one fault each."""
    assert operation.body is not None
    schema = resolved(contract, {"$ref": f"#{next(iter(operation.body.media_types.values()))}"})
    example = request_example(operation, contract)
    yield "no JSON", b'{"'
    yield "two values", b"{} {}"
    yield "NaN", b'{"x": NaN}'
    yield "no UTF-8", b'{"x": "\xff"}'
    yield "an array", b"[]"
    yield "text", b'"x"'
    yield "null", b"null"
    if isinstance(example, dict):
        if schema.get("additionalProperties") is False:
            yield "an unknown member", json.dumps({**example, "no_such_member": 1}).encode()
        for name in schema.get("required", ()):
            yield f"no {name}", json.dumps({key: value for key, value in example.items() if key != name}).encode()
        for name, stated in schema.get("properties", {}).items():
            for wrong, value in _wrong(resolved(contract, stated)):
                yield f"{name}: {wrong}", json.dumps({**example, name: value}).encode()
        first = next(iter(example or {"reason": "x"}))
        twice = json.dumps(example)[:-1] + f', "{first}": "x"}}' if example else '{"reason": "x", "reason": "x"}'
        yield "a member twice", twice.encode()


def _wrong(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    match schema.get("type"):
        case "string":
            yield "a number", 1
            yield "null", None
            if schema.get("minLength", 0) > 0:
                yield "too short", "x" * (schema["minLength"] - 1)
            if "maxLength" in schema and "pattern" not in schema:
                yield "too long", "x" * (schema["maxLength"] + 1)
        case "array":
            yield "no array", "x"
            if schema.get("minItems", 0) > 0:
                yield "too few items", []
            yield "an item of another kind", [1]


def request_example(operation: Operation, contract: Contract) -> Any:
    """The first example of a request body that the contract gives; an empty object where there is none."""
    assert operation.body is not None
    pointer = next(iter(operation.body.media_types.values())).removesuffix("/schema")
    content = contract.document.resolve(f"#{pointer}")
    for example in content.get("examples", {}).values():
        found = resolved(contract, example)
        if "value" in found:
            return found["value"]
    return content.get("example", {})


def resolved(contract: Contract, value: Any) -> Any:
    while isinstance(value, dict) and "$ref" in value:
        value = contract.document.resolve(value["$ref"])
    return value
