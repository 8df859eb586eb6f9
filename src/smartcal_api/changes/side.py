"""One of the two documents that are compared: read leniently, with what is asked of its schemas."""

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema_rs import (
    CanonicalSchema,
    Draft202012,
    Draft202012Validator,
    ReferencingError,
    Registry,
    ValidationError,
    canonicalize,
)

from smartcal_api.changes.forms import policy_of
from smartcal_api.changes.shape import faults
from smartcal_api.contract.document import Document, escape, pointer_of, unescape
from smartcal_api.errors import Finding

Schema = dict[str, Any] | bool
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"})
# What is below these is data, or says nothing about what is valid.
_DATA = frozenset({"example", "examples", "default", "enum", "const"})
_BOUNDS = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))


class Side:
    """A document with its pointers; `label` is "old" or "new". Raises `ContractError` where it isn't OpenAPI 3.

    Its schemas are all of Draft 2020-12: those of a 3.0 document are rewritten in place, so pointers stay true.
    """

    def __init__(self, document: Document, label: str) -> None:
        self.document = document
        self.label = label
        version = str(document.data.get("openapi", ""))
        if not version.startswith(("3.0", "3.1", "3.2")):
            said = f"is OpenAPI {version!r}" if version else "has no member `openapi`"
            raise document.error([Finding("/openapi", f"{said}; only OpenAPI 3.0 to 3.2 can be compared")])
        self.data: dict[str, Any] = rewritten(document.data) if version.startswith("3.0") else document.data
        findings = list(faults(self.data)) or list(self._unresolved(self.data, ""))
        if findings:
            raise document.error(findings)
        self.policy = policy_of(self.data)
        self.base = f"urn:{label}"
        self._registry = Registry([(self.base, self.data)], draft=Draft202012)

    @property
    def version(self) -> str:
        """`info.version`, or nothing."""
        info = self.data.get("info")
        return str(info.get("version", "")) if isinstance(info, dict) else ""

    def follow(self, value: Any, at: str) -> tuple[Any, str]:
        """What a Reference Object leads to, and where that stands; anything else is itself."""
        seen: set[str] = set()
        while isinstance(value, dict) and isinstance(value.get("$ref"), str) and value["$ref"] not in seen:
            seen.add(value["$ref"])
            at = pointer_of(value["$ref"])
            value = self.document.resolve(value["$ref"]) if self.data is self.document.data else self._at(at)
        return value, at

    def canonical(self, schema: Schema) -> CanonicalSchema:
        return canonicalize(self.absolute(schema), registry=self._registry, validate_formats=True)

    def validator(self, schema: Schema) -> Draft202012Validator:
        try:
            return Draft202012Validator(self.absolute(schema), registry=self._registry, validate_formats=True)
        except (ValidationError, ReferencingError, ValueError) as error:
            said = f"has a schema that no validator can read: {getattr(error, 'message', None) or error}; correct it"
            raise self.document.error([Finding("", said)]) from None

    def decided(self, at: str) -> bool:
        """Whether the closest `x-basis` above says that the contract has decided what stands there."""
        value: Any = self.data
        basis = ""
        for token in ["", *at.split("/")[1:]]:
            if token:
                try:
                    value = value[int(token)] if isinstance(value, list) else value[unescape(token)]
                except (KeyError, IndexError, ValueError, TypeError):
                    break
            if isinstance(value, dict) and isinstance(value.get("x-basis"), str):
                basis = value["x-basis"]
        return basis == "decision"

    def absolute(self, schema: Any) -> Any:
        """The schema with its local references led to the document, so that it can stand outside of it."""
        if isinstance(schema, dict):
            return {
                key: self.base + value
                if key == "$ref" and isinstance(value, str) and value.startswith("#")
                else value
                if key in _DATA
                else self.absolute(value)
                for key, value in schema.items()
            }
        return [self.absolute(each) for each in schema] if isinstance(schema, list) else schema

    def _at(self, pointer: str) -> Any:
        value: Any = self.data
        for token in pointer.split("/")[1:]:
            value = value[int(token)] if isinstance(value, list) else value[unescape(token)]
        return value

    def _unresolved(self, value: Any, at: str) -> Iterator[Finding]:
        """References that lead nowhere, or out of the document."""
        if isinstance(value, list):
            for index, each in enumerate(value):
                yield from self._unresolved(each, f"{at}/{index}")
        elif isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str) and not at.endswith("/properties"):
                if not reference.startswith("#"):
                    message = f"refers to {reference}, which is out of reach here; put it into a file beside this one"
                    yield Finding(f"{at}/$ref", message)
                elif reference != "#" and not self._leads(reference):
                    yield Finding(f"{at}/$ref", f"{reference} leads nowhere; correct it, or add what it names")
            for key, each in value.items():
                if key not in _DATA or at.endswith("/properties"):
                    yield from self._unresolved(each, f"{at}/{escape(key)}")

    def _leads(self, reference: str) -> bool:
        try:
            self.document.resolve(reference)
        except KeyError:
            return False
        return True


def own(members: Any) -> dict[str, Any]:
    """The members of a mapping that aren't extensions; nothing where it is no mapping."""
    return {k: v for k, v in members.items() if not k.startswith("x-")} if isinstance(members, Mapping) else {}


def table(members: Any) -> dict[str, Any]:
    """A mapping whose keys are all names, such as headers; nothing where it is no mapping."""
    return dict(members) if isinstance(members, Mapping) else {}


def rewritten(value: Any, *, named: bool = False) -> Any:
    """A 3.0 document whose schemas say `nullable` and exclusive bounds as 3.1 does. `named`: the keys are names."""
    if isinstance(value, list):
        return [rewritten(each) for each in value]
    if not isinstance(value, dict):
        return value
    if named:
        return {key: rewritten(each) for key, each in value.items()}
    found = {
        key: each if key in _DATA else rewritten(each, named=key in ("properties", "schemas"))
        for key, each in value.items()
    }
    if isinstance(found.get("$ref"), str):
        return {"$ref": found["$ref"]}  # 3.0: whatever stands beside it is ignored
    for exclusive, bound in _BOUNDS:
        if isinstance(found.get(exclusive), bool) and found.pop(exclusive) and bound in found:
            found[exclusive] = found.pop(bound)
    if found.get("nullable") is True and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
        if isinstance(found.get("enum"), list) and None not in found["enum"]:
            found["enum"] = [*found["enum"]]
    found.pop("nullable", None)
    return found
