"""`smartcal` with and without its journal and its faults by turns: one process, to see what those cost.

Two processes of the same program differ by more than that, as their memory lies elsewhere.
"""

import inspect
import json
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from textwrap import dedent
from time import process_time_ns
from typing import Any, ClassVar

import httptools
from starlette.types import Receive, Scope, Send

import smartcal_api.app
import smartcal_api.server.run
from bench.servers import BLOCK, TALLY
from smartcal_api.cli import main
from smartcal_api.http.connexion import Connexion
from smartcal_api.http.cycle import Cycle
from smartcal_api.http.failures import Failures
from smartcal_api.http.identify import Limit
from smartcal_api.http.protocol import BoundedProtocol
from smartcal_api.http.record import Record


def without(owner: type, left_out: Mapping[str, Sequence[str]], **names: object) -> Any:
    """A class like that one, of whose methods the source lacks each line with such a text; `names` mean something else
    there."""
    source = [f"class Bare{owner.__name__}({owner.__name__}):"]
    for method, texts in left_out.items():
        lines = dedent(inspect.getsource(getattr(owner, method))).splitlines()
        for text in texts:
            (found,) = (line for line in lines if text in line)  # or that method has changed
            lines.remove(found)
        source += [f"    {line}" for line in lines]
    known = {**vars(sys.modules[owner.__module__]), **names}
    exec(compile("\n".join(source), f"<{owner.__name__} without>", "exec"), known)
    return known[f"Bare{owner.__name__}"]


# What each request has noted of it for the journal, and the question whether a fault is armed.
BareCycle = without(Cycle, {"send": ["return written if"]})
BareProtocol = without(
    BoundedProtocol,
    {
        "_parse": ["self._read = piece"],
        "on_headers_complete": ["REQUEST: "],
        "on_message_complete": ["self._read = "],
    },
    Cycle=BareCycle,
)
BareLimit = without(Limit, {"__call__": ["if sandbox.faults.armed", "return self._fail("]})


def build_both(application: Any, *, middlewares: list[Any], **options: Any) -> Any:
    """Connexion over all the steps, and over steps that keep nothing and have nothing fail, which take turns."""
    enter, record, *behind = middlewares
    assert record.func is Record
    bare = [partial(BareLimit, **each.keywords) if getattr(each, "func", None) is Limit else each for each in behind]
    assert bare != behind
    return _Switched(
        Connexion(application, middlewares=[enter, partial(Failures, gate=record.keywords["gate"]), *bare], **options),
        Connexion(application, middlewares=middlewares, **options),
    )


class _Connection(BoundedProtocol):
    """One that can change sides."""

    every: ClassVar[set["_Connection"]] = set()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.every.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.every.discard(self)

    def be(self, side: Any) -> None:
        """Parser and transport look the methods up just once, so both have to do it again."""
        self.__class__ = side
        self.parser = httptools.HttpRequestParser(self)
        self.transport.set_protocol(self)


class _BareConnection(BareProtocol, _Connection):  # type: ignore[misc,valid-type]  # made above
    pass


class _Switched:
    """Has each side answer a block of requests and adds up what the process used of the CPU meanwhile.

    Blocks are so short that whatever else the machine does hits both alike. `GET /tally` tells their microseconds a
    request, by pairs, and begins anew.
    """

    def __init__(self, bare: Connexion, whole: Connexion) -> None:
        self._both = (bare, whole)
        self._turn = self._answered = self._began = 0
        self._used: list[list[float]] = [[], []]

    def add_view(self, view: dict[str, Any]) -> None:
        for each in self._both:
            each.add_view(view)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            for each in self._both:
                await each(scope, receive, send)
        elif scope["path"] == TALLY:
            body = json.dumps(list(zip(*self._used, strict=False))).encode()
            self._used = [[], []]
            headers = [(b"content-length", b"%d" % len(body))]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})
        else:
            if self._answered == BLOCK:
                self._switch()
            self._answered += 1
            await self._both[self._turn](scope, receive, send)

    def _switch(self) -> None:
        now = process_time_ns()
        if self._began:
            self._used[self._turn].append((now - self._began) / 1000 / BLOCK)
        # Which goes first takes turns too: what the machine gains or loses on the way is so for both.
        blocks = sum(map(len, self._used))
        turn = (blocks % 4) in (1, 2)
        if turn != self._turn:
            for each in _Connection.every:
                each.be((_BareConnection, _Connection)[turn])
        self._turn, self._answered, self._began = turn, 0, process_time_ns()


if __name__ == "__main__":
    smartcal_api.app.Connexion = build_both  # type: ignore[misc,assignment]  # by the name that `build` has
    smartcal_api.server.run.BoundedProtocol = _Connection  # type: ignore[misc]  # by the name that it has there
    main()
