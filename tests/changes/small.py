"""A small document in which every kind of clause stands once, to be edited: `edited(lambda d: …)`."""

import copy
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from smartcal_api.changes.comparison import Comparison, compare
from smartcal_api.changes.side import Side
from smartcal_api.contract import Document

Edit = Callable[[dict[str, Any]], Any]
TODAY = date(2026, 3, 2)
ITEM = {"type": "string", "maxLength": 20}


def shape(kind: str) -> dict[str, Any]:
    """One with a time, of which the engine can't tell whether there is any."""
    moment = {"type": "string", "pattern": "Z$", "format": "date-time"}
    properties = {"kind": {"type": "string", "const": kind}, "size": {"type": "integer", "maximum": 10}, "at": moment}
    return {"type": "object", "title": kind, "required": ["kind", "at"], "properties": properties}


SMALL: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "1.0.0"},
    "servers": [{"url": "https://api.example.com"}],
    "security": [{"key": []}],
    "paths": {
        "/things": {
            "get": {
                "operationId": "listThings",
                "x-colour": "red",
                "parameters": [
                    {"name": "kind", "in": "query", "schema": {"type": "string", "enum": ["a", "b"]}},
                    {"name": "size", "in": "query", "schema": {"type": "integer", "maximum": 100, "default": 20}},
                    {"name": "q", "in": "query", "schema": {"type": "string", "maxLength": 10}},
                    {"name": "ids", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                ],
                "responses": {
                    "200": {
                        "description": "Some.",
                        "headers": {
                            "X-Total": {"required": True, "schema": {"type": "integer", "minimum": 0}},
                            "X-Note": {"schema": {"type": "string"}},
                        },
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}},
                            "text/csv": {"schema": {"type": "string"}},
                        },
                    },
                    "204": {"description": "None."},
                    "404": {"description": "Nothing here."},
                },
            },
            "post": {
                "operationId": "addThing",
                "security": [{"key": []}, {"oauth": ["write"]}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/NewThing"}},
                        "application/xml": {"schema": {"type": "object"}},
                    },
                },
                "responses": {"201": {"description": "Made."}},
            },
        },
        "/things/{thing_id}": {
            "get": {
                "operationId": "getThing",
                "security": [],
                "parameters": [
                    {
                        "name": "thing_id",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string", "pattern": "^[a-z]+$"},
                    }
                ],
                "responses": {"200": {"description": "One."}},
            }
        },
    },
    "webhooks": {
        "thing.made": {
            "post": {
                "parameters": [{"name": "X-Sign", "in": "header", "required": True, "schema": {"type": "string"}}],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Notice"}}},
                },
                "responses": {"2XX": {"description": "Taken."}},
            }
        }
    },
    "components": {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "oauth": {
                "type": "oauth2",
                "flows": {
                    "authorizationCode": {
                        "authorizationUrl": "/authorize",
                        "tokenUrl": "/token",
                        "scopes": {"read": "", "write": "", "admin": ""},
                    }
                },
            },
        },
        "schemas": {
            "Thing": {
                "type": "object",
                "required": ["id", "title"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "title": {"type": "string", "minLength": 1, "maxLength": 20},
                    "state": {"type": "string", "enum": ["new", "old"]},
                    "note": {"type": ["string", "null"]},
                    "count": {"type": "integer", "minimum": 0},
                    "owner": {"oneOf": [{"$ref": "#/components/schemas/Person"}, {"type": "null"}]},
                    "shape": {"oneOf": [shape("circle"), shape("square")]},
                },
            },
            "Person": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
            "NewThing": {
                "type": "object",
                "required": ["title"],
                "properties": {
                    "title": {"type": "string"},
                    "mode": {"type": "string", "enum": ["x", "y"]},
                    "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 10},
                    "note": {"type": ["string", "null"]},
                    "count": {"type": "integer"},
                    "owner": {"$ref": "#/components/schemas/Person"},
                    "closed": {
                        "type": "object",
                        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
                        "additionalProperties": False,
                    },
                },
            },
            "Notice": {
                "type": "object",
                "required": ["type", "thing"],
                "properties": {
                    "type": {"type": "string", "enum": ["made", "unmade"]},
                    "thing": {"type": "string"},
                    "more": {"type": "string"},
                },
            },
        },
    },
}


def side(data: dict[str, Any], label: str) -> Side:
    source = orjson.dumps(data, option=orjson.OPT_INDENT_2)
    return Side(Document(Path(f"{label}.json"), source), label)


def difference(edit: Edit, *, first: Edit = lambda _: None) -> Comparison:
    """From the small document (after `first`) to what `edit` makes of it."""
    old = copy.deepcopy(SMALL)
    first(old)
    new = copy.deepcopy(old)
    edit(new)
    return compare(side(old, "old"), side(new, "new"), today=TODAY)
