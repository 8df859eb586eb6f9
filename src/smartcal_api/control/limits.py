"""The rate limits of a sandbox: scaled, switched off, used up, or refusing what comes next."""

from typing import Any

from smartcal_api.clock import NANOSECONDS
from smartcal_api.control.choices import budget_of, chosen
from smartcal_api.control.control import PREFIX, Control, ControlHandler
from smartcal_api.errors import Problem
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.journal import fingerprint


def handlers(_: Control) -> dict[str, ControlHandler]:
    """All answer with the limits as they are then."""

    def get_limits(exchange: Exchange) -> Answer:
        return _answer(exchange)

    def change_limits(exchange: Exchange) -> Answer:
        limits = exchange.sandbox.limits
        limits.enabled = exchange.body.get("enabled", limits.enabled)
        limits.rescale(exchange.body.get("scale", limits.scale))
        return _answer(exchange)

    def exhaust_limits(exchange: Exchange) -> Answer:
        sandbox, wanted = exchange.sandbox, exchange.body or {}
        if not sandbox.limits.enabled:
            raise Problem(
                "limits_off",
                "The limits of this sandbox are off, so that nothing is ever used up. Switch them on: "
                f'PATCH {PREFIX}/sandboxes/{sandbox.name}/limits {{"enabled": true}}.',
            )
        windows = {each.name: each for each in sandbox.limits.windows}
        name = wanted.get("window", next(iter(windows)))
        window = windows[chosen(name, windows, what="window", at="/window")]
        sandbox.limits.exhaust(window, exchange.now, budget=_budget(exchange))
        return _answer(exchange)

    def refuse_requests(exchange: Exchange) -> Answer:
        exchange.sandbox.limits.refuse(exchange.body["next"], budget=_budget(exchange))
        return _answer(exchange)

    return {
        "getLimits": get_limits,
        "changeLimits": change_limits,
        "exhaustLimits": exhaust_limits,
        "refuseRequests": refuse_requests,
    }


def _budget(exchange: Exchange) -> str | None:
    credential = (exchange.body or {}).get("credential")
    return None if credential is None else budget_of(exchange.sandbox, credential)


def _answer(exchange: Exchange) -> Answer:
    limits = exchange.sandbox.limits
    document: dict[str, Any] = {
        "enabled": limits.enabled,
        "scale": limits.scale,
        "windows": [
            {"name": each.name, "limit": each.limit, "window_seconds": each.nanoseconds // NANOSECONDS}
            for each in limits.windows
        ],
        "refusals": [
            {"next": number, "credential": None if budget is None else fingerprint(budget)}
            for budget, number in limits.refusals.items()
        ],
    }
    return json_answer(200, document)
