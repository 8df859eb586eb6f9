"""What an edited contract makes of a stored document, which stays as it was (law SRC 5)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from smartcal_api.contract import Contract
from smartcal_api.contract.document import escape
from smartcal_api.contract.named import MemberPath
from smartcal_api.errors import shortened
from smartcal_api.mock import ValueGenerator, repair
from smartcal_api.sandbox.subscriptions import COLLECTION as WEBHOOK
from smartcal_api.store import Edit

Document = dict[str, Any]
_MOST = 300  # characters of a reason


class View(NamedTuple):
    """A document as it is seen, the very same where nothing had to change; and (pointer, what was done) of the rest."""

    document: Document
    done: list[tuple[str, str]]


class Views:
    """Those of one collection; a function of the document, the contract and the seed. Raises `Unsatisfiable`."""

    def __init__(
        self, collection: str, contract: Contract, generator: ValueGenerator, edit: Edit, renamed: Mapping[str, str]
    ) -> None:
        self._collection = collection
        self._schema = contract.resource(collection)
        self._validator = contract.schemas.at(contract.resource_pointer(collection))
        self._event_types = frozenset(contract.data.get("webhooks", {}))
        self._generator = generator
        self._edit = edit
        self._renamed = renamed

    def of(self, document: Document) -> View:
        done: list[tuple[str, str]] = []
        seen = document
        for path, old in self._edit.was.items():
            before, seen = seen, _carried(seen, path, old)
            if seen is not before:
                done.append((_pointer(path), f"carried over from {old}"))
        if self._renamed:
            seen = replaced(seen, self._renamed)
        for path in self._edit.gone:
            before, seen = seen, Edit((path,)).seen(seen)
            if seen is not before:
                done.append((_pointer(path), "left out"))
        if self._collection == WEBHOOK:
            before, seen = seen, self._subscribed(seen)
            if seen is not before:
                done.append(("/events", "disabled" if before["active"] and not seen["active"] else "left out"))
        if not self._validator.is_valid(seen):
            repaired = repair(
                seen,
                validator=self._validator,
                schema=self._schema,
                generator=self._generator,
                salt=f"{self._collection} {seen.get('id')}",
            )
            seen = repaired.document
            done += [(pointer, "filled in") for pointer in repaired.filled]
            done += [(pointer, "made anew") for pointer in repaired.remade]
        if seen.get("id") != document.get("id"):
            done.append(("/id", "made anew"))
        return View(seen, list(dict.fromkeys(done)))

    def _subscribed(self, webhook: Document) -> Document:
        """A subscription to what there is of its event types; where nothing is left, it is disabled and says so."""
        types = webhook.get("events")
        if not isinstance(types, list) or all(each in self._event_types for each in types):
            return webhook
        left = [each for each in types if each in self._event_types]
        if left:
            return {**webhook, "events": left}
        if not webhook.get("active"):
            return webhook
        gone = ", ".join(map(str, types))
        reason = shortened(f"The contract has no event type {gone} any more; it is active again when it has.", _MOST)
        return {**webhook, "active": False, "disabled_reason": reason}


def replaced(value: Any, renamed: Mapping[str, str]) -> Any:
    """The value with every renamed id in it under its new name; the same one where there is none."""
    if isinstance(value, dict):
        members = {name: replaced(member, renamed) for name, member in value.items()}
        return members if any(members[name] is not value[name] for name in value) else value
    if isinstance(value, list):
        items = [replaced(item, renamed) for item in value]
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    return renamed.get(value, value) if isinstance(value, str) else value


def _carried(value: Any, path: MemberPath, old: str) -> Any:
    """The value with what it has under a member's old name under its new one."""
    name, *below = path
    if name == "*" and isinstance(value, list):
        items = [_carried(item, tuple(below), old) for item in value]
        return items if any(new is not former for new, former in zip(items, value, strict=True)) else value
    if not isinstance(value, dict):
        return value
    if below:
        member = _carried(value.get(name), tuple(below), old)
        return value if member is value.get(name) else {**value, name: member}
    if name in value or old not in value:
        return value
    return {name if each == old else each: member for each, member in value.items()}


def _pointer(path: MemberPath) -> str:
    return "".join("/" + escape(name) for name in path)
