"""Where in a body a resource is, or several: at its top, or in an envelope."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from smartcal_api.contract.document import Document
from smartcal_api.contract.media_type import essence, is_json
from smartcal_api.contract.shape.fields import end_of, fields, parts
from smartcal_api.contract.shape.words import plain

_CONTENT = frozenset(
    {
        *("data", "items", "results", "result", "records", "values", "entries", "list"),
        *("rows", "elements", "content", "hits", "objects", "value", "docs", "nodes"),
    }
)
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_DEEP = 2  # members, at most, that an envelope has around its content
# So much of what two schemas name is the same when both are of one resource: seen are 0.89 to 1, and 0 otherwise.
ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """The schema of a resource, followed to its end, and the members that lead to it; `many`: to an array of it."""

    pointer: str
    path: tuple[str, ...]
    many: bool


def json_schema(media_types: Mapping[str, str | None]) -> str | None:
    """The pointer to the schema of a body's JSON, if it has any."""
    return next((pointer for key, pointer in media_types.items() if pointer and is_json(key)), None)


def body_schema(media_types: Mapping[str, str | None]) -> str | None:
    """The pointer to the schema of what is sent as JSON, or else in a form."""
    forms = (pointer for key, pointer in media_types.items() if pointer and essence(key) in _FORMS)
    return json_schema(media_types) or next(forms, None)


def objects(document: Document, pointer: str, path: tuple[str, ...] = ()) -> Iterator[Place]:
    """Objects that a body may be, the outermost first."""
    found = fields(document, pointer).members
    if found:
        yield Place(end_of(document, pointer), path, many=False)
    if len(path) < _DEEP:
        for name, each in found.items():
            if "array" not in each.types and not each.write_only:
                yield from objects(document, each.pointer, (*path, name))


def arrays(document: Document, pointer: str, path: tuple[str, ...] = ()) -> Iterator[Place]:
    """Arrays of objects that a body may be or hold, the outermost first."""
    for at, schema in parts(document, pointer):
        if isinstance(schema.get("items"), Mapping):
            items = f"{at}/items"
            if fields(document, items).members:
                yield Place(end_of(document, items), path, many=True)
    if len(path) < _DEEP:
        for name, each in fields(document, pointer).members.items():
            yield from arrays(document, each.pointer, (*path, name))


def listed(place: Place, path: str) -> bool:
    """Whether an array is what a path lists, and no part of something else: the body itself, or what is called so."""
    names = {*_CONTENT, plain(path.rpartition("/")[2])}
    return not place.path or plain(place.path[-1]) in names


def likeness(document: Document, one: str, other: str) -> float:
    """How much of what two schemas name is the same, from 0 to 1; 2: they are the same schema."""
    if end_of(document, one) == end_of(document, other):
        return 2.0
    first, second = set(fields(document, one).members), set(fields(document, other).members)
    fewer = min(len(first), len(second))
    return len(first & second) / fewer if fewer else 0.0


def closest(document: Document, places: Iterable[Place], pointer: str) -> Place | None:
    """The place that is most like a schema, the outermost of those that are as like; None where none is."""
    best, found = ENOUGH, None
    for each in places:
        like = likeness(document, each.pointer, pointer)
        if like > best or (found is None and like == best):
            best, found = like, each
    return found
