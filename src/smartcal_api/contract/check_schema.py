"""JSON Schema 2020-12 as far as the toolkit understands it: its validator, its mock and its store alike."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from smartcal_api.contract.check_kinds import (
    Anything,
    Choice,
    Flag,
    Items,
    Member,
    Number,
    Reference,
    Table,
    Text,
    closest,
)
from smartcal_api.contract.check_shape import OrFlag, Shape
from smartcal_api.contract.document import escape
from smartcal_api.contract.named import WAS

if TYPE_CHECKING:
    from smartcal_api.contract.check_survey import Survey

FORMATS = (
    *("date-time", "date", "time", "duration", "email", "idn-email", "uri", "uri-reference", "iri", "iri-reference"),
    *("uuid", "hostname", "idn-hostname", "ipv4", "ipv6", "json-pointer", "relative-json-pointer", "regex"),
    *("uri-template", "password", "byte", "binary", "int32", "int64", "float", "double"),
)
DRAFT = "https://json-schema.org/draft/2020-12/schema"
_OAS = "https://spec.openapis.org/oas"
DIALECTS = (
    *(DRAFT, f"{_OAS}/3.1/dialect/base", f"{_OAS}/3.1/dialect/2024-10-25", f"{_OAS}/3.1/dialect/2024-11-10"),
    *(f"{_OAS}/3.2/dialect/base", f"{_OAS}/3.2/dialect/2025-09-17"),
)
TYPES = Choice(("string", "integer", "number", "boolean", "object", "array", "null"))
SIZE = Number(0)
_ELSEWHERE = "put the schema into components/schemas and refer to it by #/components/schemas/NAME"
REFUSED: Mapping[str, str] = {
    **dict.fromkeys(("$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "definitions"), _ELSEWHERE),
    "$vocabulary": "every schema is of Draft 2020-12; leave it out",
    **dict.fromkeys(("dependencies", "additionalItems", "$recursiveRef"), "it is of an older draft of JSON Schema"),
    "nullable": 'it is of OpenAPI 3.0; write type: [string, "null"]',
}
IDLE: Mapping[str, str] = {"xml": "bodies are not made as XML; leave it out"}
# Subschemas that judge the same value as the schema that they stand in.
IN_PLACE_LISTS, IN_PLACE = ("allOf", "anyOf", "oneOf"), ("not", "if", "then", "else")

_SUBSCHEMA = OrFlag("schema")
_MEMBERS: Mapping[str, Member] = {
    "$ref": Reference("schema"),
    "$comment": Text(),
    "title": Text(),
    "description": Text(),
    "deprecated": Flag(),
    WAS: Text(),
    "readOnly": Flag(),
    "writeOnly": Flag(),
    "externalDocs": "external documentation",
    "discriminator": "discriminator",
    "default": Anything(),
    "example": Anything(),
    "examples": Items(Anything()),
    "type": "type",
    "$schema": "dialect",
    "$defs": Table(_SUBSCHEMA),
    "enum": Items(Anything(), least=1, unique=True, advised=True),
    "const": Anything(),
    "format": "format",
    "pattern": Text(),  # `check_values` compiles it
    "minLength": SIZE,
    "maxLength": SIZE,
    "minimum": Number(whole=False),
    "maximum": Number(whole=False),
    "exclusiveMinimum": Number(whole=False),
    "exclusiveMaximum": Number(whole=False),
    "multipleOf": Number(whole=False, above=0),
    "items": _SUBSCHEMA,
    "prefixItems": Items(_SUBSCHEMA, least=1),
    "contains": _SUBSCHEMA,
    "minContains": SIZE,
    "maxContains": SIZE,
    "unevaluatedItems": _SUBSCHEMA,
    "minItems": SIZE,
    "maxItems": SIZE,
    "uniqueItems": Flag(),
    "properties": Table(_SUBSCHEMA),
    "required": Items(Text(), unique=True),
    "patternProperties": Table(_SUBSCHEMA),
    "additionalProperties": _SUBSCHEMA,
    "unevaluatedProperties": _SUBSCHEMA,
    "propertyNames": _SUBSCHEMA,
    "minProperties": SIZE,
    "maxProperties": SIZE,
    "dependentRequired": Table(Items(Text(), unique=True)),
    "dependentSchemas": Table(_SUBSCHEMA),
    "contentEncoding": Text(),
    "contentMediaType": Text(),
    "contentSchema": _SUBSCHEMA,
    **dict.fromkeys(IN_PLACE_LISTS, Items(_SUBSCHEMA, least=1)),
    **dict.fromkeys(IN_PLACE, _SUBSCHEMA),
}


class Types:
    """`type`: one of the seven, or a list of them."""

    def read(self, survey: "Survey", value: object, at: str) -> None:
        survey.read(Items(TYPES, least=1, unique=True) if isinstance(value, list) else TYPES, value, at)


class Format:
    """One that is known; another is an annotation (JSON Schema Validation section 7.2.3), if not a slip of one."""

    def read(self, survey: "Survey", value: object, at: str) -> None:
        survey.read(Choice(FORMATS) if survey.ours else Text(), value, at)


class Dialect:
    """Every schema is read as one of Draft 2020-12, whichever it says that it is."""

    def read(self, survey: "Survey", value: object, at: str) -> None:
        if survey.ours:
            survey.read(Choice(DIALECTS), value, at)
        elif not isinstance(value, str) or value.removesuffix("#") not in DIALECTS:
            survey.idle.append(at)


class Schema(Shape):
    """A schema may have members that no vocabulary knows (JSON Schema Core section 6.5), unless they are a slip."""

    def _stranger(self, survey: "Survey", key: str, inner: Any, at: str, owner: Mapping[str, Any]) -> None:
        known = key in self.refused or key in self.idle or key[:2].lower() == "x-"
        if survey.ours or known or closest(key, self.members):
            super()._stranger(survey, key, inner, at, owner)
        else:
            survey.idle.append(f"{at}/{escape(key)}")


KINDS = (
    Schema("schema", _MEMBERS, REFUSED, IDLE),
    Shape("discriminator", {"propertyName!": Text(), "mapping": Table(Text()), "defaultMapping": Text()}),
)
