"""The members that a schema names, however deep, and those that it says had another name before (`x-was`)."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from smartcal_api.contract.document import Document

MemberPath = tuple[str, ...]
"""Of a member, with `*` for an index."""

WAS = "x-was"
_IN_PLACE = ("allOf", "anyOf", "oneOf")
_CONDITIONAL = ("if", "then", "else")
_LISTED = ("items", "contains")


class Named(NamedTuple):
    """A member: where it is, and how it was called before."""

    path: MemberPath
    was: str | None


def named(document: Document, schema: Any) -> Iterator[Named]:
    """Every member that a schema of the document names, some more than once; a recursive schema is entered once."""
    yield from _members(document, schema, (), frozenset())


def _members(document: Document, schema: Any, path: MemberPath, followed: frozenset[str]) -> Iterator[Named]:
    if not isinstance(schema, Mapping):
        return
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference not in followed:
        target = document.resolve(reference)
        yield from _members(document, target, path, followed | {reference})
    for name in schema.get("required", ()):
        yield Named((*path, name), None)
    for name, member in schema.get("properties", {}).items():
        was = member.get(WAS) if isinstance(member, Mapping) else None
        yield Named((*path, name), was if isinstance(was, str) else None)
        yield from _members(document, member, (*path, name), followed)
    for keyword in _IN_PLACE:
        for part in schema.get(keyword, ()):
            yield from _members(document, part, path, followed)
    for keyword in _CONDITIONAL:
        yield from _members(document, schema.get(keyword), path, followed)
    for item in [*(schema.get(each) for each in _LISTED), *schema.get("prefixItems", ())]:
        yield from _members(document, item, (*path, "*"), followed)
