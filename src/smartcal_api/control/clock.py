"""The clock of a sandbox: read, moved forward, stopped, let run (law SBX 4)."""

import asyncio
from typing import Any

from smartcal_api.clock import format_rfc3339, parse_rfc3339
from smartcal_api.control.control import Control, ControlHandler
from smartcal_api.control.moments import moment, nanoseconds
from smartcal_api.errors import Problem
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.sandbox import Sandbox

_LAST = parse_rfc3339("9998-12-31T23:59:59Z")


def handlers(control: Control) -> dict[str, ControlHandler]:
    """Those that move the clock wait until all that falls due on the way is done."""
    default_patience: float = control.description.schema("Patience")["default"]

    def get_clock(exchange: Exchange) -> Answer:
        return json_answer(200, clock_document(exchange.sandbox))

    async def set_clock(exchange: Exchange) -> Answer:
        now = exchange.sandbox.clock.now()
        target = moment(exchange.body["now"], now)
        if target < now:
            raise Problem(
                "clock_backwards",
                f"The clock stands at {format_rfc3339(now)} and only moves forward. Restore a snapshot, or reset the "
                "sandbox, to go back.",
            )
        return await _advance(exchange, target)

    async def advance_clock(exchange: Exchange) -> Answer:
        return await _advance(exchange, exchange.sandbox.clock.now() + nanoseconds(exchange.body["by"]))

    async def _advance(exchange: Exchange, target: int) -> Answer:
        sandbox = exchange.sandbox
        if target > _LAST:
            raise Problem("invalid_body", f"The clock ends at {format_rfc3339(_LAST)}. Move it by less.")
        patience = exchange.body.get("timeout_seconds", default_patience)
        try:
            async with asyncio.timeout(patience):
                await sandbox.advance(target)
        except TimeoutError:
            raise Problem(
                "timed_out",
                f"What falls due on the way took longer than {patience} s; the clock stands at "
                f"{format_rfc3339(sandbox.clock.now())}. Advance it again to go on, or give a larger timeout_seconds.",
            ) from None
        return json_answer(200, clock_document(sandbox))

    def freeze_clock(exchange: Exchange) -> Answer:
        exchange.sandbox.clock.freeze()
        return json_answer(200, clock_document(exchange.sandbox))

    def resume_clock(exchange: Exchange) -> Answer:
        exchange.sandbox.clock.resume()
        exchange.sandbox.outbox.wake()
        return json_answer(200, clock_document(exchange.sandbox))

    return {
        "getClock": get_clock,
        "setClock": set_clock,
        "advanceClock": advance_clock,
        "freezeClock": freeze_clock,
        "resumeClock": resume_clock,
    }


def clock_document(sandbox: Sandbox) -> dict[str, Any]:
    return {"now": format_rfc3339(sandbox.clock.now()), "frozen": sandbox.clock.frozen}
