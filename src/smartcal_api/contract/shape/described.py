"""What the shapes of a contract are recognised by."""

from collections.abc import Mapping
from typing import Protocol

from smartcal_api.contract.document import Document
from smartcal_api.contract.operation import Operation


class Described(Protocol):
    """What is asked of a contract here."""

    document: Document
    operations: dict[str, Operation]
    resources: Mapping[str, str]

    def about(self, event_type: str) -> str | None: ...
    def payload(self, event_type: str) -> str: ...
