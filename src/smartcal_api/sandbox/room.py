"""How much a server keeps for its clients, so that none of them uses its memory up (law GUARD 2)."""

from collections.abc import Collection
from dataclasses import dataclass

from smartcal_api.sandbox.sandbox import Sandbox

_MEGABYTE = 1_000_000


class NoRoom(Exception):
    """The message says for what there is none, and what makes some."""


@dataclass(frozen=True, slots=True)
class Room:
    """For sandboxes besides `default` and for snapshots in memory, by number, and for what both take there."""

    sandboxes: int = 2_000
    snapshots: int = 2_000
    megabytes: int = 2_000

    def check(self, kept: Collection[Sandbox], *, sandboxes: int = 0, snapshots: int = 0, size: int = 0) -> None:
        """Raises `NoRoom` for so many sandboxes more, and so many bytes more."""
        if len(kept) - 1 + sandboxes > self.sandboxes:
            raise NoRoom(
                f"This server keeps {self.sandboxes} sandboxes besides the default one, and no more. Remove some, or "
                "start it with a larger --max-sandboxes.",
            )
        if sum(len(each.snapshots) for each in kept) + snapshots > self.snapshots:
            raise NoRoom(
                f"This server keeps {self.snapshots} snapshots in memory, and no more. Delete some, or start it with a "
                "larger --max-snapshots."
            )
        taken = sum(each.size + each.snapshots.size for each in kept)
        if taken + size > self.megabytes * _MEGABYTE:
            raise NoRoom(
                f"Sandboxes and snapshots take {taken / _MEGABYTE:.0f} MB in memory, this would take "
                f"{size / _MEGABYTE:.1f} MB more, and the server keeps {self.megabytes} MB. Remove some, or start it "
                "with a larger --max-memory.",
            )
