"""The keywords of schemas: those of OpenAPI 3.0, and those of JSON Schema 2020-12 with what OpenAPI 3.1 adds.

What a value must be is said as in `objects`; a `count` is a whole number from 0 on.
"""

from collections.abc import Mapping

_BOTH: Mapping[str, str] = {
    "title": "text",
    "description": "text",
    "multipleOf": "number",
    "maximum": "number",
    "minimum": "number",
    "maxLength": "count",
    "minLength": "count",
    "pattern": "text",
    "maxItems": "count",
    "minItems": "count",
    "uniqueItems": "flag",
    "maxProperties": "count",
    "minProperties": "count",
    "required": "[text]",
    "enum": "[any]",
    "allOf": "[schema]",
    "oneOf": "[schema]",
    "anyOf": "[schema]",
    "not": "schema",
    "items": "schema",
    "properties": "{schema}",
    "additionalProperties": "schema",
    "format": "text",
    "default": "any",
    "discriminator": "discriminator",
    "readOnly": "flag",
    "writeOnly": "flag",
    "xml": "xml",
    "externalDocs": "external documentation",
    "example": "any",
    "deprecated": "flag",
}
OF_3_0: Mapping[str, str] = {
    **_BOTH,
    "type": "array|boolean|integer|number|object|string",
    "exclusiveMaximum": "flag",
    "exclusiveMinimum": "flag",
    "nullable": "flag",
}
OF_3_1: Mapping[str, str] = {
    **_BOTH,
    **dict.fromkeys(("$ref", "$id", "$schema", "$anchor", "$dynamicRef", "$dynamicAnchor", "$comment"), "text"),
    "$vocabulary": "any",
    "$defs": "{schema}",
    "definitions": "{schema}",
    "type": "type",
    "const": "any",
    "examples": "[any]",
    "exclusiveMaximum": "number",
    "exclusiveMinimum": "number",
    "prefixItems": "[schema]",
    "contains": "schema",
    "minContains": "count",
    "maxContains": "count",
    "patternProperties": "{schema}",
    "propertyNames": "schema",
    "dependentRequired": "{[text]}",
    "dependentSchemas": "{schema}",
    "unevaluatedItems": "schema",
    "unevaluatedProperties": "schema",
    "if": "schema",
    "then": "schema",
    "else": "schema",
    "contentEncoding": "text",
    "contentMediaType": "text",
    "contentSchema": "schema",
}
TYPES = ("string", "integer", "number", "boolean", "object", "array", "null")
ONLY_3_0 = {"nullable": 'write type: [string, "null"]'}
"""What a document of 3.1 may still hold of 3.0, and what to write instead."""
OLDER = {
    "dependencies": "write dependentRequired or dependentSchemas",
    "additionalItems": "write items beside prefixItems",
    "$recursiveRef": "write $dynamicRef",
    "id": "write $id",
}
"""Keywords of older drafts of JSON Schema, which say nothing in 3.1."""
JUDGES: Mapping[str, tuple[str, ...]] = {
    "string": ("minLength", "maxLength", "pattern"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems"),
    "object": ("properties", "required", "additionalProperties", "minProperties", "maxProperties", "patternProperties"),
}
"""The type whose values a keyword judges; of any other type it says nothing."""
FORMATS = (
    *("date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6"),
    *("uri", "uri-reference", "iri", "iri-reference", "uuid", "uri-template", "json-pointer", "relative-json-pointer"),
    *("regex", "password", "byte", "binary", "int32", "int64", "float", "double"),
)
BOUNDS = (
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
    ("minContains", "maxContains"),
    ("minimum", "maximum"),
    ("exclusiveMinimum", "exclusiveMaximum"),
)
