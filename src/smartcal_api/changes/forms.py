"""The forms of our policy members: a document of somebody else may mean something else by the same name."""

from collections.abc import Mapping
from typing import Any

from jsonschema_rs import Draft202012Validator

_TEXTS = {"type": "array", "items": {"type": "string"}}
_NUMBERS = {"type": "object", "patternProperties": {"^(?!x-)": {"type": "number"}}}
_LIMIT = {
    "type": "object",
    "required": ["name", "limit", "window_seconds"],
    "properties": {
        "name": {"type": "string"},
        "limit": {"type": "number"},
        "window_seconds": {"type": "number", "exclusiveMinimum": 0},
    },
}
_DELAYS = {"type": "array", "items": {"type": "number"}}
_FORMS: Mapping[str, dict[str, Any]] = {
    "x-rate-limits": {"type": "array", "items": _LIMIT},
    "x-rate-limit-headers": {"type": "object"},
    "/x-request-id": {"type": "object"},
    "x-scope-implies": {"type": "object", "patternProperties": {"^(?!x-)": _TEXTS}},
    "x-webhook-signature": {"type": "object"},
    "x-pagination": {"type": "object"},
    "x-lifetimes": _NUMBERS,
    "x-retry-schedule": {
        "type": "object",
        "properties": {"delays_seconds": _DELAYS, "disable_on_status": {"type": "array", "items": {"type": "integer"}}},
    },
    "x-request-limits": _NUMBERS,
    "x-resource-limits": _NUMBERS,
    "x-cors": {"type": "object", "properties": {"expose": _TEXTS}},
    "x-ids": {"type": "object"},
    "x-secrets": {"type": "object"},
    "x-problems": {"type": "object", "patternProperties": {"^(?!x-)": {"type": "object"}}},
    "x-unrouted-responses": {"type": "object", "patternProperties": {"^(?!x-)": {"type": "object"}}},
}


def is_order(value: Any) -> bool:
    """Whether `x-order` of an operation is ours: the names of fields."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def policy_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """The members at the top of a document that are policy in our form."""
    stated = {key.removeprefix("/"): form for key, form in _FORMS.items()}
    return {
        key: data[key] for key, form in stated.items() if key in data and Draft202012Validator(form).is_valid(data[key])
    }
