"""A wait ends when its client has gone, and what it waited with is given back."""

import asyncio
from typing import Any

import pytest

from smartcal_api.contract import Contract
from smartcal_api.errors import Problem
from smartcal_api.http.attendance import attended
from smartcal_api.http.pause import pause
from tests.control.plane import JSON, open_plane
from tests.wire import request_scope

WAITS = {"journal": {"timeout_seconds": 600}, "deliveries": {"count": 1, "timeout_seconds": 600}}


class Client:
    """Sends these pieces of a body, and goes away when it is told to."""

    def __init__(self, *pieces: bytes, whole: bool = True) -> None:
        last = len(pieces) - 1
        self._sent = [
            {"type": "http.request", "body": each, "more_body": not whole or number < last}
            for number, each in enumerate(pieces)
        ]
        self.heard: list[Any] = []
        self.gone = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        if self._sent:
            return self._sent.pop(0)
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.heard.append(message)


@pytest.mark.parametrize("kind", WAITS)
def test_a_wait_of_the_control_plane_ends_when_its_client_has_gone(contract: Contract, kind: str) -> None:
    plane = open_plane(contract)

    async def wait() -> None:
        client = Client(str(WAITS[kind]).replace("'", '"').encode())
        scope = request_scope("POST", f"/_sandbox/sandboxes/default/{kind}/wait", media_type=JSON)
        task = asyncio.ensure_future(plane.front(scope, client.receive, client.send))
        while not client.heard and not task.done() and not waiting():
            await asyncio.sleep(0)
        assert not task.done(), client.heard
        client.gone.set()
        await task
        assert not waiting()

    def waiting() -> bool:
        sandbox = plane.sandbox("default")
        return any(not each.done() for each in (*sandbox.journal._waiting, *sandbox.outbox._watching))

    asyncio.run(wait())


def test_what_is_attended_to_gives_its_result_or_its_error_and_is_cancelled_where_nobody_waits() -> None:
    async def run() -> None:
        client = Client(b"{}")
        assert await attended(asyncio.sleep(0, "done"), client.receive) == "done"

        async def broken() -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await attended(broken(), client.receive)
        cleaned = asyncio.Event()

        async def endless() -> None:
            try:
                await asyncio.Future()
            finally:
                cleaned.set()

        client.gone.set()
        with pytest.raises(Problem, match="is stopping"):
            await attended(endless(), client.receive)
        assert cleaned.is_set()

    asyncio.run(run())


@pytest.mark.parametrize("client", [lambda: Client(b""), lambda: Client(b"a", whole=False), lambda: Client(b"a", b"b")])
def test_a_pause_ends_when_its_client_goes_whatever_of_a_body_has_come(client: Any) -> None:
    async def run() -> None:
        made = client()
        pausing = asyncio.ensure_future(pause(600, made.receive))
        await asyncio.sleep(0)
        made.gone.set()
        received = await pausing
        kinds = [(await received())["type"]]
        while kinds[-1] != "http.disconnect":
            kinds.append((await received())["type"])
        assert set(kinds[:-1]) == {"http.request"}, "what has come is kept"

    asyncio.run(run())
