"""The addresses at which an operation is promised, variables filled in with their defaults."""

import re
from typing import Any

from smartcal_api.changes.change import Audience, Changes
from smartcal_api.changes.operations import Placed
from smartcal_api.changes.side import Side


class Servers:
    """Compares them operation by operation, since a path and an operation may have their own."""

    def __init__(self, old: Side, new: Side, changes: Changes) -> None:
        self._sides = old, new
        self._changes = changes

    def operation(self, before: Placed, after: Placed) -> None:
        old, new = (self._standing(side, each) for side, each in zip(self._sides, (before, after), strict=True))
        for url in old[0].keys() - new[0].keys():
            at = (old[0][url], new[1])
            self._changes.add("server-removed", Audience.CALLERS, after.title, "", f"{url} is gone", at)
        for url in new[0].keys() - old[0].keys():
            at = (old[1], new[0][url])
            self._changes.add("server-added", Audience.CALLERS, after.title, "", f"{url} is new", at)

    @staticmethod
    def _standing(side: Side, placed: Placed) -> tuple[dict[str, str], str]:
        """The URLs with their pointers, and where they stand."""
        for holder, at in ((placed.stated, placed.at), (placed.item, placed.item_at), (side.data, "")):
            stated = holder.get("servers")
            if isinstance(stated, list) and stated:
                return {_url(each): f"{at}/servers/{i}" for i, each in enumerate(stated)}, f"{at}/servers"
        return {"/": "/servers"}, "/servers"


def _url(server: Any) -> str:
    variables = server.get("variables") or {}
    filled = re.sub(
        r"\{([^}]*)\}", lambda found: str(variables.get(found[1], {}).get("default", found[0])), str(server.get("url"))
    )
    return filled.rstrip("/") or "/"
