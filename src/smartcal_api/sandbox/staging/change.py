"""One change of an account's resources, all of it or nothing, and the events that it leads to."""

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

import orjson

from smartcal_api.clock import format_rfc3339
from smartcal_api.sandbox.sandbox import Sandbox
from smartcal_api.sandbox.staging.refusal import Absent, Conflicting
from smartcal_api.sandbox.subscriptions import COLLECTION as WEBHOOK
from smartcal_api.seeding.people import Person

Document = dict[str, Any]
MAIN, OTHER = 1, 2
_ACCOUNT = "Account"


class Happened(NamedTuple):
    """An event that was recorded; its id is None where no subscription hears of it."""

    type: str
    id: str | None
    data: Mapping[str, Any]


class Change:
    """Belongs in a transaction of the store. What is drawn here is a function of (seed, number of the change).

    It stands before the outbox as a `Recorder` of `webhooks.emission`; a `quiet` change tells nobody.
    """

    def __init__(self, sandbox: Sandbox, *, owner: int, now: int, quiet: bool = False) -> None:
        self.sandbox, self.store, self.owner, self.now = sandbox, sandbox.store, owner, now
        self.at = format_rfc3339(now)
        self.salt = f"{sandbox.seed} {self.store.serial('change')}"
        self.rng = Random(f"staging {self.salt}")
        self.happened: list[Happened] = []
        self.collections: set[str] = set()
        """Of what was put."""
        self._quiet = quiet

    def record(self, event_type: str, data: Mapping[str, Any], *, owner: int, now: int) -> None:
        if not self._quiet:
            identifier = self.sandbox.outbox.record(event_type, data, owner=owner, now=now)
            self.happened.append(Happened(event_type, identifier, data))

    def find(self, collection: str, identifier: object) -> Document | None:
        """A resource of this account, None where it has none of that id."""
        text = self.store.get(collection, str(identifier), owner=self.owner)
        return None if text is None else orjson.loads(text)

    def named(self, collection: str, identifier: object) -> Document:
        """The resource of that id; raises `Absent`."""
        found = self.find(collection, identifier) if isinstance(identifier, str) else None
        if found is None:
            account = "main" if self.owner == MAIN else "other"
            raise Absent(f"The {account} account has no {collection} of the id {str(identifier)[:64]!r}.")
        return found

    def free(self, collection: str, identifier: str) -> None:
        """Raises `Conflicting` where somebody has a resource of that id."""
        owner = self.store.owner_of(collection, identifier)
        if owner is not None:
            whose = "this account" if owner == self.owner else "the other account"
            raise Conflicting(f"There is a {collection} of the id {identifier!r} already: {whose} has it.")

    def select(self, collection: str, where: str, *parameters: object, order: Sequence[str] = ()) -> Document | None:
        """The first of the account's resources for which a condition holds, of SQL with members in braces."""
        found = self.some(collection, where, *parameters, order=order, most=1)
        return found[0] if found else None

    def some(self, collection: str, where: str, *parameters: object, order: Sequence[str], most: int) -> list[Document]:
        """As many as there are of the account's resources for which a condition holds, up to `most`."""
        shape = self.store.collections[collection]
        condition = re.sub(r"\{(\w+)\}", lambda match: shape.expression(match[1]), where)
        sorting = ", ".join(map(shape.expression, order)) or "rowid"
        found = self.store.query(
            f"SELECT document FROM {shape.table} WHERE owner = ? AND {condition} ORDER BY {sorting} LIMIT {most}",
            (self.owner, *parameters),
        )
        return [orjson.loads(text) for (text,) in found]

    def put(self, collection: str, document: Document, *, identifier: str | None = None) -> None:
        self.store.put(collection, document, owner=self.owner, identifier=identifier)
        self.collections.add(collection)

    def delete(self, collection: str, identifier: str) -> None:
        self.store.delete(collection, identifier, owner=self.owner)
        if collection == WEBHOOK:
            self.store.query("DELETE FROM webhook_secrets WHERE webhook = ?", (identifier,))
            self.sandbox.outbox.cancel(identifier)

    def account(self) -> Document:
        """The account itself, with a name and an address of nobody's where it has none."""
        nobody = {"name": "Nobody", "email": "nobody@example.com", "timezone": "UTC"}
        return {**nobody, **(self.select(_ACCOUNT, "1") or {})}

    def host(self) -> Person:
        """The account's owner, as whoever is booked."""
        account = self.account()
        name = account["name"]
        return Person(name.split(" ")[0], name, account["email"], "", account["timezone"], None)

    def calendar(self, source: str) -> str:
        """The id of the account's calendar at a service: that of its events there, or a new one."""
        found = self.select("Event", "{source} = ?", source)
        return self.sandbox.mint("calendar") if found is None else found["calendar_id"]
