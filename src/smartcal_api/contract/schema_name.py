"""The name of the component schema of what is answered, or listed, or told."""

from typing import Any

from smartcal_api.contract.document import Document
from smartcal_api.contract.pagination import Pagination


def schema_name(schema: Any, document: Document, pagination: Pagination) -> str | None:
    """That of a schema, or of the items of the list that it describes; None where it is stated on the spot."""
    if not isinstance(schema, dict):
        return None
    reference = schema.get("$ref")
    target = document.resolve(reference) if reference else schema
    items = target.get("properties", {}).get(pagination.items)
    if isinstance(items, dict) and isinstance(items.get("items"), dict):
        return schema_name(items["items"], document, pagination)
    return reference.rpartition("/")[2] if reference else None
