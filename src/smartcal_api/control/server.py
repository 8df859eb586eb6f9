"""The server as a whole, and the documents that it serves."""

from smartcal_api.control.control import Control, ControlHandler
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange


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

    return {
        "getHealth": get_health,
        "getServedContract": get_served_contract,
        "getControlDescription": get_control_description,
    }
