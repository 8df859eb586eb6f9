"""JSON Schema 2020-12 as far as the toolkit understands it: its validator, its mock and its store alike."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from smartcal_api.contract.check_kinds import Anything, Choice, Flag, Items, Member, Number, Reference, Table, Text
from smartcal_api.contract.check_shape import OrFlag, Shape
from smartcal_api.contract.named import WAS

if TYPE_CHECKING:
    from smartcal_api.contract.check_survey import Survey

FORMATS = (
    *("date-time", "date", "time", "duration", "email", "idn-email", "uri", "uri-reference", "iri", "iri-reference"),
    *("uuid", "hostname", "idn-hostname", "ipv4", "ipv6", "json-pointer", "relative-json-pointer", "regex"),
    *("password", "byte", "binary", "int32", "int64", "float", "double"),
)
TYPES = Choice(("string", "integer", "number", "boolean", "object", "array", "null"))
SIZE = Number(0)
_PLAIN = "only the plain vocabulary of JSON Schema is; say it with properties, items, allOf, anyOf, oneOf or not"
_ELSEWHERE = "put the schema into components/schemas and refer to it by #/components/schemas/NAME"
_CONTENT = "say in the description what the text holds, and with pattern how it looks"
REFUSED: Mapping[str, str] = {
    **dict.fromkeys(("$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$defs", "definitions"), _ELSEWHERE),
    **dict.fromkeys(("$schema", "$vocabulary"), "every schema is of Draft 2020-12; leave it out"),
    **dict.fromkeys(("unevaluatedItems", "unevaluatedProperties"), "use additionalProperties or prefixItems"),
    **dict.fromkeys(("contentEncoding", "contentMediaType", "contentSchema"), _CONTENT),
    **dict.fromkeys(("patternProperties", "dependentSchemas", "minContains", "maxContains"), _PLAIN),
    **dict.fromkeys(("dependencies", "additionalItems", "$recursiveRef"), "it is of an older draft of JSON Schema"),
    "xml": "bodies are JSON or forms; leave it out",
    "nullable": 'it is of OpenAPI 3.0; write type: [string, "null"]',
}
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
    "enum": Items(Anything(), least=1, unique=True),
    "const": Anything(),
    "format": Choice(FORMATS),
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
    "minItems": SIZE,
    "maxItems": SIZE,
    "uniqueItems": Flag(),
    "properties": Table(_SUBSCHEMA),
    "required": Items(Text(), unique=True),
    "additionalProperties": _SUBSCHEMA,
    "propertyNames": _SUBSCHEMA,
    "minProperties": SIZE,
    "maxProperties": SIZE,
    "dependentRequired": Table(Items(Text(), unique=True)),
    **dict.fromkeys(IN_PLACE_LISTS, Items(_SUBSCHEMA, least=1)),
    **dict.fromkeys(IN_PLACE, _SUBSCHEMA),
}


class Types:
    """`type`: one of the seven, or a list of them."""

    def read(self, survey: "Survey", value: object, at: str) -> None:
        survey.read(Items(TYPES, least=1, unique=True) if isinstance(value, list) else TYPES, value, at)


KINDS = (
    Shape("schema", _MEMBERS, REFUSED),
    Shape("discriminator", {"propertyName!": Text(), "mapping": Table(Text())}),
)
