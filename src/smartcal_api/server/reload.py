"""Serves a contract as soon as it is saved; a broken one is told of, and the last good one stays."""

import asyncio
import logging
from pathlib import Path

from smartcal_api.app import Front, Options, prepare
from smartcal_api.contract import Contract
from smartcal_api.errors import SmartCalError
from smartcal_api.sandbox.registry import Registry
from smartcal_api.server.application import open_application, settle

_SECONDS = 0.2
_log = logging.getLogger("smartcal")


async def reload_on_save(front: Front, registry: Registry, options: Options, *, draft: bool) -> None:
    """Looks at the file five times a second: right for editors that write in place and for those that rename."""
    path = front.application.contract.document.path
    seen = _stamp(path)
    while True:
        await asyncio.sleep(_SECONDS)
        stamp = _stamp(path)
        if stamp in (None, seen):
            continue
        seen = stamp
        try:
            await _take_up(path, front, registry, options, draft=draft)
        except SmartCalError as error:
            _log.error("%s\nthe contract was not taken up; the last good one is still served", error)
        except Exception:
            # A defect of ours must not end the watching: the next save may well be fine.
            _log.exception("the contract was not taken up; the last good one is still served")


async def _take_up(path: Path, front: Front, registry: Registry, options: Options, *, draft: bool) -> None:
    before = front.application.contract
    contract = Contract.read(path, draft=draft)
    if contract.document.sha256 == before.document.sha256:
        return
    registry.adopt(contract)
    try:
        application = open_application(contract, registry, options)
        await prepare(application.asgi)
    except BaseException:
        registry.adopt(before)
        raise
    front.application = application
    settle(replaces=True)
    mocked = ", ".join(operation.id for operation in application.mocked)
    _log.warning("serving %s %s%s", path, contract.version, f"; mocked: {mocked}" if mocked else "")


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is saved; None while there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
