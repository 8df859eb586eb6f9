"""operationId → handler, a module for each tag of the control document."""

from smartcal_api.control import (
    clock,
    deliveries,
    faults,
    journal,
    keys,
    limits,
    oauth,
    resources,
    sandboxes,
    server,
    snapshots,
    stream,
    subscriptions,
    triggers,
)
from smartcal_api.control.control import Control, ControlHandler

_TAGS = (
    server,
    sandboxes,
    snapshots,
    clock,
    triggers,
    resources,
    deliveries,
    subscriptions,
    keys,
    oauth,
    journal,
    stream,
    limits,
    faults,
)


def handlers(control: Control) -> dict[str, ControlHandler]:
    return {name: handler for tag in _TAGS for name, handler in tag.handlers(control).items()}
