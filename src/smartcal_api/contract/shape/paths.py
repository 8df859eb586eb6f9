"""What a pair of paths shows: which schema is that of both, and what stands above a resource in its path."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from smartcal_api.contract.document import Document
from smartcal_api.contract.operation import Operation
from smartcal_api.contract.shape import words
from smartcal_api.contract.shape.fields import Field, end_of, fields
from smartcal_api.contract.shape.places import ENOUGH, Place, arrays, body_schema, json_schema, likeness, objects

_ITEM = re.compile(r"(?P<list>.*)/\{(?P<parameter>[^{}]+)\}\Z")
_PARENTS = re.compile(r"([^/{}]*)/?\{([^{}]+)\}")
_SHOWING = ("GET", "PUT", "PATCH")


class Shown(NamedTuple):
    """The schema that a resource is shown by, and the place of the items in the answer of its list."""

    pointer: str
    listed: Place | None


def collection_path(path: str) -> str | None:
    """The path of the list that an item's path belongs to; None where a path is that of no item."""
    found = _ITEM.fullmatch(path)
    return found["list"] if found and not found["list"].endswith("}") else None


def elsewhere(paths: Mapping[str, Mapping[str, Operation]], listed: str) -> Mapping[str, Operation]:
    """The one list beneath something else of what has a shorter path of its own: `/posts/{id}/comments` for those of
    `/comments/{id}`."""
    ends = f"}}/{listed.rpartition('/')[2]}"
    found = [path for path in paths if path.endswith(ends)]
    return paths[found[0]] if len(found) == 1 else {}


def tail(path: str) -> str:
    """The name of the parameter that an item's path ends in."""
    return path.rpartition("{")[2].removesuffix("}")


def above(path: str, members: Mapping[str, Field], stated: Mapping[str, str], own: str | None) -> dict[str, str | None]:
    """Each parameter of a list's path, and the member that has its value: the stated one, or one of its name, such as
    `shop_id` for the `{id}` of `/shops/{id}/orders`. What is the resource's `own` identifier is none of its parent's.
    """
    known = {words.plain(each): each for each in members if each != own}
    found: dict[str, str | None] = {}
    for before, name in _PARENTS.findall(path):
        whose = words.singular(words.plain(before))
        found[name] = stated.get(name) or known.get(words.plain(name)) or known.get(whose + words.plain(name))
    return found


def shown_by(
    document: Document,
    lists: Mapping[str, Operation],
    items: Mapping[str, Operation],
    parameter: str,
    stated: str | None,
) -> Shown | None:
    """The schema of one resource: what its own path shows, as long as its list is of the same; None where it isn't.

    An envelope has no member that the path's `parameter` tells, and what is in it has one.
    """
    single = [place for operation in _showing(items) for place in _objects(document, operation)]
    listed = _arrays(document, lists["GET"]) if "GET" in lists else []
    if stated is not None:
        pointer = end_of(document, stated)
        return Shown(pointer, _nearest(document, listed, pointer))
    if listed and single:
        pairs = [(likeness(document, one.pointer, each.pointer), one, each) for one in single for each in listed]
        like, one, each = max(pairs, key=lambda pair: pair[0])
        return Shown(one.pointer, each) if like >= ENOUGH else None
    if single:
        sent = [place for operation in (lists.get("POST"), items.get("PUT")) for place in _sent(document, operation)]
        likely = [
            one for one in single if any(likeness(document, one.pointer, each.pointer) >= ENOUGH for each in sent)
        ]
        told = [one for one in likely or single if words.tells(parameter, fields(document, one.pointer).members)]
        return Shown((told or likely or single)[0].pointer, None)
    if listed:
        return Shown(listed[0].pointer, listed[0])
    answered = _objects(document, lists["POST"]) if "POST" in lists else []
    made = [*answered, *_sent(document, lists.get("POST")), *_sent(document, items.get("PUT"))]
    told = [one for one in made if words.tells(parameter, fields(document, one.pointer).members)]
    return Shown((told or made)[0].pointer, None) if made else None


def _nearest(document: Document, places: list[Place], pointer: str) -> Place | None:
    return max(places, key=lambda each: likeness(document, each.pointer, pointer), default=None)


def _showing(items: Mapping[str, Operation]) -> list[Operation]:
    return [items[method] for method in _SHOWING if method in items]


def _schema(operation: Operation) -> str | None:
    return json_schema(operation.responses[operation.success].media_types) if operation.responses else None


def _objects(document: Document, operation: Operation) -> list[Place]:
    schema = _schema(operation)
    return list(objects(document, schema)) if schema else []


def _arrays(document: Document, operation: Operation) -> list[Place]:
    schema = _schema(operation)
    return list(arrays(document, schema)) if schema else []


def _sent(document: Document, operation: Operation | None) -> list[Place]:
    schema = body_schema(operation.body.media_types) if operation is not None and operation.body else None
    return list(objects(document, schema)) if schema else []
