"""Things that happen on demand (laws SBX 2, BOOK, HOOK 2)."""

from smartcal_api.control.control import Control, ControlHandler
from smartcal_api.control.staging import OWNERS, Stage, events_document
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange


def handlers(control: Control) -> dict[str, ControlHandler]:
    stage = Stage(control)

    def trigger_event(exchange: Exchange) -> Answer:
        given = exchange.parameters
        with stage.open() as staging:
            happened = staging.trigger(
                exchange.sandbox, given["event_type"], exchange.body, owner=OWNERS[given["owner"]]
            )
        return json_answer(200, {"events": events_document(happened)})

    return {"triggerEvent": trigger_event}
