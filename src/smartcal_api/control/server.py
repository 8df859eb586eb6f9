"""The server as a whole, and the documents that it serves."""

from smartcal_api.control.control import Control, ControlHandler
from smartcal_api.errors import Problem
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange

PROBES = ("getLiveness", "getReadiness")
METRICS = "getMetrics"


def handlers(control: Control) -> dict[str, ControlHandler]:
    """What can be asked without naming a sandbox."""

    def get_health(_: Exchange) -> Answer:
        stale = control.stale()
        return json_answer(200, {"status": "ok", **({"stale": stale.as_json()} if stale else {})})

    def get_served_contract(exchange: Exchange) -> Answer:
        server = {"url": exchange.root, "description": "This server."}
        stale = control.stale()
        marked = {"x-stale": stale.as_json()} if stale else {}
        return json_answer(200, {**control.contract.data, "servers": [server], **marked})

    def get_control_description(exchange: Exchange) -> Answer:
        server = {"url": exchange.root, "description": "This server."}
        return json_answer(200, {**control.description.data, "servers": [server]})

    def get_liveness(_: Exchange) -> Answer:
        return json_answer(200, {"status": "ok"})

    def get_readiness(_: Exchange) -> Answer:
        if control.registry.draining:
            raise Problem("unavailable", "This server is draining: it takes no new sandboxes.")
        return json_answer(200, {"status": "ok"})

    def drain(exchange: Exchange) -> Answer:
        control.registry.draining = exchange.scope["method"] == "POST"
        return json_answer(200, {"draining": control.registry.draining, "sandboxes": len(control.registry)})

    async def get_metrics(_: Exchange) -> Answer:
        try:
            from smartcal_api.control.metrics import MEDIA_TYPE, exposition
        except ModuleNotFoundError:
            raise Problem(
                "not_implemented", "This needs prometheus-client: pip install 'smartcal-api[metrics]'."
            ) from None
        return Answer(200, exposition(control.registry), media_type=MEDIA_TYPE)

    return {
        "getHealth": get_health,
        "getLiveness": get_liveness,
        "getReadiness": get_readiness,
        "startDraining": drain,
        "stopDraining": drain,
        METRICS: get_metrics,
        "getServedContract": get_served_contract,
        "getControlDescription": get_control_description,
    }
