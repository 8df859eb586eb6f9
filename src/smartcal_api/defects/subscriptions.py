"""HOOK: subscriptions that tell their secret, and events that go to others than those who subscribed."""

import itertools
from typing import Any

import orjson

from smartcal_api.clock import NANOSECONDS
from smartcal_api.defects.defect import Defect, defect
from smartcal_api.defects.message import Answered, Asked
from smartcal_api.defects.subject import Subject
from smartcal_api.errors import Problem
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.served import Handler


@defect("HOOK 1", "The list of webhooks has their secrets.")
def list_tells_the_secret(subject: Subject) -> None:
    store = subject.sandbox.store

    def spoil(asked: Asked, answer: Answered) -> None:
        if asked.get(subject.path("listWebhooks")) and answer.status == 200:
            secrets = {name.decode(): secret.decode() for name, secret in store.query("SELECT * FROM webhook_secrets")}
            body = answer.json
            answer.json = body | {"data": [item | {"secret": secrets[item["id"]]} for item in body["data"]]}

    subject.answered(spoil)


@defect("HOOK 1", "The secrets of webhooks are numbers that are counted up.", decided=True)
def secrets_are_counted(subject: Subject) -> None:
    numbers = itertools.count(1)

    def spoil(asked: Asked, answer: Answered) -> None:
        if asked.path == subject.path("createWebhook") and answer.status == 201:
            made = answer.json
            prefix = subject.contract.policy.secrets["webhook_secret"]
            answer.json = made | {"secret": f"{prefix}{next(numbers):032d}"}

    subject.answered(spoil)


@defect("HOOK 1", "A webhook that was deleted is still listed.")
def deleted_webhook_is_listed(subject: Subject) -> None:
    def handler(right: Handler, exchange: Exchange) -> Answer:
        store, identifier = exchange.sandbox.store, exchange.identifier
        found = store.get("Webhook", identifier, owner=exchange.owner)
        answer = right(exchange)
        if found is not None:
            store.put("Webhook", orjson.loads(found) | {"active": False}, owner=exchange.owner)
        return answer

    subject.handled("deleteWebhook", handler)


@defect("HOOK 2", "Every subscription is told of everything, whatever types it names.")
def everybody_is_told_everything(subject: Subject) -> None:
    store, outbox = subject.sandbox.store, subject.sandbox.outbox
    table = store.collections["Webhook"].table

    def matching(_: Any, event_type: str, owner: int) -> Any:
        return store.query(
            f"SELECT id, json_extract(document, '$.url') FROM {table} WHERE owner = ? AND ? <> '' "
            "AND json_extract(document, '$.active') ORDER BY rowid",
            (owner, event_type),
        )

    subject.replaced(outbox, "_matching", matching)


@defect("HOOK 2", "An event is told to the newest of several subscriptions alone.")
def newest_alone_is_told(subject: Subject) -> None:
    subject.replaced(subject.sandbox.outbox, "_matching", lambda right, *asked: right(*asked)[-1:])


@defect("HOOK 2", "Webhooks of one account are told of the other's events, too.")
def other_account_is_told(subject: Subject) -> None:
    def matching(right: Any, event_type: str, owner: int) -> Any:
        return [*right(event_type, owner), *right(event_type, 3 - owner)]

    subject.replaced(subject.sandbox.outbox, "_matching", matching)


@defect("HOOK 2", "A cancellation is told with the booking as it was before.", decided=True)
def told_as_it_was(subject: Subject) -> None:
    def record(right: Any, event_type: str, data: Any, **rest: Any) -> None:
        before = {"status": "confirmed", "cancellation": None} if event_type == "booking.cancelled" else {}
        right(event_type, {**data, **before}, **rest)

    subject.replaced(subject.sandbox.outbox, "record", record)


@defect("HOOK 3", "A webhook's URL may carry a user's name and password.", decided=True)
def url_with_a_password(subject: Subject) -> None:
    def handler(right: Handler, exchange: Exchange) -> Answer:
        scheme, _, rest = exchange.body["url"].partition("://")
        exchange.body = exchange.body | {"url": f"{scheme}://{rest.rpartition('@')[2]}"}
        return right(exchange)

    subject.handled("createWebhook", handler)


@defect("HOOK 3", "An account may have one webhook more than the contract says.", decided=True)
def one_webhook_too_many(subject: Subject) -> None:
    def handler(right: Handler, exchange: Exchange) -> Answer:
        store = exchange.sandbox.store
        spared = list(store.all("Webhook"))[:1]
        try:
            return right(exchange)
        except Problem as problem:
            if problem.code != "webhook_limit_reached" or not spared:
                raise
            first = orjson.loads(spared[0][1])
            store.delete("Webhook", first["id"], owner=exchange.owner)
            answer = right(exchange)
            store.put("Webhook", first, owner=exchange.owner)
            return answer

    subject.handled("createWebhook", handler)


@defect("HOOK 4", "Synced calendars are told under the type of another event.")
def sync_is_called_something_else(subject: Subject) -> None:
    def record(right: Any, event_type: str, data: Any, **rest: Any) -> None:
        right("event.updated" if event_type == "calendar.synced" else event_type, data, **rest)

    subject.replaced(subject.sandbox.outbox, "record", record)


@defect("HOOK 5", "A webhook is in the list for three seconds, and then no more.")
def webhook_is_listed_for_a_while(subject: Subject) -> None:
    clock, made = subject.sandbox.clock, dict[str, Any]()

    def spoil(asked: Asked, answer: Answered) -> None:
        if asked.path == subject.path("createWebhook") and answer.status == 201:
            made[answer.json["id"]] = clock.now()
        if asked.get(subject.path("listWebhooks")) and answer.status == 200:
            gone = {each for each, at in made.items() if clock.now() - at >= 3 * NANOSECONDS}
            body = answer.json
            answer.json = body | {"data": [each for each in body["data"] if each["id"] not in gone]}

    subject.answered(spoil)


DEFECTS: tuple[Defect, ...] = (
    list_tells_the_secret,
    secrets_are_counted,
    deleted_webhook_is_listed,
    everybody_is_told_everything,
    newest_alone_is_told,
    other_account_is_told,
    told_as_it_was,
    url_with_a_password,
    one_webhook_too_many,
    sync_is_called_something_else,
    webhook_is_listed_for_a_while,
)
