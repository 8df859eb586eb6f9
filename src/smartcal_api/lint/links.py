"""Links and callbacks: what they name is there, and their expressions lead somewhere."""

import re
from collections.abc import Iterator
from typing import Any

from smartcal_api.contract.check_kinds import closest, shown
from smartcal_api.contract.document import escape, unescape
from smartcal_api.contract.media_type import is_json
from smartcal_api.lint.found import Found
from smartcal_api.lint.index import Index
from smartcal_api.lint.members import Members, types_of

# Link Object, "Runtime Expressions".
_EXPRESSION = re.compile(
    r"^\$(?:url|method|statusCode"
    r"|(?:request|response)\.(?:header\.[!#$%&'*+.^_`|~0-9A-Za-z-]+|query\..+|path\..+|body(?:#(?:/.*)?)?))\Z"
)
_EMBEDDED = re.compile(r"\{(\$[^{}]*)\}")


def links(index: Index) -> Iterator[Found]:
    operations = {
        value["operationId"]: at for at, value in index.all("operation") if isinstance(value.get("operationId"), str)
    }
    members = Members(index)
    for at, response in index.all("response"):
        stated = response.get("links")
        for name, each in stated.items() if isinstance(stated, dict) else ():
            link, where = index.follow(each, f"{at}/links/{escape(name)}")
            if isinstance(link, dict):
                yield from _link(index, link, where, operations)
                yield from _bodies(index, members, link, where, response, at)
    for at, callback in index.all("callback"):
        for expression in callback:
            if not expression.startswith("x-"):
                found = _EMBEDDED.findall(expression) or ([expression] if expression.startswith("$") else [])
                for each in found:
                    yield from _expression(f"{at}/{escape(expression)}", each)


def _link(index: Index, link: dict[str, Any], at: str, operations: dict[str, str]) -> Iterator[Found]:
    name, reference = link.get("operationId"), link.get("operationRef")
    target = operations.get(name) if isinstance(name, str) else None
    if isinstance(name, str) and target is None:
        meant = closest(name, tuple(operations)) or "; name one that is there"
        yield Found("link/operation", f"{at}/operationId", f"{name} is not an operation of this document{meant}")
    if isinstance(name, str) and isinstance(reference, str):
        yield Found("example/both", f"{at}/operationRef", "stands beside operationId, which excludes it; leave one out")
    if name is None and reference is None:
        yield Found("structure/missing-member", at, "is missing operationId, which a link needs; add it")
    if isinstance(reference, str) and reference.startswith("#/"):
        target = _resolved(index, reference)
        if target is None:
            yield Found("link/operation", f"{at}/operationRef", f"{reference!r} leads to no operation; correct it")
    stated = link.get("parameters")
    taken = _taken(index, target) if target else None
    for each, value in stated.items() if isinstance(stated, dict) else ():
        where = f"{at}/parameters/{escape(each)}"
        if taken is not None and each not in taken and each.partition(".")[2] not in taken:
            meant = closest(each, tuple(taken)) or "; leave it out"
            yield Found("link/parameter", where, f"{each} is not a parameter of {name or reference}{meant}")
        if isinstance(value, str):
            for inner in _EMBEDDED.findall(value) or ([value] if value.startswith("$") else []):
                yield from _expression(where, inner)
    if isinstance(link.get("requestBody"), str) and link["requestBody"].startswith("$"):
        yield from _expression(f"{at}/requestBody", link["requestBody"])


def _expression(at: str, text: str) -> Iterator[Found]:
    if not _EXPRESSION.match(text):
        said = f"{shown(text)} is not a runtime expression; write one such as $response.body#/id"
        yield Found("link/expression", at, said)


def _bodies(
    index: Index, members: Members, link: dict[str, Any], at: str, response: dict[str, Any], answer: str
) -> Iterator[Found]:
    """Pointers into the body of the response, and its headers."""
    stated = link.get("parameters")
    for each, value in stated.items() if isinstance(stated, dict) else ():
        if not isinstance(value, str):
            continue
        where = f"{at}/parameters/{escape(each)}"
        if value.startswith("$response.header."):
            name = value.removeprefix("$response.header.").lower()
            headers = response.get("headers")
            if name not in [key.lower() for key in headers or ()]:
                yield Found(
                    "link/nowhere", where, f"{value} leads nowhere: the response has no such header; correct it"
                )
        elif value.startswith("$response.body#/"):
            schemas = [
                f"{answer}/content/{escape(media)}/schema"
                for media, inner in (response.get("content") or {}).items()
                if is_json(media) and isinstance(inner, dict) and "schema" in inner
            ]
            lost = [_lost(index, members, schema, value.partition("#")[2]) for schema in schemas]
            if schemas and all(lost):
                yield Found("link/nowhere", where, f"{value} leads nowhere: {lost[0]}")


def _lost(index: Index, members: Members, at: str, pointer: str) -> str | None:
    """What is in the way of a pointer into values of the schema there; None: nothing that can be told."""
    for token in pointer.split("/")[1:]:
        schema, at = index.follow(index.nodes.get(at, ("", None))[1], at)
        if not isinstance(schema, dict):
            return None
        if token.isdigit() and "items" in schema:
            at = f"{at}/items"
            continue
        if types_of(schema) == ("array",):
            return "it is a list there; correct it"
        found = members.of(at)
        if found is None or not found.names:
            return None
        name = unescape(token)
        if name not in found.names:
            return f"there is no property {name}{closest(name, tuple(found.names)) or '; correct it'}"
        at = found.names[name]
    return None


def _taken(index: Index, at: str) -> set[str] | None:
    """The names of an operation's parameters."""
    operation = index.nodes[at][1]
    item = index.nodes.get(at.rpartition("/")[0], ("", {}))[1]
    found = set()
    for holder in (operation, item):
        stated = holder.get("parameters")
        for each in stated if isinstance(stated, list) else ():
            parameter, _ = index.follow(each)
            if not isinstance(parameter, dict):
                return None
            found.add(str(parameter.get("name")))
    return found


def _resolved(index: Index, reference: str) -> str | None:
    pointer = "/" + "/".join(reference[2:].split("/"))
    return pointer if index.nodes.get(pointer, ("",))[0] == "operation" else None
