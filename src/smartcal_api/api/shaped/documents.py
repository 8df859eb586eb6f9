"""Documents of a resource: new ones keep what the client sent, and the server fills in what is its own."""

from collections.abc import Mapping
from typing import Any

from smartcal_api.contract import Contract
from smartcal_api.contract.shape import Use
from smartcal_api.contract.shape.fields import Field, fields
from smartcal_api.contract.shape.words import CREATED, UPDATED, plain
from smartcal_api.mock import Unsatisfiable, ValueGenerator
from smartcal_api.sandbox.instants import instant

Document = dict[str, Any]
_ITSELF = frozenset({"href", "self", "selfurl", "selflink", "url", "uri", "link", "permalink"})
_NOTHING = object()


class Documents:
    """Those of one resource, by what one operation takes of it."""

    def __init__(self, use: Use, contract: Contract, generator: ValueGenerator) -> None:
        self._use, self._contract, self._generator = use, contract, generator
        found = fields(contract.document, use.resource.pointer)
        self._fields, self._closed = found.members, found.closed
        hidden = {name for name, each in self._fields.items() if each.read_only}
        self._owned = frozenset(hidden | ({*self._fields} - {*use.taken} if use.taken else set()))
        self._unseen = frozenset(name for name, each in self._fields.items() if each.write_only)

    def takes(self, sent: Document, name: str) -> bool:
        """Whether a request has given a member that is the client's to give."""
        return name in sent and not (name in self._fields and self._fields[name].read_only)

    def new(self, sent: Document, known: Mapping[str, Any], *, now: int, salt: str, place: str) -> Document:
        """What was sent, with what is `known` besides, such as the id, and whatever else the server fills in."""
        document = {**self._kept(sent), **known}
        for name, each in self._fields.items():
            if name not in document and name not in self._unseen:
                value = self._filled(each, now=now, salt=salt, place=place)
                if value is not _NOTHING:
                    document[name] = value
        return self._ordered(document)

    def replaced(self, former: Document, sent: Document, *, now: int) -> Document:
        """What was sent in the place of what there was; what is the server's own stays."""
        kept = {name: value for name, value in former.items() if name in self._owned}
        defaults = {
            name: each.schema["default"]
            for name, each in self._fields.items()
            if "default" in each.schema and name not in self._owned and name not in self._unseen
        }
        return self._touched({**defaults, **kept, **self._kept(sent)}, former, now)

    def changed(self, former: Document, sent: Document, *, now: int) -> Document:
        """A merge patch (RFC 7396): null takes a member away, unless it has to be there."""
        merged = merge_patch(former, self._kept(sent))
        for name, value in sent.items():
            each = self._fields.get(name)
            if value is None and each is not None and each.required and name not in merged:
                merged[name] = None
        return self._touched(merged, former, now)

    def _kept(self, sent: Document) -> Document:
        """What of a request is the client's to say, and can be shown."""
        closed = self._closed or self._use.form
        return {
            name: value
            for name, value in sent.items()
            if name not in self._unseen and not (self._fields[name].read_only if name in self._fields else closed)
        }

    def _touched(self, document: Document, former: Document, now: int) -> Document:
        for name, each in self._fields.items():
            if plain(name) in UPDATED and (name in former or name in document) and (at := instant(each, now)):
                document[name] = at
        identity = self._use.resource.id
        if identity is not None and identity in former:
            document[identity] = former[identity]
        return self._ordered(document)

    def _ordered(self, document: Document) -> Document:
        return {name: document[name] for name in (*self._fields, *document) if name in document}

    def _filled(self, each: Field, *, now: int, salt: str, place: str) -> Any:
        schema, name = each.schema, plain(each.name)
        if name in CREATED or name in UPDATED:
            at = instant(each, now)
            if at is not None:
                return at
        for keyword in ("default", "const"):
            if keyword in schema:
                return schema[keyword]
        if each.name not in self._owned and not each.required:
            return _NOTHING
        if "null" in each.types or schema.get("nullable") is True:
            return None
        if name in _ITSELF and self._fits(each, place):
            return place
        return self._initial(each, salt)

    def _initial(self, each: Field, salt: str) -> Any:
        """What a member of something new is: the first of its values, nothing yet, or made up."""
        if not each.required and each.format in ("date", "date-time"):
            return _NOTHING  # it has not happened yet
        values = each.schema.get("enum")
        candidates = [values[0]] if values else [*_NEW.get(min(each.types, default=""), ())]
        for value in candidates:
            if self._fits(each, value):
                return value
        try:
            stated = self._contract.sent.resolve(f"#{each.pointer}")
            return self._generator.value(stated, salt=f"{salt} {each.name}", name=each.name)
        except Unsatisfiable:
            return _NOTHING

    def _fits(self, each: Field, value: Any) -> bool:
        return self._contract.schemas.at(each.pointer).is_valid(value)


_NEW: Mapping[str, tuple[Any, ...]] = {"boolean": (False,), "array": ([],), "integer": (0, 1), "number": (0, 1)}


def merge_patch(target: Any, patch: Any) -> Any:
    """RFC 7396 section 2."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge_patch(result.get(name), value)
    return result
