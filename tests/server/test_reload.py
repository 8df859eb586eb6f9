"""Law GUARD 3: a save is taken up while requests are answered, those to the very data that it touches among them."""

import asyncio
from pathlib import Path

import pytest

from smartcal_api.app import Options
from smartcal_api.contract import Contract
from smartcal_api.server.reload import reload_on_save
from tests.control.held import Held
from tests.control.plane import open_plane
from tests.edits import Edit, write
from tests.sandbox.reopening import no_examples
from tests.sandbox.test_undoing import EDITS
from tests.wire import request_scope


async def _answered(asked: "asyncio.Future[None]") -> bool:
    for _ in range(30):
        await asyncio.sleep(0)
    return asked.done()


def test_guard_3_a_save_is_taken_up_while_requests_are_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They wait while data are copied, and while what was worked out on the copy is put in their place."""
    threads = Held()
    monkeypatch.setattr("smartcal_api.background.Thread", threads.thread)
    monkeypatch.setattr("smartcal_api.server.reload._SECONDS", 0)
    file = write(tmp_path / "contract.yaml", no_examples)
    plane = open_plane(Contract.read(file))
    key = plane.world.key("read")
    statuses: list[int] = []

    async def ask() -> None:
        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, object]) -> None:
            if "status" in message:
                statuses.append(int(str(message["status"])))

        await plane.front(request_scope("GET", "/api/v1/events", key=key), receive, send)  # type: ignore[arg-type]

    async def test() -> list[list[bool]]:
        watching = asyncio.ensure_future(reload_on_save(plane.front, plane.registry, Options(), draft=False))
        await asyncio.sleep(0)
        waited = [await save(*EDITS["a required member"]), await save()]
        watching.cancel()
        return waited

    async def save(*edits: Edit) -> list[bool]:
        before, waited = plane.front.application, []
        write(file, no_examples, *edits)
        async with asyncio.timeout(60):
            while plane.front.application is before:
                if threads:
                    asked = asyncio.ensure_future(ask())
                    waited.append(not await _answered(asked))
                    threads.let_go()
                    await asked
                await asyncio.sleep(0)
        return waited

    # It is read, compiled, copied, worked out, and adopted.
    assert asyncio.run(test()) == [[False, False, True, False, True]] * 2
    assert statuses == [200] * 10, "whoever has waited is answered by the contract that the data fit then"
    assert len(plane.world.sandbox.journal) == 10
