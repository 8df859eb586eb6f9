"""What OpenAPI lets a document leave out where values are described, written out: readers find a schema everywhere."""

from collections.abc import Callable, Mapping
from typing import Any

from smartcal_api.contract.methods import METHODS

_Change = Callable[[Any], Any]


def filled(data: Mapping[str, Any]) -> dict[str, Any]:
    """The document with a schema, if one that takes anything, in each request body and header."""
    components = _in(
        data.get("components"),
        {"requestBodies": _each(_body), "responses": _each(_response), "headers": _each(_header)}
        | {"examples": _each(_example), "parameters": _each(_described), "pathItems": _each(_item)},
    )
    changed = _in(data, {"paths": _each(_item), "webhooks": _each(_item), "x-unrouted-responses": _each(_response)})
    return changed if "components" not in data else {**changed, "components": components}


def _in(holder: Any, changes: Mapping[str, _Change]) -> Any:
    """An object with some members changed, if it is one."""
    if not isinstance(holder, dict):
        return holder
    return {key: changes[key](value) if key in changes else value for key, value in holder.items()}


def _each(change: _Change) -> _Change:
    def changed(table: Any) -> Any:
        return {key: change(value) for key, value in table.items()} if isinstance(table, dict) else table

    return changed


def _item(item: Any) -> Any:
    return _in(item, dict.fromkeys(METHODS, _operation) | {"parameters": _list})


def _operation(operation: Any) -> Any:
    return _in(operation, {"requestBody": _body, "responses": _each(_response), "parameters": _list})


def _list(parameters: Any) -> Any:
    return [_described(each) for each in parameters] if isinstance(parameters, list) else parameters


def _body(body: Any) -> Any:
    return _in(body, {"content": _each(_taken)})


def _taken(media_type: Any) -> Any:
    if not isinstance(media_type, dict):
        return media_type
    return {"schema": {}, **_media_type(media_type)}


def _response(response: Any) -> Any:
    return _in(response, {"headers": _each(_header), "content": _each(_media_type)})


def _header(header: Any) -> Any:
    """One that is described by a media type has the schema of that."""
    if not isinstance(header, dict) or "schema" in header or "$ref" in header:
        return header
    content = header.get("content")
    described: Any = next(iter(content.values()), {}) if isinstance(content, dict) else {}
    return {"schema": described.get("schema", {}) if isinstance(described, dict) else {}, **header}


def _media_type(media_type: Any) -> Any:
    """What says of each item what it is (OpenAPI 3.2) describes a list of some of them."""
    described = _described(media_type)
    if isinstance(described, dict) and "itemSchema" in described and "schema" not in described:
        return {"schema": {"type": "array", "items": described["itemSchema"], "minItems": 1}, **described}
    return described


def _described(holder: Any) -> Any:
    """`examples` are those of 3.2, too: their data is the value (Example Object)."""
    return _in(holder, {"examples": _each(_example)})


def _example(example: Any) -> Any:
    if isinstance(example, dict) and "dataValue" in example and "value" not in example:
        return {"value": example["dataValue"], **example}
    return example
