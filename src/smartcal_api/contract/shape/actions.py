"""`x-action`: the transition that an operation makes. It is never guessed."""

from collections.abc import Mapping

from smartcal_api.contract.document import Document
from smartcal_api.contract.operation import Operation
from smartcal_api.contract.shape.resource import Action

STATED = "x-action"
CONFLICT = "conflict"
NOW = "now"
"""The clock's instant, among what is set."""


def action_of(document: Document, operation: Operation) -> Action | None:
    """What is stated of an operation."""
    stated: Mapping[str, object] | None = document.resolve(f"#{operation.pointer}").get(STATED)
    if stated is None:
        return None
    wanted = stated.get("when", {})
    assert isinstance(wanted, Mapping)
    when = {name: tuple(value) if isinstance(value, list) else (value,) for name, value in wanted.items()}
    chosen = stated.get("set", {})
    assert isinstance(chosen, Mapping)
    return Action(chosen, when, str(stated.get("else", CONFLICT)))
