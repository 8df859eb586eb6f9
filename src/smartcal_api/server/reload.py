"""Serves a contract as soon as it is saved; a broken one is told of, and the last good one stays."""

import asyncio
import logging
import stat
from collections.abc import Coroutine
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic_ns, time_ns
from typing import Any

from smartcal_api.api.own import OwnHandlers, read_handlers
from smartcal_api.api.unmockable import read_servable
from smartcal_api.app import Application, Front, Options, build, prepare
from smartcal_api.clock import NANOSECONDS
from smartcal_api.contract import Contract
from smartcal_api.control import Stale
from smartcal_api.errors import SmartCalError
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.adaptation import Adaptation, Ahead, is_adapted
from smartcal_api.sandbox.registry import Registry
from smartcal_api.server.application import fit, foresee, settle, sweep
from smartcal_api.server.banner import told

_SECONDS = 0.2
# A file that is written in place has come to rest when so many looks find it the same: fewer where it can be read.
_RESTING, _BROKEN = 1, 3
# What was replaced is swept out when nobody has asked for anything for so long, or when there is a lot of it.
_QUIET_SECONDS, _MANY = 1, 16
# Of the data of a sandbox: a copy of more would take too much memory, and requests to that sandbox wait instead.
_MOST_BYTES = 256 * 1024 * 1024
_TOLD = 8  # changes
_Stamps = list[tuple[int, int, int]]
_Files = tuple[Path, ...]
_log = logging.getLogger("smartcal")


def reload_on_save(front: Front, registry: Registry, options: Options, *, draft: bool) -> Coroutine[Any, Any, None]:
    """Looks at the file five times a second: right for editors that write in place and for those that rename.

    What is saved from this call on is taken up, also before the first look.
    """
    files = front.application.contract.document.files
    return _watch(files, _stamps(_watched(files, options)), front, registry, options, draft=draft)


def _watched(files: _Files, options: Options) -> _Files:
    return files if options.own is None else (*files, options.own.path)


async def _watch(
    files: _Files, seen: _Stamps | None, front: Front, registry: Registry, options: Options, *, draft: bool
) -> None:
    replaced = 0
    while True:
        await asyncio.sleep(_SECONDS)
        if replaced and (_is_quiet(registry) or replaced >= _MANY):
            sweep()
            replaced = 0
        watched = _watched(files, options)
        stamps = _stamps(watched)
        if stamps is None or stamps == seen:
            continue
        if _is_in_place(stamps, seen) and not await _rests(watched, stamps, _RESTING):
            continue
        try:
            renewed, taken = await _take_up(files, stamps, front, registry, options, draft=draft)
        except Exception as error:
            if await _rests(watched, stamps, _BROKEN):
                seen = stamps
                front.stale = _told(error, front.stale)
        else:
            if taken is not None:
                options, replaced, seen = renewed, replaced + taken, stamps
                front.stale = None


async def _rests(files: _Files, stamps: _Stamps, looks: int) -> bool:
    """Whether an editor has come to its end, as far as so many more looks can tell."""
    for _ in range(looks):
        await asyncio.sleep(_SECONDS)
        if _stamps(files) != stamps:
            return False
    return True


def _is_in_place(stamps: _Stamps, seen: _Stamps | None) -> bool:
    """Whether a file that was there before has been written to; one that takes its place is whole from the start."""
    return seen is None or any(new != old and new[2] == old[2] for new, old in zip(stamps, seen, strict=True))


def _told(error: Exception, before: Stale | None) -> Stale:
    """A defect of ours must not end the watching: the next save may well be fine."""
    kept = "the contract was not taken up; the last good one is still served"
    if isinstance(error, SmartCalError):
        _log.error("%s\n%s", error, kept)
    else:
        _log.error(kept, exc_info=error)
    found = str(error).splitlines() if isinstance(error, SmartCalError) else ["a defect of this server; its log has it"]
    return Stale(before.since if before else time_ns(), found)


