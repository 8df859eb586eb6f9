"""Serves a contract as soon as it is saved; a broken one is told of, and the last good one stays."""

import asyncio
import logging
import stat
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from time import monotonic_ns
from typing import Any

from smartcal_api.api.unmockable import read_servable
from smartcal_api.app import Application, Front, Options, build, prepare
from smartcal_api.clock import NANOSECONDS
from smartcal_api.contract import Contract
from smartcal_api.errors import SmartCalError
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.registry import Registry
from smartcal_api.server.application import fit, settle, sweep

_SECONDS = 0.2
# What was replaced is swept out when nobody has asked for anything for so long, or when there is a lot of it.
_QUIET_SECONDS, _MANY = 1, 16
_Stamps = list[tuple[int, int, int]]
_Files = tuple[Path, ...]
_log = logging.getLogger("smartcal")


def reload_on_save(front: Front, registry: Registry, options: Options, *, draft: bool) -> Coroutine[Any, Any, None]:
    """Looks at the file five times a second: right for editors that write in place and for those that rename.

    What is saved from this call on is taken up, also before the first look.
    """
    files = front.application.contract.document.files
    return _watch(files, _stamps(files), front, registry, options, draft=draft)


async def _watch(
    files: _Files, seen: _Stamps | None, front: Front, registry: Registry, options: Options, *, draft: bool
) -> None:
    replaced = 0
    while True:
        await asyncio.sleep(_SECONDS)
        if replaced and (_is_quiet(registry) or replaced >= _MANY):
            sweep()
            replaced = 0
        stamps = _stamps(files)
        if stamps in (None, seen):
            continue
        seen = stamps
        try:
            replaced += await _take_up(files, front, registry, options, draft=draft)
        except SmartCalError as error:
            _log.error("%s\nthe contract was not taken up; the last good one is still served", error)
        except Exception:
            # A defect of ours must not end the watching: the next save may well be fine.
            _log.exception("the contract was not taken up; the last good one is still served")


async def _take_up(files: _Files, front: Front, registry: Registry, options: Options, *, draft: bool) -> bool:
    """Whether another contract is served now. Others are answered meanwhile (law GUARD 3)."""
    before, run = front.application, registry.background.run
    contract = await run(partial(read_servable, files[0], draft=draft, regular=True, overlays=files[1:]))
    if contract.document.sha256 == before.contract.document.sha256:
        return False
    application = await run(partial(_build, contract, registry, options))
    held: list[Sandbox] = []
    try:
        # The largest first: requests to a sandbox wait from when its turn has come until all have been adapted.
        while waiting := [each for each in registry if each not in held]:
            sandbox = max(waiting, key=lambda each: 0 if each.store.turn.taken else each.store.size())
            await sandbox.store.turn.take()
            held.append(sandbox)
            if registry.get(sandbox.name) is sandbox:
                await run(partial(_adopt, sandbox, application))
        front.application = application
    except Exception:
        for sandbox in held:
            await run(partial(sandbox.adopt, before.contract))
            sandbox.store.turn.give_back()
        raise
    for sandbox in held:
        sandbox.store.turn.give_back()
    settle()
    mocked = ", ".join(operation.id for operation in application.mocked)
    _log.warning("serving %s %s%s", files[0], contract.version, f"; mocked: {mocked}" if mocked else "")
    return True


def _build(contract: Contract, registry: Registry, options: Options) -> Application:
    application = build(contract, registry, options)
    asyncio.run(prepare(application.asgi))
    return application


def _adopt(sandbox: Sandbox, application: Application) -> None:
    sandbox.adopt(application.contract)
    fit(sandbox, application)


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
