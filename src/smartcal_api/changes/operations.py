"""Operations matched by the shape of their path and their method, and all that a pair of them says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from smartcal_api.changes.change import Audience
from smartcal_api.changes.containment import End
from smartcal_api.changes.messages import Members, Messages
from smartcal_api.changes.parameters import Parameters, declared
from smartcal_api.changes.responses import Responses
from smartcal_api.changes.side import METHODS, own
from smartcal_api.changes.wording import deprecation
from smartcal_api.contract.document import escape

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Placed:
    """An operation with the path item that it stands in, and their pointers."""

    path: str
    method: str
    stated: Any
    at: str
    item: Any
    item_at: str

    @property
    def title(self) -> str:
        return f"{self.method.upper()} {self.path}"


def operations(end: End, table: str = "paths") -> dict[Key, Placed]:
    """Every operation below `paths` or `webhooks`, by the shape of its path (names of parameters don't count)."""
    return dict(_placed(end, end.side.data.get(table), f"/{table}"))


def _placed(end: End, items: Any, at: str) -> Iterator[tuple[Key, Placed]]:
    for path, each in own(items).items():
        item, item_at = end.side.follow(each, f"{at}/{escape(path)}")
        if not isinstance(item, dict):
            continue
        methods = {name: (item[name], f"{item_at}/{name}") for name in item if name in METHODS}
        for name, stated in own(item.get("additionalOperations")).items():
            methods[name] = (stated, f"{item_at}/additionalOperations/{escape(name)}")
        for method, (stated, where) in methods.items():
            if isinstance(stated, dict):
                shape = re.sub(r"\{[^}]*\}", "{}", path)
                yield (shape, method), Placed(path, method, stated, where, item, item_at)


class Operations:
    """All operations of the two documents, what is called and what is delivered."""

    def __init__(self, messages: Messages, today: date) -> None:
        self._messages = messages
        self._changes = messages.changes
        self._today = today

    def compare(self) -> Iterator[tuple[Placed, Placed]]:
        """The pairs of what is called, each after it was compared."""
        pairs = operations(self._messages.old), operations(self._messages.new)
        for key in dict.fromkeys([*pairs[0], *pairs[1]]):
            before, after = pairs[0].get(key), pairs[1].get(key)
            if before and after:
                self._called(before, after)
                yield before, after
            elif before:
                self._gone(before)
            elif after:
                self._changes.add(
                    "operation-added", Audience.CALLERS, after.title, "", "a new operation", (None, after.at)
                )

    def deliveries(self) -> None:
        tables = [operations(end, "webhooks") for end in (self._messages.old, self._messages.new)]
        self._delivered(tables[0], tables[1])

    def _called(self, before: Placed, after: Placed) -> None:
        at, subject = (before.at, after.at), after.title
        stated = before.stated, after.stated
        names = [each.get("operationId") for each in stated]
        if names[0] != names[1]:
            text = f"operationId {names[0] or '(none)'} → {names[1] or '(none)'}"
            where = (f"{at[0]}/operationId", f"{at[1]}/operationId")
            self._changes.add("operation-id-changed", Audience.CALLERS, subject, "", text, where)
        self._lifetime(before, after)
        parameters = self._declared(before, after)
        Parameters(self._messages, subject, at, Audience.CALLERS).compare(*parameters)
        self._body(before, after)
        Responses(self._messages, subject, Audience.CALLERS).compare(
            (stated[0].get("responses"), f"{at[0]}/responses"), (stated[1].get("responses"), f"{at[1]}/responses")
        )
        self._callbacks(before, after)

    def _declared(self, before: Placed, after: Placed) -> tuple[Members, Members]:
        ends = self._messages.old, self._messages.new
        old, new = (
            declared(end, (each.item, each.item_at), (each.stated, each.at), each.path)
            for end, each in zip(ends, (before, after), strict=True)
        )
        return old, new

    def _gone(self, before: Placed) -> None:
        sunset = before.stated.get("x-sunset")
        over = isinstance(sunset, str) and sunset[:10] <= self._today.isoformat()
        rule = "operation-sunset" if over and before.stated.get("deprecated") is True else "operation-removed"
        text = f"the operation is gone{f', announced for {sunset}' if sunset else ''}"
        self._changes.add(rule, Audience.CALLERS, before.title, "", text, (before.at, None))

    def _lifetime(self, before: Placed, after: Placed) -> None:
        at = (before.at, after.at)
        deprecated = deprecation("operation", before.stated, after.stated)
        if deprecated:
            self._changes.add(deprecated[0], Audience.CALLERS, after.title, "", deprecated[1], at)
        days = before.stated.get("x-sunset"), after.stated.get("x-sunset")
        if days[1] and not days[0]:
            text = f"x-sunset {days[1]}"
            self._changes.add("sunset-announced", Audience.CALLERS, after.title, "", text, at)
        if days[0] and days[0] != days[1]:
            earlier = days[1] is not None and str(days[1]) < str(days[0])
            text = f"x-sunset {days[0]} → {days[1] or '(none)'}"
            rule = "sunset-earlier" if earlier else "sunset-later"
            self._changes.add(rule, Audience.CALLERS, after.title, "", text, at)

    def _body(self, before: Placed, after: Placed) -> None:
        subject, part, audience = after.title, "body", Audience.CALLERS
        old, old_at = self._messages.old.side.follow(before.stated.get("requestBody"), f"{before.at}/requestBody")
        new, new_at = self._messages.new.side.follow(after.stated.get("requestBody"), f"{after.at}/requestBody")
        if old is None and new is None:
            return
        if old is None or new is None:
            rule = "body-removed" if new is None else "body-required" if new.get("required") else "body-added"
            text = {"body-removed": "no body any more", "body-required": "a body is required now"}.get(rule, "a body")
            where = (before.at if old is None else old_at, after.at if new is None else new_at)
            self._changes.add(rule, audience, subject, part, text, where)
            return
        required = bool(old.get("required")), bool(new.get("required"))
        if required[0] != required[1]:
            rule = "body-optional" if required[0] else "body-required"
            text = "required → optional" if required[0] else "optional → required"
            self._changes.add(rule, audience, subject, part, text, (old_at, new_at))
        contents = old.get("content"), new.get("content")
        at = (f"{old_at}/content", f"{new_at}/content")
        self._messages.content(*contents, at, sent=False, audience=audience, subject=subject, part=part)

    def _callbacks(self, before: Placed, after: Placed) -> None:
        tables: list[dict[Key, Placed]] = []
        for end, each in ((self._messages.old, before), (self._messages.new, after)):
            found = {}
            for name, stated in own(each.stated.get("callbacks")).items():
                items, at = end.side.follow(stated, f"{each.at}/callbacks/{escape(name)}")
                for (shape, method), placed in _placed(end, items, at):
                    found[f"{name} {shape}", method] = placed
            tables.append(found)
        self._delivered(tables[0], tables[1])

    def _delivered(self, before: dict[Key, Placed], after: dict[Key, Placed]) -> None:
        """What the server sends: its parameters and body are promised, the receiver's replies are taken."""
        for key in dict.fromkeys([*before, *after]):
            old, new = before.get(key), after.get(key)
            if old and new:
                self._delivery(old, new)
            else:
                placed = old or new
                rule, text = ("delivery-removed", "no longer delivered") if old else ("delivery-added", "new")
                at = (old.at if old else None, new.at if new else None)
                self._changes.add(rule, Audience.RECEIVERS, placed.path if placed else "", "", text, at)

    def _delivery(self, old: Placed, new: Placed) -> None:
        subject, audience, at = new.path, Audience.RECEIVERS, (old.at, new.at)
        deprecated = deprecation("delivery", old.stated, new.stated)
        if deprecated:
            self._changes.add(deprecated[0], audience, subject, "", deprecated[1], at)
        names = old.stated.get("operationId"), new.stated.get("operationId")
        if names[0] != names[1]:
            text = f"operationId {names[0] or '(none)'} → {names[1] or '(none)'}"
            self._changes.add("delivery-id-changed", audience, subject, "", text, at)
        about = old.stated.get("x-about"), new.stated.get("x-about")
        if about[0] != about[1]:
            text = f"x-about {about[0] or '(none)'} → {about[1] or '(none)'}"
            self._changes.add("extension-changed", audience, subject, "x-about", text, at)
        credentials = old.stated.get("security"), new.stated.get("security")
        if credentials[0] != credentials[1]:
            where = (f"{at[0]}/security", f"{at[1]}/security")
            self._changes.add("delivery-credentials-changed", audience, subject, "", "other credentials", where)
        parameters = self._declared(old, new)
        for key in dict.fromkeys([*parameters[0], *parameters[1]]):
            before, after = parameters[0].get(key), parameters[1].get(key)
            named = (after or before or ({"in": "", "name": ""}, ""))[0]
            part = f"{named['in']} {named['name']}"
            self._messages.field(before, after, at, audience=audience, subject=subject, part=part)
        bodies = [
            end.side.follow(each.stated.get("requestBody"), f"{each.at}/requestBody")
            for end, each in ((self._messages.old, old), (self._messages.new, new))
        ]
        required = [bool((body or {}).get("required")) for body, _ in bodies]
        if required[0] != required[1] and all(body for body, _ in bodies):
            rule, text = "delivery-body-required", "optional → required"
            if required[0]:
                rule, text = "delivery-body-optional", "required → optional"
            self._changes.add(rule, audience, subject, "body", text, (bodies[0][1], bodies[1][1]))
        contents = [(body or {}).get("content") for body, _ in bodies]
        wheres = (f"{bodies[0][1]}/content", f"{bodies[1][1]}/content")
        self._messages.content(
            contents[0], contents[1], wheres, sent=True, audience=audience, subject=subject, part="body"
        )
        Responses(self._messages, subject, audience).replies(
            (old.stated.get("responses"), f"{old.at}/responses"), (new.stated.get("responses"), f"{new.at}/responses")
        )
