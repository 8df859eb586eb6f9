"""What a sandbox comes back from: its database, and beside it the state of every part that lives in the process."""

import json
from dataclasses import dataclass
from typing import Any, Protocol

# Parts that a process is given when it starts. In an image of another process they stand for credentials that went with
# it, and those of this one stay as they were at its start.
GIVEN = ("keys", "clients")


class Part(Protocol):
    """Whatever in a sandbox later answers depend on, apart from its database."""

    def state(self) -> Any:
        """As JSON, whole numbers of any size among it."""
        ...

    def restore(self, state: Any) -> None:
        """Goes on from such a state; the database is that of the same image by then."""
        ...


@dataclass(frozen=True, slots=True)
class State:
    """`process` tells which one made it; `contract` is the SHA-256 of the one that the database was last fitted to."""

    seed: int
    now: int
    process: str
    contract: str
    parts: dict[str, Any]

    @classmethod
    def read(cls, text: str) -> "State":
        """Raises `ValueError` for what is none."""
        try:
            return cls(**json.loads(text))
        except TypeError as error:
            raise ValueError(f"{error}") from None

    def write(self) -> str:
        # Not orjson: from the year 2554 on, nanoseconds need more than 64 bits.
        return json.dumps({name: getattr(self, name) for name in self.__slots__}, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Image:
    """As bytes and text, so that nothing that happens later can reach into it."""

    database: bytes
    state: str


@dataclass(frozen=True, slots=True)
class DataSet:
    """What a generated data set follows from; it is moved to the week of `now`."""

    seed: int
    events: int
    bookings: int
    now: int


@dataclass(frozen=True, slots=True)
class Origin:
    """How a sandbox began, and begins again with a reset: its state, and its data or what they follow from."""

    data: DataSet | bytes
    state: str
