"""Snapshots: saved, restored, compared, carried away; and sandboxes that begin anew or go separate ways (law SBX 3)."""

from typing import Any

import orjson

from smartcal_api.clock import NANOSECONDS, format_rfc3339
from smartcal_api.control.control import PREFIX, Control, ControlHandler
from smartcal_api.control.journal import documents_of
from smartcal_api.control.sandboxes import created_answer, sandbox_document
from smartcal_api.errors import Problem, UsageError, hint
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.journal import Wanted
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.creation import NameTaken
from smartcal_api.sandbox.difference import Resource, difference
from smartcal_api.sandbox.image import Image
from smartcal_api.sandbox.room import NoRoom
from smartcal_api.sandbox.snapshots import JOURNAL, Snapshot, packed

BUNDLE = "application/vnd.sqlite3"


def handlers(control: Control) -> dict[str, ControlHandler]:
    """What can be large is copied, restored and compared beside the loop."""
    ttl: float = control.description.schema("IdleSeconds")["default"]
    creator, background = control.creator, control.registry.background

    async def list_snapshots(exchange: Exchange) -> Answer:
        snapshots = exchange.sandbox.snapshots
        return await background.run(lambda: json_answer(200, {"data": [_document(each) for each in snapshots]}))

    async def save_snapshot(exchange: Exchange) -> Answer:
        sandbox, wanted = exchange.sandbox, (exchange.body or {}).get("name")

        def save(image: Image) -> str:
            name: str = wanted or sandbox.snapshots.fresh_name()
            try:
                if sandbox.store.path is None:
                    former = sandbox.snapshots.size_of(name)
                    control.registry.check_room(snapshots=not former, size=len(image.database) - former)
                sandbox.snapshots.save(name, image)
            except NoRoom as error:
                raise Problem("no_room", str(error)) from None
            except UsageError as error:
                raise _foreign(name, error) from None
            return name

        name = await creator.copy(sandbox, save)
        location = f"{exchange.root}{PREFIX}/sandboxes/{sandbox.name}/snapshots/{name}"
        return json_answer(201, _document(_look(sandbox, name)), headers={"Location": location})

    def get_snapshot(exchange: Exchange) -> Answer:
        return json_answer(200, _document(_look(exchange.sandbox, exchange.parameters["snapshot"])))

    def delete_snapshot(exchange: Exchange) -> Answer:
        name = exchange.parameters["snapshot"]
        try:
            deleted = exchange.sandbox.snapshots.delete(name)
        except UsageError as error:
            raise _foreign(name, error) from None
        if not deleted:
            raise _missing(exchange.sandbox, name)
        return Answer(204)

    async def restore_snapshot(exchange: Exchange) -> Answer:
        sandbox, name = exchange.sandbox, exchange.parameters["snapshot"]
        image = await image_of(sandbox, name)
        try:
            await creator.restore(sandbox, image)
        except UsageError as error:
            raise _unreadable(name, error) from None
        return json_answer(200, sandbox_document(sandbox, exchange.root))

    async def reset_sandbox(exchange: Exchange) -> Answer:
        await creator.reset(exchange.sandbox)
        return json_answer(200, sandbox_document(exchange.sandbox, exchange.root))

    async def fork_sandbox(exchange: Exchange) -> Answer:
        control.registry.reap()
        body = {"ttl_seconds": ttl} | (exchange.body or {})
        seconds = body["ttl_seconds"]
        try:
            created = await creator.fork(
                await image_of(exchange.sandbox, body.get("snapshot")),
                name=body.get("name"),
                ttl=None if seconds is None else int(seconds * NANOSECONDS),
            )
        except NoRoom as error:
            raise Problem("no_room", str(error)) from None
        except NameTaken:
            raise Problem(
                "name_taken",
                f"There is a sandbox {body['name']!r} already. Give another name, or none for a fresh one.",
            ) from None
        return created_answer(created, control, exchange)

    async def diff_snapshots(exchange: Exchange) -> Answer:
        sides = [exchange.parameters["from"], exchange.parameters.get("to")]
        before, after = [await image_of(exchange.sandbox, name) for name in sides]

        def compared() -> Answer:
            found = difference(before.database, after.database)
            document = {
                "added": [_resource(each) for each in found.added],
                "changed": [_resource(each) | {"members": members} for each, members in found.changed],
                "removed": [_resource(each) for each in found.removed],
            }
            return json_answer(200, document)

        return await control.answer(exchange, compared)

    async def get_bundle(exchange: Exchange) -> Answer:
        image = await image_of(exchange.sandbox, exchange.parameters.get("snapshot"))
        documents, entries = documents_of(control, exchange), exchange.sandbox.journal.find(Wanted(), 1)

        def bundled() -> Answer:
            journal = orjson.dumps([documents.document(each) for each in entries])
            return Answer(200, packed(image, {JOURNAL: journal.decode()}), media_type=BUNDLE)

        return await control.answer(exchange, bundled)

    async def image_of(sandbox: Sandbox, name: str | None) -> Image:
        """The snapshot of that name, or the sandbox as it is now."""
        if name is None:
            return await creator.copy(sandbox, lambda image: image)
        return await background.run(lambda: _find(sandbox, name))

    return {
        "listSnapshots": list_snapshots,
        "saveSnapshot": save_snapshot,
        "getSnapshot": get_snapshot,
        "deleteSnapshot": delete_snapshot,
        "restoreSnapshot": restore_snapshot,
        "resetSandbox": reset_sandbox,
        "forkSandbox": fork_sandbox,
        "diffSnapshots": diff_snapshots,
        "getBundle": get_bundle,
    }


def _document(snapshot: Snapshot) -> dict[str, Any]:
    clock = {"now": format_rfc3339(snapshot.now), "frozen": snapshot.frozen}
    return {"name": snapshot.name, "clock": clock, "bytes": snapshot.size}


def _resource(resource: Resource) -> dict[str, Any]:
    return resource._asdict()


def _look(sandbox: Sandbox, name: str) -> Snapshot:
    try:
        found = sandbox.snapshots.look(name)
    except UsageError as error:
        raise _unreadable(name, error) from None
    if found is None:
        raise _missing(sandbox, name)
    return found


def _find(sandbox: Sandbox, name: str) -> Image:
    try:
        found = sandbox.snapshots.find(name)
    except UsageError as error:
        raise _unreadable(name, error) from None
    if found is None:
        raise _missing(sandbox, name)
    return found


def _missing(sandbox: Sandbox, name: str) -> Problem:
    path = f"{PREFIX}/sandboxes/{sandbox.name}/snapshots"
    there = [each.name for each in sandbox.snapshots]
    return Problem("not_found", f"This sandbox has no snapshot {name!r}; {hint(name, there)} GET {path} lists them.")


def _foreign(name: str, error: UsageError) -> Problem:
    return Problem(
        "unreadable_snapshot", f"There is a file where the snapshot {name!r} is kept. {error} Take another name."
    )


def _unreadable(name: str, error: UsageError) -> Problem:
    return Problem(
        "unreadable_snapshot",
        f"The snapshot {name!r} can't be used: {error} Delete it, or save it under its name again.",
    )
