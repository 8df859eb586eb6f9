"""What a filter names, made sure of: one that can match nothing is refused, or a claim about it would always hold."""

import re
from collections.abc import Mapping
from http import HTTPMethod
from typing import Any, NamedTuple

from smartcal_api.contract import Contract, Operation
from smartcal_api.control.choices import (
    budget_of,
    chosen,
    methods_of,
    operation_named,
    operation_names,
    refusal,
)
from smartcal_api.errors import shortened
from smartcal_api.http.unknown_path import UnknownPaths
from smartcal_api.journal import Wanted, fingerprint
from smartcal_api.sandbox import Sandbox
from smartcal_api.store import Store
from smartcal_api.webhooks.log import DeliveryLog

_METHODS = tuple(each.value for each in HTTPMethod)


class Filter(NamedTuple):
    """What is wanted of the journal, and what there is to say of it beside what was found."""

    wanted: Wanted
    notes: list[str]


class Filters:
    """Those of one request: `at` is what its members stand behind, a slash in a body and nothing in a query."""

    def __init__(self, contract: Contract, sandbox: Sandbox, *, at: str) -> None:
        self._contract = contract
        self._sandbox = sandbox
        self._at = at

    def journal(self, asked: Mapping[str, Any]) -> Filter:
        """Raises 400 for whatever no request can ever have. A path may be one that an app makes up: it has a note."""
        contract, at, notes = self._contract, self._at, []
        given = {name: asked[name] for name in ("status", "request_id") if name in asked}
        if "operation" in asked:
            given["operation"] = chosen(
                asked["operation"], operation_names(contract), what="operation", at=f"{at}operation"
            )
        operation = operation_named(contract, given["operation"]) if "operation" in given else None
        if "method" in asked:
            given["method"] = chosen(
                asked["method"], [each.value for each in HTTPMethod], what="method", at=f"{at}method"
            )
            if operation is not None and given["method"] not in methods_of(contract, operation.id):
                raise refusal(f"{operation.id} is a {operation.method}: leave the method out.", f"{at}method")
        if "path" in asked:
            given["path"] = self._path(asked["path"], operation)
            notes += self._notes(given["path"])
        if "principal" in asked:
            given["budgets"] = self._budgets(asked["principal"])
        if "request_id" in asked:
            self._check_request_id(asked["request_id"])
        return Filter(Wanted(**given), notes)

    def event_type(self, asked: Mapping[str, Any]) -> str | None:
        """Of the contract's; or of an earlier one's, of which the log may still have events."""
        if "event_type" not in asked:
            return None
        name: str = asked["event_type"]
        known = [
            *self._contract.data["webhooks"],
            *_texts(self._sandbox.store, "SELECT DISTINCT type FROM webhook_events"),
        ]
        return chosen(name, known, what="event type", at=f"{self._at}event_type")

    def webhook(self, asked: Mapping[str, Any]) -> str | None:
        """A subscription that there is, or one that is gone and has deliveries."""
        if "webhook" not in asked:
            return None
        store = self._sandbox.store
        known = [each["id"] for each in DeliveryLog(store).subscriptions()]
        known += _texts(store, "SELECT DISTINCT webhook FROM deliveries")
        return chosen(asked["webhook"], dict.fromkeys(known), what="subscription", at=f"{self._at}webhook")

    def event(self, asked: Mapping[str, Any]) -> str | None:
        if "event" not in asked:
            return None
        if not self._sandbox.outbox.knows_event(asked["event"]):
            detail = f"This sandbox has told nobody of an event {shortened(asked['event'], 64)!r}: its ids begin with "
            raise refusal(f"{detail}{self._prefix('webhook_event')}, and deliveries have them.", f"{self._at}event")
        return str(asked["event"])

    def _path(self, path: str, operation: Operation | None) -> str:
        at, shown = f"{self._at}path", shortened(path, 64)
        if not path.startswith("/") or path.startswith("/~") or re.search("[?#]", path):
            such = next(iter(self._contract.data["paths"]))
            raise refusal(
                f"No path begins with {shown!r}: a path here is as the contract has it, such as {such}, without "
                "server, sandbox and query.",
                at,
            )
        if operation is not None and not _may_begin(operation.path, path):
            raise refusal(f"The path of {operation.id} is {operation.path}, which never begins with {shown!r}.", at)
        return path

    def _notes(self, path: str) -> list[str]:
        if any(_may_begin(each, path) for each in self._contract.data["paths"]):
            return []
        meant = UnknownPaths(self._contract.data["paths"], base=self._contract.base, served_at="", control="").meant(
            path
        )
        did = f" Did you mean {meant[0]}?" if meant is not None else ""
        return [f"No operation of the contract has a path that begins with {shortened(path, 64)!r}.{did}"]

    def _budgets(self, principal: str) -> frozenset[str]:
        """Of keys by what their fingerprint begins with, of a client by its id; of those in the journal, too."""
        sandbox, head = self._sandbox, principal.lower()
        if sandbox.oauth.clients.find(principal) is not None:
            return frozenset({f"client {principal}"})
        known = sandbox.journal.budgets() | {each.budget for each in sandbox.keys.principals()}
        known |= {each.fingerprint for each in sandbox.keys.records()}
        found = {each for each in known if fingerprint(each) == principal or each.startswith(head)}
        return frozenset(found) or frozenset({budget_of(sandbox, principal, at=f"{self._at}principal")})

    def _check_request_id(self, identifier: str) -> None:
        prefix = self._prefix("request")
        if not re.fullmatch(f"{re.escape(prefix)}[0-9A-Za-z]+", identifier):
            header = self._contract.policy.request_id_header
            detail = (
                f"{shortened(identifier, 64)!r} is not the id of a request. It begins with {prefix}; {header} has it."
            )
            raise refusal(detail, f"{self._at}request_id")

    def _prefix(self, kind: str) -> str:
        return str(self._contract.data["x-ids"]["prefixes"][kind])


def _may_begin(template: str, path: str) -> bool:
    """Whether a path of that template can begin so."""
    stated, given = template.split("/"), path.split("/")
    if len(given) > len(stated):
        return False
    *whole, last = zip(stated, given, strict=False)
    return all(a == b or ("{" in a and b) for a, b in whole) and ("{" in last[0] or last[0].startswith(last[1]))


def _texts(store: Store, query: str) -> list[str]:
    return [text.decode() for (text,) in store.query(query)]
