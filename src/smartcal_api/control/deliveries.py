"""Deliveries of a sandbox: listed, looked into, sent again, waited for, spoilt on demand (laws DELV)."""

import asyncio
from typing import Any

from smartcal_api.clock import NANOSECONDS
from smartcal_api.control.control import Control, ControlHandler
from smartcal_api.control.filters import Filters
from smartcal_api.control.moments import nanoseconds
from smartcal_api.errors import Problem, shortened
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.webhooks.log import DeliveryLog
from smartcal_api.webhooks.misbehaviour import Misbehaviour


def handlers(control: Control) -> dict[str, ControlHandler]:
    """Each looks at the log; two of them make something happen."""
    default_patience: float = control.description.schema("Patience")["default"]

    def list_deliveries(exchange: Exchange) -> Answer:
        log, wanted = DeliveryLog(exchange.sandbox.store), dict(exchange.parameters)
        limit = wanted.pop("limit")
        filters = Filters(control.contract, exchange.sandbox, at="")
        named = {
            "state": wanted.get("state"),
            "webhook": filters.webhook(wanted),
            "event_type": filters.event_type(wanted),
            "event": filters.event(wanted),
        }
        return json_answer(200, {"data": log.deliveries(limit=limit, **named), "counts": log.counts()})

    def get_delivery(exchange: Exchange) -> Answer:
        identifier = exchange.parameters["delivery"]
        found = DeliveryLog(exchange.sandbox.store).delivery(identifier)
        if found is None:
            raise _missing(identifier)
        return json_answer(200, found)

    def redeliver(exchange: Exchange) -> Answer:
        """Of an event, to whoever names its type now; of a delivery, the same one again."""
        identifier, sandbox = exchange.parameters["delivery"], exchange.sandbox
        log, outbox = DeliveryLog(sandbox.store), sandbox.outbox
        if outbox.knows_event(identifier):
            if not outbox.deliver_event(identifier, now=exchange.now):
                raise Problem("not_deliverable", "No active subscription names this event's type; make one first.")
            return json_answer(200, {"data": log.deliveries(event=identifier)})
        found = log.delivery(identifier)
        if found is None:
            raise _missing(identifier)
        if not outbox.redeliver(identifier, now=exchange.now):
            raise Problem(
                "not_deliverable",
                f"This delivery is {found['state']}: it is on its way already, or its subscription, whose secret signs "
                "it, is gone. Redeliver its event to send that to the subscriptions of today.",
            )
        return json_answer(200, {"data": [log.delivery(identifier)]})

    async def wait_for_deliveries(exchange: Exchange) -> Answer:
        body, sandbox = exchange.body or {}, exchange.sandbox
        kind, count = Filters(control.contract, sandbox, at="/").event_type(body), body.get("count")
        log = DeliveryLog(sandbox.store)
        patience = body.get("timeout_seconds", default_patience)

        def done() -> bool:
            if count is not None:
                return log.counts(event_type=kind).get("delivered", 0) >= int(count)
            return not log.unsettled(sandbox.clock.now(), event_type=kind)

        try:
            async with asyncio.timeout(patience):
                while not done():
                    await sandbox.outbox.changed()
                    await sandbox.store.turn.free()
        except TimeoutError:
            await sandbox.store.turn.free()
            raise Problem(
                "timed_out",
                f"After {patience} s the deliveries stand like this: {log.counts(event_type=kind) or 'none'}."
                + _unheard(log, kind),
            ) from None
        return json_answer(200, {"data": log.deliveries(event_type=kind), "counts": log.counts(event_type=kind)})

    def list_misbehaviours(exchange: Exchange) -> Answer:
        return json_answer(200, {"data": _documents(exchange)})

    def add_misbehaviour(exchange: Exchange) -> Answer:
        body, filters = dict(exchange.body), Filters(control.contract, exchange.sandbox, at="/")
        named = {"webhook": filters.webhook(body), "event_type": filters.event_type(body)}
        body |= {name: value for name, value in named.items() if value is not None}
        if "by" in body:
            body["by"] = nanoseconds(body["by"])
        exchange.sandbox.outbox.misbehaviours.plan(Misbehaviour(**body))
        return json_answer(201, {"data": _documents(exchange)})

    def clear_misbehaviours(exchange: Exchange) -> Answer:
        exchange.sandbox.outbox.misbehaviours.clear()
        return Answer(204)

    return {
        "listDeliveries": list_deliveries,
        "getDelivery": get_delivery,
        "redeliver": redeliver,
        "waitForDeliveries": wait_for_deliveries,
        "listMisbehaviours": list_misbehaviours,
        "addMisbehaviour": add_misbehaviour,
        "clearMisbehaviours": clear_misbehaviours,
    }


def _documents(exchange: Exchange) -> list[dict[str, Any]]:
    return [
        {
            "kind": each.kind,
            "count": each.count,
            "webhook": each.webhook,
            "event_type": each.event_type,
            "by": each.by / NANOSECONDS,
        }
        for each in exchange.sandbox.outbox.misbehaviours.planned()
    ]


def _unheard(log: DeliveryLog, event_type: str | None) -> str:
    """What there is to say where nobody would have been told."""
    active = [each for each in log.subscriptions() if each["active"]]
    if any(event_type is None or event_type in each["events"] for each in active):
        return ""
    return f" No active subscription names {event_type}." if event_type else " There is no active subscription."


def _missing(identifier: str) -> Problem:
    return Problem(
        "not_found",
        f"This sandbox has no delivery {shortened(identifier, 64)!r}. GET its deliveries to see those that there are.",
    )
