"""The form that a document needs to have before it can be compared: mappings and lists where OpenAPI has them."""

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema_rs import ValidationError, meta

from smartcal_api.contract.document import escape
from smartcal_api.errors import Finding

_WORDS = {dict: "a mapping", list: "a list", str: "text", int: "a whole number"}
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
# What the members of an object are: the name of an object below, `{name}` a mapping of them, `[name]` a list of them.
_OBJECTS: Mapping[str, Mapping[str, str]] = {
    "document": {
        "info": "any",
        "servers": "[server]",
        "security": "[requirement]",
        "paths": "{item}",
        "webhooks": "{item}",
        "components": "components",
    },
    "components": {
        "schemas": "{schema}",
        "parameters": "{parameter}",
        "headers": "{header}",
        "responses": "{response}",
        "requestBodies": "{body}",
        "securitySchemes": "{scheme}",
        "callbacks": "{callback}",
        "pathItems": "{item}",
    },
    "item": {
        **dict.fromkeys(_METHODS, "operation"),
        "additionalOperations": "{operation}",
        "parameters": "[parameter]",
        "servers": "[server]",
    },
    "operation": {
        "parameters": "[parameter]",
        "requestBody": "body",
        "responses": "{response}",
        "callbacks": "{callback}",
        "security": "[requirement]",
        "servers": "[server]",
    },
    "parameter": {"schema": "schema", "content": "{media}", "name": "text", "in": "text", "style": "text"},
    "header": {"schema": "schema", "content": "{media}"},
    "body": {"content": "{media}"},
    "media": {"schema": "schema", "itemSchema": "schema", "encoding": "{any}"},
    "response": {"headers": "{header}", "content": "{media}", "links": "{any}"},
    "requirement": {},
    "server": {"url": "text", "variables": "{any}"},
    "scheme": {"type": "text", "flows": "{flow}"},
    "flow": {"scopes": "{text}"},
    "any": {},
}


def faults(document: Any) -> Iterator[Finding]:
    """What stands where something else has to; references are followed by whoever reads them."""
    yield from _object(document, "document", "")


def _object(value: Any, kind: str, at: str) -> Iterator[Finding]:
    if kind == "text":
        yield from _unless(value, str, at)
    elif kind == "schema":
        yield from _schema(value, at)
    elif kind.startswith("["):
        yield from _unless(value, list, at)
        for index, each in enumerate(value if isinstance(value, list) else ()):
            yield from _object(each, kind[1:-1], f"{at}/{index}")
    elif kind.startswith("{"):
        yield from _unless(value, dict, at)
        for name, each in value.items() if isinstance(value, dict) else ():
            if not name.startswith("x-") or kind == "{header}":
                yield from _object(each, kind[1:-1], f"{at}/{escape(name)}")
    elif kind == "callback":
        yield from _object(value, "any" if isinstance(value, dict) and "$ref" in value else "{item}", at)
    else:
        yield from _unless(value, dict, at)
        members = value if isinstance(value, dict) else {}
        for name, inner in _OBJECTS[kind].items():
            if name in members and "$ref" not in members:
                yield from _object(members[name], inner, f"{at}/{name}")
        if kind == "requirement":
            for name, scopes in members.items():
                yield from _object(scopes, "[text]", f"{at}/{escape(name)}")


def _schema(value: Any, at: str) -> Iterator[Finding]:
    """By the schema of schemas (JSON Schema 2020-12)."""
    try:
        meta.validate(value if isinstance(value, bool) else {**value, **_DIALECT})
    except ValidationError as error:
        inside = "".join(f"/{escape(str(each))}" for each in error.instance_path)
        yield Finding(f"{at}{inside}", f"no schema can say this: {error.message}")
    except (TypeError, ValueError):
        yield Finding(at, "must be a schema: a mapping, true or false")


_DIALECT = {"$schema": "https://json-schema.org/draft/2020-12/schema"}


def _unless(value: Any, kind: type, at: str) -> Iterator[Finding]:
    if not isinstance(value, kind):
        yield Finding(at, f"must be {_WORDS[kind]}")
