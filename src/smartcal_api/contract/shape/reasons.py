"""Why an operation is about no resource, where that isn't said by what was found out about its paths."""

from collections.abc import Iterable

from smartcal_api.contract.operation import Operation
from smartcal_api.contract.shape.paths import collection_path
from smartcal_api.contract.shape.resource import Resource


def nothing(operation: Operation, resources: Iterable[Resource]) -> str:
    """The reason, for `smartcal routes`."""
    listed = collection_path(operation.path.rstrip("/").rpartition("/")[0])
    acted = next((each for each in resources if each.path == listed and each.id), None)
    if operation.method == "POST" and acted is not None:
        return f"what it does to {acted.collection} isn't guessed; x-action states it"
    return "no resource is recognised by its shape"
