"""Every name, status, media type and schema of the contract that code mentions, renamed or changed in turn."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from smartcal_api.api.needs import NEEDS
from smartcal_api.bookings import EVENT_STATUS
from smartcal_api.contract import Contract
from smartcal_api.contract.document import escape
from smartcal_api.contract.resources import SHOWN_BY
from tests.edits import SCHEMAS, Edit, put, rename

CHANGED = "zz_changed"


class Changed(NamedTuple):
    """An edit, and what shows on the wire where it is live."""

    name: str
    edits: tuple[Edit, ...]
    shows: str | None
    """Empty: nothing does, all is as it was. None: what no request here leads to."""


def every_edit(contract: Contract) -> list[Changed]:
    return [
        *_codes(contract),
        *_responses(contract),
        *_schemas(contract),
        *_members(contract),
        *_values(),
        *_identifiers(contract),
    ]


def _codes(contract: Contract) -> Iterator[Changed]:
    for code in contract.policy.problems:
        yield Changed(f"code {code}", (word(code, CHANGED), no_examples), CHANGED)
        yield Changed(f"status of {code}", (put(f"/x-problems/{code}/status", 418), no_examples), '"status":418')


def _responses(contract: Contract) -> Iterator[Changed]:
    for name in NEEDS:
        operation = contract.operations[name]
        at, response = f"{operation.pointer}/responses", operation.responses[operation.success]
        oauth = operation.path.startswith("/oauth/")
        for status in ("202", "203", "299"):
            if int(status) != operation.success:
                edit = rename(f"{at}/{operation.success}", status)
                yield Changed(f"{name} answers {status}", (edit,), None if oauth else f"{name} {status}")
        for key in response.media_types:
            for media_type in ("application/vnd.changed+json", "application/changed"):
                edit = rename(f"{response.pointer}/content/{escape(key)}", media_type)
                yield Changed(f"{name} in {media_type}", (edit,), None if oauth else f"{name} {media_type}")


def _schemas(contract: Contract) -> Iterator[Changed]:
    for name in contract.data["components"]["schemas"]:

        def edit(data: Any, name: str = name) -> None:
            rename(f"{SCHEMAS}/{name}", CHANGED)(data)
            _walk(data, lambda text: f"#{SCHEMAS}/{CHANGED}" if text == f"#{SCHEMAS}/{name}" else text)

        yield Changed(f"schema {name}", (edit,), "")


def _members(contract: Contract) -> Iterator[Changed]:
    """Members that code reads and writes: those of all that it makes or keeps."""
    kept = (*SHOWN_BY, "WebhookCreated", "WebhookCreate", "CancelBookingRequest", "Cancellation", "Problem")
    oauth = ("TokenRequest", "TokenResponse", "OAuthError", "ConsentForm")
    for schema in (*kept, "Pagination", "AuthorizationServerMetadata", *oauth):
        for member in contract.schema(schema).get("properties", {}):
            at = f"{SCHEMAS}/{schema}"

            def edit(data: Any, at: str = at, schema: str = schema, member: str = member) -> None:
                rename(f"{at}/properties/{member}", CHANGED)(data)
                stated = data["components"]["schemas"][schema]
                stated["required"] = [CHANGED if each == member else each for each in stated.get("required", [])]

            shown = None if schema in oauth else CHANGED
            yield Changed(f"{schema}.{member}", (edit, no_examples, _no_links), shown)


def _values() -> Iterator[Changed]:
    for value in {*EVENT_STATUS, *EVENT_STATUS.values(), "host", "booking", "event", "webhook", "calendar", "Bearer"}:
        yield Changed(f"value {value}", (_values_of(value), no_examples), CHANGED)


def _identifiers(contract: Contract) -> Iterator[Changed]:
    yield Changed("ids are shorter", (put("/x-ids/length", 10),), "")
    for kind in contract.policy.ids["prefixes"]:
        shown = None if kind in ("delivery", "sandbox", "webhook_event") else "zz_"
        yield Changed(f"ids of {kind}", (put(f"/x-ids/prefixes/{kind}", "zz_"),), shown)
    for secret in contract.policy.secrets:
        shown = "zz_" if secret in ("api_key", "webhook_secret") else None
        yield Changed(f"secret {secret}", (put(f"/x-secrets/{secret}", "zz_"),), shown)
    for name in (*NEEDS, *contract.data["webhooks"]):
        yield Changed(f"name {name}", (word(name, "zz.changed"),), "")


def no_examples(data: Any) -> None:
    if isinstance(data, dict):
        for name in ("example", "examples"):
            if name in data and "properties" not in data:
                data.pop(name)
    for inner in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        no_examples(inner)


def _no_links(data: Any) -> None:
    if isinstance(data, dict):
        data.pop("links", None)
    for inner in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        _no_links(inner)


def word(text: str, other: str) -> Edit:
    """Every value and name that is this word."""

    def edit(data: Any) -> None:
        changed = json.loads(json.dumps(data).replace(f'"{text}"', f'"{other}"'))
        data.clear()
        data.update(changed)

    return edit


def _values_of(value: str) -> Edit:
    """In every enum and const of a schema."""

    def edit(data: Any) -> None:
        if isinstance(data, dict):
            if data.get("const") == value:
                data["const"] = CHANGED
            if isinstance(data.get("enum"), list):
                data["enum"] = [CHANGED if each == value else each for each in data["enum"]]
            if isinstance(data.get("value"), list):  # of a filter
                data["value"] = [CHANGED if each == value else each for each in data["value"]]
        for inner in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
            edit(inner)

    return edit


def _walk(data: Any, change: Callable[[str], str]) -> None:
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        if isinstance(value, str):
            data[key] = change(value)
        elif isinstance(value, dict | list):
            _walk(value, change)
