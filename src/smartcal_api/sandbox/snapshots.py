"""The named images of a sandbox: in memory, or beside the file of its store, where the next process finds them."""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from smartcal_api.errors import UsageError
from smartcal_api.sandbox.image import Image, State
from smartcal_api.store import is_image, pack, peek, unpack, write_private

_STATE = "state"
JOURNAL = "journal"
"""What a bundle has beside its state, as JSON."""


class Snapshot(NamedTuple):
    """A snapshot as a list shows it: when it was, by the sandbox's clock, and how many bytes it takes."""

    name: str
    now: int
    frozen: bool
    size: int

    @classmethod
    def of(cls, name: str, state: State, size: int) -> "Snapshot":
        return cls(name, state.now, state.parts["clock"]["frozen"], size)


class _Shelf(Protocol):
    """Where images are kept by name; `find` and `look` give None for a name that isn't there."""

    @property
    def size(self) -> int: ...
    def size_of(self, name: str) -> int: ...
    def __len__(self) -> int: ...
    def names(self) -> list[str]: ...
    def look(self, name: str) -> Snapshot | None: ...
    def find(self, name: str) -> Image | None: ...
    def put(self, name: str, image: Image) -> None: ...
    def drop(self, name: str) -> bool: ...


class Snapshots:
    """No part of the sandbox's state: a restore or a reset leaves them as they are."""

    def __init__(self, *, beside: Path | None) -> None:
        self._shelf: _Shelf = _Memory() if beside is None else _Beside(beside)

    @property
    def size(self) -> int:
        """In memory, in bytes."""
        return self._shelf.size

    def size_of(self, name: str) -> int:
        """What the one of that name takes in memory."""
        return self._shelf.size_of(name)

    def __len__(self) -> int:
        """How many there are in memory."""
        return len(self._shelf)

    def __iter__(self) -> Iterator[Snapshot]:
        """By name; what looks like one and can't be read is left out."""
        for name in sorted(self._shelf.names()):
            try:
                found = self._shelf.look(name)
            except UsageError:
                continue
            if found is not None:
                yield found

    def look(self, name: str) -> Snapshot | None:
        """Raises `UsageError` where there is a file that is none."""
        return self._shelf.look(name)

    def find(self, name: str) -> Image | None:
        """Raises `UsageError` where there is a file that is none."""
        return self._shelf.find(name)

    def save(self, name: str, image: Image) -> None:
        """In the place of one that has the name; raises `Unavailable` where it can't be written.

        Raises `UsageError`, as `delete` does, where a file has that name and is no snapshot.
        """
        self._shelf.put(name, image)

    def delete(self, name: str) -> bool:
        """Whether there was one."""
        return self._shelf.drop(name)

    def fresh_name(self) -> str:
        taken = {*self._shelf.names()}
        return next(name for number in count(1) if (name := f"snapshot-{number}") not in taken)


class _Memory:
    def __init__(self) -> None:
        self._images: dict[str, Image] = {}
        self.size = 0

    def __len__(self) -> int:
        return len(self._images)

    def size_of(self, name: str) -> int:
        image = self._images.get(name)
        return 0 if image is None else len(image.database) + len(image.state)

    def names(self) -> list[str]:
        return list(self._images)

    def look(self, name: str) -> Snapshot | None:
        image = self._images.get(name)
        return None if image is None else Snapshot.of(name, State.read(image.state), len(image.database))

    def find(self, name: str) -> Image | None:
        return self._images.get(name)

    def put(self, name: str, image: Image) -> None:
        self.drop(name)
        self._images[name] = image
        self.size += self.size_of(name)

    def drop(self, name: str) -> bool:
        self.size -= self.size_of(name)
        return self._images.pop(name, None) is not None


class _Beside:
    """`calendar.db` has its snapshot NAME in `calendar.snapshot-NAME.db`."""

    size = 0

    def __len__(self) -> int:
        return 0

    def size_of(self, name: str) -> int:
        return 0

    def __init__(self, path: Path) -> None:
        path = path.absolute()  # a server may change its folder
        self._folder, self._before, self._after = path.parent, f"{path.stem}.snapshot-", path.suffix

    def names(self) -> list[str]:
        shortest = len(self._before) + len(self._after)
        return [
            each.name[len(self._before) : len(each.name) - len(self._after)]
            for each in self._folder.iterdir()
            if each.name.startswith(self._before) and each.name.endswith(self._after) and len(each.name) > shortest
        ]

    def look(self, name: str) -> Snapshot | None:
        path = self._path(name)
        if not path.exists():
            return None
        return Snapshot.of(name, read_state(path, peek(path)), path.stat().st_size)

    def find(self, name: str) -> Image | None:
        path = self._path(name)
        return read_image(path) if path.exists() else None

    def put(self, name: str, image: Image) -> None:
        path = self._path(name)
        _spare(path)
        write_private(path, packed(image))

    def drop(self, name: str) -> bool:
        path = self._path(name)
        there = path.exists()
        _spare(path)
        path.unlink(missing_ok=True)
        return there

    def _path(self, name: str) -> Path:
        return self._folder / f"{self._before}{name}{self._after}"


def _spare(path: Path) -> None:
    """Raises `UsageError` where a file has the name of a snapshot and is none: then it isn't ours to replace."""
    try:
        ours = not path.exists() or not path.stat().st_size or is_image(path)
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}.") from None
    if not ours:
        raise UsageError(f"{path}: is not a snapshot, so it is left as it is.")


def packed(image: Image, members: dict[str, str] | None = None) -> bytes:
    """An image as a file, with members of the caller's own."""
    return pack(image.database, {_STATE: image.state, **(members or {})})


def read_image(path: Path) -> Image:
    """Raises `UsageError` for a file that holds none."""
    database, members = unpack(path)
    read_state(path, members)
    return Image(database, members[_STATE])


def read_journal(path: Path) -> list[Any]:
    """What was asked before a bundle was made, as documents; none where the file has none that can be read."""
    try:
        found = json.loads(peek(path).get(JOURNAL, "[]"))
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def read_state(path: Path, members: dict[str, str]) -> State:
    try:
        return State.read(members[_STATE])
    except (KeyError, ValueError):
        raise UsageError(f"{path}: is not an image of a sandbox that this version of smartcal can read.") from None
