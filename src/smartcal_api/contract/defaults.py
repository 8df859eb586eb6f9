"""The policy of documents that state none: every x- member has a default, and this is where they come from."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from smartcal_api.contract.check_members import TOP
from smartcal_api.contract.source import Source

_FILE = Path(__file__).with_name("defaults.yaml")


def defaults(stated: Mapping[str, Any]) -> dict[str, Any]:
    """The x- members that a document leaves out."""
    if all(name in stated for name in TOP):
        return {}
    data: dict[str, Any] = Source(_FILE.read_bytes(), aliases=True).data
    return {name: value for name, value in data.items() if name not in stated}
