"""What an engine can say of the schemas of a document: whether they compile, what fits them, and what nothing fits."""

from typing import Any
from urllib.parse import quote

from jsonschema_rs import Draft202012, Draft202012Validator, ReferencingError, Registry, ValidationError, canonical
from jsonschema_rs.canonical import CanonicalizationError

from smartcal_api.changes.side import rewritten
from smartcal_api.lint.index import Index

_BASE = "urn:document"
FAILURES = (ValidationError, ReferencingError, CanonicalizationError, ValueError, TypeError)


class Engine:
    """All schemas are of Draft 2020-12; those of a 3.0 document are rewritten, and pointers stay true."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._data: Any = rewritten(index.data) if index.version == "3.0" else index.data
        self._registry = Registry([(_BASE, self._data)], draft=Draft202012)
        self._validators: dict[str, Draft202012Validator | None] = {}

    def validator(self, at: str) -> Draft202012Validator | None:
        """Of the schema there; None where it doesn't compile, which is another rule's finding."""
        if at not in self._validators:
            try:
                self._validators[at] = Draft202012Validator(_to(at), registry=self._registry, validate_formats=True)
            except FAILURES:
                self._validators[at] = None
        return self._validators[at]

    def unsatisfiable(self, at: str) -> dict[str, str]:
        """The innermost schemas, at or below the one there, that no value fits, and what of each excludes the rest.

        Below a keyword that the engine doesn't model it sees nothing.
        """
        try:
            found = canonical.find_unsatisfiable(
                self._absolute(self.at(at)), draft=Draft202012, registry=self._registry, validate_formats=True
            )
        except FAILURES:
            return {}
        said = {f"{at}{pointer}": why for pointer, reason in found.items() if (why := _why(reason)) is not None}
        return {
            pointer: why for pointer, why in said.items() if not any(each.startswith(f"{pointer}/") for each in said)
        }

    def at(self, pointer: str) -> Any:
        """The schema there, as Draft 2020-12 has it; raises `KeyError`."""
        value = self._data
        for token in pointer.split("/")[1:]:
            key = token.replace("~1", "/").replace("~0", "~")
            try:
                value = value[int(key)] if isinstance(value, list) else value[key]
            except (IndexError, ValueError, TypeError):
                raise KeyError(pointer) from None
        return value

    def _absolute(self, schema: Any) -> Any:
        if isinstance(schema, dict):
            return {
                key: _BASE + each
                if key == "$ref" and isinstance(each, str) and each.startswith("#")
                else self._absolute(each)
                for key, each in schema.items()
            }
        return [self._absolute(each) for each in schema] if isinstance(schema, list) else schema


def _why(reason: Any) -> str | None:
    """None of what says so itself, such as `false`."""
    if isinstance(reason, canonical.UnsatisfiableReason.Literal):
        return None
    causes = getattr(reason, "causes", None) or [getattr(reason, "cause", None)]
    said = [
        " and ".join(cause.keywords) + (f" at {cause.pointer}" if cause.pointer else "")
        for cause in causes
        if cause is not None and (cause.pointer or cause.keywords != ["type"] or len(causes) == 1)
    ]
    return ", ".join(each for each in said if each)


def _to(at: str) -> dict[str, str]:
    fragment = "/".join(quote(token, safe="~!$&'()*+,;=:@") for token in at.split("/"))
    return {"$ref": f"{_BASE}#{fragment}"}
