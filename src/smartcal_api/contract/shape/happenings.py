"""Which event types tell of what happens to a resource, by their words and by what they are about."""

from collections.abc import Callable, Mapping

from smartcal_api.contract.document import Document
from smartcal_api.contract.shape import words
from smartcal_api.contract.shape.fields import end_of
from smartcal_api.contract.shape.places import closest, objects
from smartcal_api.contract.shape.resource import Moment, Resource

_OURS = ("data",)


def told_by(
    document: Document,
    resources: Mapping[str, Resource],
    about: Callable[[str], str | None],
    payload: Callable[[str], str],
) -> dict[str, dict[Moment, str]]:
    """Collection → what happens to one → the event type that tells of it, the first one of several."""
    found: dict[str, dict[Moment, str]] = {}
    for event_type, item in document.data.get("webhooks", {}).items():
        moment = words.moment(event_type)
        if moment is None or "requestBody" not in item.get("post", {}):
            continue
        collection = about(event_type) or _shown(document, resources, payload(event_type))
        if collection is not None:
            found.setdefault(collection, {}).setdefault(moment, event_type)
    return found


def place_in(document: Document, payload: str, resource: str | None) -> tuple[str, ...]:
    """The members that lead to the resource in the body of a delivery; none: it is the body."""
    found = closest(document, objects(document, payload), resource) if resource is not None else None
    return _OURS if found is None else found.path


def _shown(document: Document, resources: Mapping[str, Resource], payload: str) -> str | None:
    """The resource whose very schema is in the body of a delivery."""
    for each in objects(document, payload):
        for name, resource in resources.items():
            if each.pointer == end_of(document, resource.pointer):
                return name
    return None
