"""Paths, operations and their parameters."""

import re
from collections.abc import Iterator
from typing import Any

from smartcal_api.contract.check_kinds import closest, shown
from smartcal_api.contract.document import escape, unescape
from smartcal_api.lint.found import Found
from smartcal_api.lint.index import Index
from smartcal_api.lint.objects import METHODS

_NAME = re.compile(r"\{([^{}]*)\}")
_MEDIA_TYPE = re.compile(r"^[A-Za-z0-9!#$&^_.+*-]+/[A-Za-z0-9!#$&^_.+*-]+\s*(?:;.*)?\Z", re.DOTALL)
_STYLES = {
    "path": ("matrix", "label", "simple"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form", "cookie"),
}
# OpenAPI states these elsewhere and ignores parameters of their names.
_ELSEWHERE = {
    "accept": "the media types of the responses state it",
    "content-type": "the media types of the request body state it",
    "authorization": "a security scheme states it",
}
_BODYLESS = ("get", "head", "delete", "trace")


def paths(index: Index) -> Iterator[Found]:
    """Templates, and the parameters that fill them in."""
    stated = index.data.get("paths")
    shapes: dict[str, str] = {}
    for path, item in stated.items() if isinstance(stated, dict) else ():
        at = f"/paths/{escape(path)}"
        if path.startswith("x-") or not isinstance(item, dict):
            continue
        names = _NAME.findall(path)
        rest = _NAME.sub("", path)
        if "{" in rest or "}" in rest:
            yield Found("path/form", at, f"{shown(path)} has a brace without its other one; correct it")
            continue
        if "?" in rest or "#" in rest:
            yield Found("path/form", at, f"{shown(path)} has a query; describe it as parameters")
        for name in {each for each in names if names.count(each) > 1}:
            yield Found("path/form", at, f"has {{{name}}} twice; call the two by different names")
        shape = _NAME.sub("{}", path)
        if shape in shapes:
            said = f"is the same path as {shapes[shape]}, for a server can't tell the two apart; leave one out"
            yield Found("path/twice", at, said)
        shapes.setdefault(shape, path)
        yield from _filled_in(index, item, at, names)


def _filled_in(index: Index, item: dict[str, Any], at: str, names: list[str]) -> Iterator[Found]:
    followed, base = index.follow(item, at)
    stated = followed if isinstance(followed, dict) else {}
    shared = list(_parameters(index, stated, base))
    for method in [each for each in (*METHODS, "query") if isinstance(stated.get(each), dict)]:
        own = list(_parameters(index, stated[method], f"{base}/{method}"))
        known = {each["name"] for _, each in (*shared, *own) if each.get("in") == "path" and "name" in each}
        for name in names:
            if name not in known:
                others = tuple(str(each) for each in known if each not in names)
                meant = closest(name, others) or "; describe it as a parameter in: path"
                said = f"the path has {{{name}}}, and {method} has no such parameter{meant}"
                yield Found("path/parameter-undescribed", f"{base}/{method}", said)
        yield from _strangers(own, names)
    yield from _strangers(shared, names)


def _strangers(parameters: list[tuple[str, dict[str, Any]]], names: list[str]) -> Iterator[Found]:
    for at, each in parameters:
        if each.get("in") == "path" and isinstance(each.get("name"), str) and each["name"] not in names:
            meant = closest(each["name"], tuple(names)) or "; leave it out, or add it to the path"
            yield Found("path/parameter-unused", at, f"{each['name']} is not in the path{meant}")


def _parameters(index: Index, holder: dict[str, Any], at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where each stands in the operation (not the component that it refers to), and what it is."""
    stated = holder.get("parameters")
    for number, each in enumerate(stated if isinstance(stated, list) else ()):
        found, _ = index.follow(each)
        if isinstance(found, dict):
            yield f"{at}/parameters/{number}", found


def operations(index: Index) -> Iterator[Found]:
    """Names, answers and bodies, also of webhooks and callbacks."""
    known: dict[str, str] = {}
    for at, operation in index.all("operation"):
        name = operation.get("operationId")
        if isinstance(name, str) and name in known:
            said = f"{name} is the operationId of {known[name]}, too; give it a name of its own"
            yield Found("operation/id-twice", f"{at}/operationId", said)
        elif isinstance(name, str):
            known[name] = at
        yield from _responses(index, operation, at)
        seen: set[tuple[str, str]] = set()
        for where, each in _parameters(index, operation, at):
            pair = str(each.get("name")), str(each.get("in"))
            if pair in seen:
                yield Found("operation/parameter-twice", where, f"{pair[0]} in {pair[1]} stands twice; leave one out")
            seen.add(pair)
        method = at.rpartition("/")[2]
        if "requestBody" in operation and method in _BODYLESS and index.version == "3.0":
            said = f"says nothing: a {method.upper()} has no body in OpenAPI 3.0; leave it out"
            yield Found("operation/body", f"{at}/requestBody", said)
    for at, item in index.all("path item"):
        seen = set()
        for where, each in _parameters(index, item, at):
            pair = str(each.get("name")), str(each.get("in"))
            if pair in seen:
                yield Found("operation/parameter-twice", where, f"{pair[0]} in {pair[1]} stands twice; leave one out")
            seen.add(pair)


def _responses(index: Index, operation: dict[str, Any], at: str) -> Iterator[Found]:
    stated = operation.get("responses")
    if stated is None and index.version == "3.0":
        yield Found("structure/missing-member", at, "is missing responses, which an operation needs; add it")
    elif isinstance(stated, dict):
        statuses = [each for each in stated if not each.startswith("x-")]
        if not statuses:
            yield Found("operation/no-answer", f"{at}/responses", "is empty; describe at least the answer of success")
        elif not any(each[0] in "123" or each == "default" for each in statuses):
            said = "has no answer of success; describe it, such as '200'"
            yield Found("operation/no-answer", f"{at}/responses", said)


def parameters(index: Index) -> Iterator[Found]:
    """Each by itself, and the headers and media types of answers."""
    for at, each in index.all("parameter"):
        place, name = each.get("in"), each.get("name")
        if place == "path" and each.get("required") is not True:
            where = f"{at}/required" if "required" in each else at
            yield Found("parameter/optional-in-path", where, "is in the path, so it is required; say required: true")
        style = each.get("style")
        if place in _STYLES and isinstance(style, str) and style not in _STYLES[place]:
            said = f"{style} is not a style of what is in {place}; write {' or '.join(_STYLES[place])}"
            yield Found("parameter/style", f"{at}/style", said)
        if place == "header" and isinstance(name, str) and name.lower() in _ELSEWHERE:
            said = f"a header parameter {name} is ignored, since {_ELSEWHERE[name.lower()]}; leave it out"
            yield Found("parameter/ignored", at, said)
    for kind in ("parameter", "header"):
        for at, each in index.all(kind):
            if "schema" not in each and "content" not in each:
                yield Found(
                    "structure/missing-member", at, f"is missing schema or content, which a {kind} needs; add one"
                )
            elif "schema" in each and "content" in each:
                yield Found("example/both", f"{at}/content", "stands beside schema, which excludes it; leave one out")
            if isinstance(each.get("content"), dict) and len(each["content"]) != 1:
                yield Found("structure/type", f"{at}/content", "must have one media type; leave the others out")
    for at, response in index.all("response"):
        if "description" not in response and index.version < "3.2":
            yield Found("structure/missing-member", at, "is missing description, which a response needs; add it")
        headers = response.get("headers")
        for name in headers if isinstance(headers, dict) else ():
            if name.lower() == "content-type":
                said = "a header Content-Type is ignored, since the media types state it; leave it out"
                yield Found("parameter/ignored", f"{at}/headers/{escape(name)}", said)
    for at, _ in index.all("media type"):
        name = unescape(at.rpartition("/")[2])
        if "/content/" in at and not _MEDIA_TYPE.match(name):
            yield Found("media-type/form", at, f"{shown(name)} is not a media type; write one such as application/json")
