"""Which clauses of a contract are documented, and which it decides."""

from typing import Any

from smartcal_api.contract import Document
from smartcal_api.contract.document import pointer_of

DOCUMENTED, DECISION = "documented", "decision"
# Members that have no room for an `x-basis` of their own; the head of the contract says that they are decided. So does
# the text of `info` of itself.
_DECIDED = frozenset({"x-order", "refreshUrl", "retry_after"})
_PROSE = "/info/description"


def basis_of(document: Document, pointer: str) -> str:
    """The nearest `x-basis` at or above a pointer, documented where there is none. A reference has the basis of the
    place that it leads to, unless it has one of its own."""
    tokens = pointer.split("/")[1:]
    if pointer == _PROSE or (tokens and tokens[-1] in _DECIDED):
        return DECISION
    value: Any = document.data
    found: str = value.get("x-basis", DOCUMENTED)
    for place, token in enumerate(tokens):
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            break
        if isinstance(value, dict) and "x-basis" in value:
            found = value["x-basis"]
        elif isinstance(value, dict) and isinstance(value.get("$ref"), str):
            return basis_of(document, "/".join((pointer_of(value["$ref"]), *tokens[place + 1 :])))
    return found
