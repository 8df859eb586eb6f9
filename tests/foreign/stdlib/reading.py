"""Bodies of JSON."""

import json
from typing import Any

from .message import Refusal


def body_object(body: bytes) -> dict[str, Any]:
    """RFC 8259, so without NaN; raises `Refusal`."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refusal(400, "The body is not JSON.") from None
    if not isinstance(value, dict):
        raise Refusal(400, "The body is not an object.")
    return value


def _no_number(text: str) -> None:
    raise ValueError(text)
