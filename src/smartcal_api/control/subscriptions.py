"""Webhook subscriptions as a sandbox sees them: with their health, and with a secret of one's own."""

from smartcal_api.control.choices import refusal
from smartcal_api.control.control import Control, ControlHandler
from smartcal_api.errors import Invalid, Problem, hint, shortened
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.sandbox.subscriptions import COLLECTION, subscribe, unsubscribe, url_fault
from smartcal_api.webhooks.log import DeliveryLog
from smartcal_api.webhooks.signing import fresh_secret


def handlers(control: Control) -> dict[str, ControlHandler]:
    """The product makes subscriptions, too; it takes no secret, and tells nobody how they fare."""

    def list_subscriptions(exchange: Exchange) -> Answer:
        return json_answer(200, {"data": DeliveryLog(exchange.sandbox.store).subscriptions()})

    def add_subscription(exchange: Exchange) -> Answer:
        body, sandbox = exchange.body, exchange.sandbox
        fault = url_fault(body["url"], control.receivers)
        types = tuple(control.contract.data["webhooks"])
        for index, name in enumerate(body.get("events", ())):
            if name not in types:
                detail = f"There is no event type {shortened(name, 64)!r}; {hint(name, types)}"
                raise refusal(detail, f"/events/{index}")
        if fault is not None:
            raise Problem("invalid_body", f"The subscription {fault}", errors=[Invalid(fault, pointer="/")])
        secret = body.get("secret") or fresh_secret(
            control.contract.policy.secrets["webhook_secret"], control.contract.policy.webhook_signature.key
        )
        account = body.get("account", 1)
        made = subscribe(
            sandbox, body["url"], body.get("events", types), secret=secret, owner=account, now=exchange.now
        )
        return json_answer(201, {**made, "account": account, "secret": secret})

    def delete_subscription(exchange: Exchange) -> Answer:
        sandbox, identifier = exchange.sandbox, exchange.parameters["webhook"]
        owner = sandbox.store.owner_of(COLLECTION, identifier)
        if owner is None or not unsubscribe(sandbox, identifier, owner=owner):
            raise Problem("not_found", f"This sandbox has no subscription {shortened(identifier, 64)!r}.")
        return Answer(204)

    return {
        "listSubscriptions": list_subscriptions,
        "addSubscription": add_subscription,
        "deleteSubscription": delete_subscription,
    }
