"""What ends a command early, and still lets it finish what it has begun to say."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_Handler = Callable[[int, FrameType | None], None]


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM and SIGINT are a KeyboardInterrupt, also for a command that a shell started in the background: there it
    would ignore the latter."""
    with _handled_by(_interrupt):
        yield


@contextmanager
def finishing() -> Iterator[None]:
    """What takes a moment, and would be lost, goes on after the first SIGTERM or SIGINT; the second one ends it."""
    came: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        if came:
            _interrupt(number, frame)
        came.append(number)

    with _handled_by(handle):
        yield


@contextmanager
def _handled_by(handler: _Handler) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt
