"""What a request carries beside its body: parameters by place and name, those of a path by their order."""

from typing import Any

from smartcal_api.changes.change import Audience
from smartcal_api.changes.containment import End
from smartcal_api.changes.messages import Members, Messages, schema_of
from smartcal_api.changes.wording import deprecation

_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
# Content negotiation and credentials are said elsewhere (OpenAPI, Parameter Object).
_SAID_ELSEWHERE = frozenset({"accept", "content-type", "authorization"})


def declared(end: End, item: tuple[Any, str], operation: tuple[Any, str], path: str) -> Members:
    """The parameters of an operation with those of its path item; the key is the place and the name, or its order."""
    order = [each.partition("}")[0] for each in path.split("{")[1:]]
    found: Members = {}
    for holder, at in (item, operation):
        for index, each in enumerate(holder.get("parameters", ())):
            stated, where = end.side.follow(each, f"{at}/parameters/{index}")
            if not isinstance(stated, dict) or not {"in", "name"} <= stated.keys():
                continue
            place, name = str(stated["in"]), str(stated["name"])
            if place == "header":
                name = name.lower()
                if name in _SAID_ELSEWHERE:
                    continue
            elif place == "path":
                name = str(order.index(name)) if name in order else name
            found[f"{place} {name}"] = (stated, where)
    return found


class Parameters:
    """Two sets of parameters of one operation, as a caller sends them."""

    def __init__(self, messages: Messages, subject: str, at: tuple[str, str], audience: Audience) -> None:
        self._messages = messages
        self._subject = subject
        self._at = at
        self._audience = audience

    def compare(self, old: Members, new: Members) -> None:
        for key in dict.fromkeys([*old, *new]):
            if key in old and key in new:
                self._both(old[key], new[key])
            elif key in old:
                stated, where = old[key]
                rule, text = "parameter-removed", "the parameter is gone"
                if "x-filter" in stated:
                    rule, text = "filter-changed", "the filter is gone"
                self._add(rule, stated, text, (where, self._at[1]))
            else:
                stated, where = new[key]
                required = stated.get("required") is True and stated["in"] != "path"
                text = "a new parameter, required" if required else "a new parameter, optional"
                rule = "parameter-required" if required else "parameter-added"
                self._add(rule, stated, text, (self._at[0], where))

    def _both(self, old: tuple[Any, str], new: tuple[Any, str]) -> None:
        (before, old_at), (after, new_at) = old, new
        at = (old_at, new_at)
        required = before.get("required") is True, after.get("required") is True
        if required[0] != required[1] and before["in"] != "path":
            rule = "parameter-optional" if required[0] else "parameter-required"
            self._add(rule, after, "required → optional" if required[0] else "optional → required", at)
        deprecated = deprecation("parameter", before, after)
        if deprecated:
            self._add(deprecated[0], after, deprecated[1], at)
        for text in _encodings(before, after):
            self._add("parameter-encoding", after, text, at)
        for flag in _WAYS:
            if after.get(flag) is True and before.get(flag) is not True:
                self._add("parameter-encoding-added", after, f"{flag} false → true", at)
        filters = before.get("x-filter"), after.get("x-filter")
        if _meaning(filters[0]) != _meaning(filters[1]):
            rule = "filter-changed" if filters[0] else "filter-added"
            places = tuple(f"{where}/x-filter" if stated else where for stated, where in zip(filters, at, strict=True))
            self._add(rule, after, f"filter {_filter(filters[0])} → {_filter(filters[1])}", (places[0], places[1]))
        part = _named(after)
        if "content" in before or "content" in after:
            contents = before.get("content") or {}, after.get("content") or {}
            wheres = (f"{old_at}/content", f"{new_at}/content")
            self._messages.content(
                *contents, wheres, sent=False, audience=self._audience, subject=self._subject, part=part
            )
        else:
            schemas = schema_of(*old), schema_of(*new)
            self._messages.schema(*schemas, sent=False, audience=self._audience, subject=self._subject, part=part)

    def _add(self, rule: str, stated: Any, text: str, at: tuple[str, str]) -> None:
        self._messages.changes.add(rule, self._audience, self._subject, _named(stated), text, at)


_WAYS = ("allowReserved", "allowEmptyValue")
"""Flags that allow a value to be written in another way, too."""


def _encodings(before: Any, after: Any) -> list[str]:
    """`style`, `explode` and `allowReserved`, where they make a difference to how a value is written."""
    found = []
    styles = [stated.get("style", _STYLES.get(stated["in"])) for stated in (before, after)]
    if styles[0] != styles[1]:
        found.append(f"style {styles[0]} → {styles[1]}")
    exploded = [stated.get("explode", style == "form") for stated, style in zip((before, after), styles, strict=True)]
    if exploded[0] != exploded[1]:
        found.append(f"explode {str(exploded[0]).lower()} → {str(exploded[1]).lower()}")
    for flag in _WAYS:
        if before.get(flag) is True and after.get(flag) is not True:
            found.append(f"{flag} true → false")
    if ("content" in before) != ("content" in after):
        found.append("a schema → content" if "content" in after else "content → a schema")
    return found


def _meaning(stated: Any) -> Any:
    return {k: v for k, v in stated.items() if not k.startswith("x-")} if isinstance(stated, dict) else stated


def _filter(stated: Any) -> str:
    if not isinstance(stated, dict):
        return "(none)"
    return f"{stated.get('comparison')} {stated.get('field')}"


def _named(stated: Any) -> str:
    return f"{stated['in']} {stated['name']}"
