"""Law GUARD 3: a save is taken up while requests are answered, those to the very data that it touches among them."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from smartcal_api.api.own import read_handlers
from smartcal_api.app import Application, Options
from smartcal_api.contract import Contract
from smartcal_api.server.differences import differences
from smartcal_api.server.reload import reload_on_save
from tests.api.teams import TEAMS, with_teams
from tests.control.held import Held
from tests.control.plane import open_plane
from tests.edits import Edit, put, write
from tests.sandbox.reopening import no_examples
from tests.sandbox.test_undoing import EDITS
from tests.wire import World, request_scope


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


def test_a_save_is_told_in_the_words_of_diff(tmp_path: Path) -> None:
    """What breaks or is risky by itself, of what else there is the number; nothing of a save that changes nothing."""
    first = Contract.read(write(tmp_path / "first.yaml")).document
    edits = put("/components/schemas/PageSize/maximum", 50), put("/x-resource-limits/webhooks", 50)
    second = Contract.read(write(tmp_path / "second.yaml", *edits)).document
    assert differences(first, second) == [
        "against what was served before: 1 breaking, 0 risky, 1 compatible",
        "  breaking: GET /api/v1/events  query per_page: maximum 100 → 50",
    ]
    assert differences(first, first) == []


def test_src_5_a_resource_that_is_designed_under_reload_keeps_its_data_and_its_handlers_are_taken_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smartcal_api.server.reload._SECONDS", 0)
    file, own = write(tmp_path / "contract.yaml", no_examples), tmp_path / "own.py"
    own.write_text("def getTeam(request):\n    return None\n", encoding="utf-8")
    plane = open_plane(Contract.read(file))
    world = plane.world
    key = world.key("read", "write")

    async def save(*edits: Edit) -> World:
        before = plane.front.application
        write(file, no_examples, *edits)
        return await taken_up(before)

    async def taken_up(before: Application) -> World:
        async with asyncio.timeout(60):
            while plane.front.application is before:
                await asyncio.sleep(0)
        return world._replace(application=plane.front.application, contract=plane.front.application.contract)

    async def test() -> None:
        watching = asyncio.ensure_future(reload_on_save(plane.front, plane.registry, Options(own=None), draft=False))
        await asyncio.sleep(0)
        teams = await save(*with_teams())
        made = await asyncio.to_thread(teams.post, TEAMS, {"name": "Blue", "password": "b"}, key=key)
        motto = put("/components/schemas/Team/properties/motto", {"type": "string", "default": "on"})
        edited = await save(*with_teams(), motto)
        seen = await asyncio.to_thread(edited.get, f"{TEAMS}/{made.json['id']}", key=key)
        assert {**made.json, **seen.json} == seen.json
        again = await save(*with_teams())
        listed = await asyncio.to_thread(again.get, TEAMS, key=key)
        assert made.json in listed.json
        watching.cancel()

        watching = asyncio.ensure_future(
            reload_on_save(plane.front, plane.registry, Options(own=read_handlers(own)), draft=False)
        )
        await asyncio.sleep(0)
        before = plane.front.application
        own.write_text(
            "def getTeam(request):\n    team = request.resources('Team').get(request.path['team_id'])\n"
            "    return {**team, 'name': 'Own'}\n",
            encoding="utf-8",
        )
        served = await taken_up(before)
        mine = await asyncio.to_thread(served.get, f"{TEAMS}/{made.json['id']}", key=key)
        assert mine.json == made.json | {"name": "Own"}
        watching.cancel()

    asyncio.run(test())


def test_guard_3_a_body_that_arrives_while_a_save_is_put_in_is_judged_by_the_new_contract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the request is counted and kept once."""
    monkeypatch.setattr("smartcal_api.server.reload._SECONDS", 0)
    file = write(tmp_path / "contract.yaml", no_examples)
    plane = open_plane(Contract.read(file))
    key, sandbox = plane.world.key("webhooks"), plane.world.sandbox
    body = b'{"url": "https://a.example.com/", "events": ["event.created"], "colour": "red"}'

    async def test() -> list[Any]:
        watching = asyncio.ensure_future(reload_on_save(plane.front, plane.registry, Options(), draft=False))
        arrived, sent = asyncio.Event(), list[Any]()

        async def receive() -> dict[str, object]:
            await arrived.wait()
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        scope = request_scope("POST", "/api/v1/webhooks", key=key, body=body, media_type="application/json")
        asked = asyncio.ensure_future(plane.front(scope, receive, send))  # type: ignore[arg-type]
        before = plane.front.application
        write(file, no_examples, put("/components/schemas/WebhookCreate/properties/colour", {"const": "red"}))
        async with asyncio.timeout(60):
            while plane.front.application is before:
                await asyncio.sleep(0)
        arrived.set()
        await asked
        watching.cancel()
        return sent

    used = len(sandbox.journal)
    start, *_ = asyncio.run(test())
    assert start["status"] == 201, "the member is one of the new contract's"
    assert len(sandbox.journal) == used + 1
