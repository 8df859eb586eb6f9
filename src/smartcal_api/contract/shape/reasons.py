"""Why an operation is about a resource, or about none, where that isn't said by what was found out about its paths."""

from collections.abc import Iterable

from smartcal_api.contract.operation import Operation
from smartcal_api.contract.shape.paths import collection_path
from smartcal_api.contract.shape.resource import Resource
from smartcal_api.contract.shape.stated import RESOURCE


def nothing(operation: Operation, resources: Iterable[Resource]) -> str:
    """The reason, for `smartcal routes`."""
    listed = collection_path(operation.path.rstrip("/").rpartition("/")[0])
    acted = next((each for each in resources if each.path == listed and each.id), None)
    if operation.method == "POST" and acted is not None:
        return f"what it does to {acted.collection} isn't guessed; x-action states it"
    return "no resource is recognised by its shape"


def pair(collection: str, listed: str | None, path: str, *, stated: bool) -> str:
    """The reason of a list's path, where it has one, and an item's."""
    if stated:
        return f"{RESOURCE} of {collection}"
    return f"{listed} and {path} are of {collection}" if listed is not None else f"{path} is of {collection}"