async def _take_up(
    files: _Files, stamps: _Stamps, front: Front, registry: Registry, options: Options, *, draft: bool
) -> tuple[Options, bool | None]:
    """With the handlers as they are now; and whether something else is served, None where something was written to
    while it was read. Others are answered meanwhile (law GUARD 3)."""
    before, run = front.application, registry.background.run
    contract = await run(partial(read_servable, files[0], draft=draft, regular=True, overlays=files[1:]))
    former = options.own
    if former is not None:
        options = replace(options, own=await run(partial(read_handlers, former.path)))
    if _stamps(_watched(files, options)) != stamps:
        return options, None
    if contract.document.sha256 == before.contract.document.sha256 and _same(former, options.own):
        return options, False
    application, said = await run(partial(_build, contract, registry, options, before.contract))
    ahead = {each: await _look_ahead(each, contract, registry) for each in [*registry]}
    held: list[Sandbox] = []
    changes: list[Adaptation] = []
    try:
        # The largest first: requests to a sandbox wait from when its turn has come until all have been adapted.
        while waiting := [each for each in registry if each not in held]:
            sandbox = max(waiting, key=lambda each: 0 if each.store.turn.taken else each.store.size())
            await sandbox.store.turn.take()
            held.append(sandbox)
            if registry.get(sandbox.name) is sandbox:
                made = await run(partial(_adopt, sandbox, application, ahead.pop(sandbox, None)))
                changes += made if sandbox is registry.default else []
        front.application = application
    except Exception:
        for sandbox in held:
            await run(partial(_adopt, sandbox, before))
            sandbox.store.turn.give_back()
        raise
    for sandbox in held:
        sandbox.store.turn.give_back()
    settle()
    for line in told(application, (*application.unfit.values(), *application.remarks, *application.idle)):
        _log.warning("%s", line)
    _log.warning("serving %s %s%s", files[0], contract.version, _words(application, changes))
    for line in said:
        _log.warning("%s", line)
    return options, True


def _differences(before: Contract, after: Contract) -> list[str]:
    """It is served, whatever happens here. What compares is read when the first save wants it."""
    from smartcal_api.server.differences import differences

    if before.document.sha256 == after.document.sha256:
        return []
    try:
        return differences(before.document, after.document)
    except Exception as error:
        _log.error("what this save changes can't be said", exc_info=error)
        return []


def _same(one: OwnHandlers | None, other: OwnHandlers | None) -> bool:
    return (one and one.sha256) == (other and other.sha256)


def _words(application: Application, changes: list[Adaptation]) -> str:
    """What a save has done: to operations, and to what is seen of the data of the default sandbox."""
    mocked = ", ".join(operation.id for operation in application.mocked)
    told = [f"; mocked: {mocked}"] if mocked else []
    if changes:
        told.append(f"; seen of stored data, which stay as they were: {', '.join(map(str, changes[:_TOLD]))}")
        told.append(f" and {len(changes) - _TOLD} more changes" if len(changes) > _TOLD else "")
    return "".join(told)


async def _look_ahead(sandbox: Sandbox, contract: Contract, registry: Registry) -> Ahead | None:
    """What the contract makes of a sandbox's data, while requests to it are answered; None where nothing is to do."""
    store, run = sandbox.store, registry.background.run
    await store.turn.take()
    try:
        if is_adapted(store, contract) or store.size() > _MOST_BYTES:
            return None
        image = await run(store.image)
    finally:
        store.turn.give_back()
    return await run(partial(foresee, image, contract, now=sandbox.clock.now(), seed=sandbox.seed))


def _build(contract: Contract, registry: Registry, options: Options, before: Contract) -> tuple[Application, list[str]]:
    """And what it changes for those who rely on the contract."""
    application = build(contract, registry, options)
    asyncio.run(prepare(application.asgi))
    return application, _differences(before, contract)


def _adopt(sandbox: Sandbox, application: Application, ahead: Ahead | None = None) -> list[Adaptation]:
    sandbox.adopt(application.contract)
    changes = fit(sandbox, application, ahead)
    if ahead is not None:
        ahead.forget()
    return changes


def _is_quiet(registry: Registry) -> bool:
    return monotonic_ns() - max(each.touched for each in registry) > _QUIET_SECONDS * NANOSECONDS


def _stamps(files: _Files) -> _Stamps | None:
    """What changes when one is saved; None while one is missing, or isn't a file."""
    try:
        found = [path.stat() for path in files]
    except OSError:
        return None
    if not all(stat.S_ISREG(each.st_mode) for each in found):
        return None
    return [(each.st_mtime_ns, each.st_size, each.st_ino) for each in found]
