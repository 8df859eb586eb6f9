"""OpenAPI 3.1 as far as the toolkit understands it: each kind of object and its members (law SRC 4)."""

import re
from collections.abc import Mapping

from smartcal_api.contract import check_members, check_schema, check_security
from smartcal_api.contract.check_kinds import Anything, Choice, Flag, Items, Kind, Member, Reference, Table, Text
from smartcal_api.contract.check_members import DAY, FILTER, NAME, ORDER, TOP
from smartcal_api.contract.check_shape import OrFlag, Shape, article
from smartcal_api.contract.delivery_headers import VALUES

DRAFT = "https://json-schema.org/draft/2020-12/schema"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_REQUEST_MEDIA = re.compile(r"(?i)^(?:application/(?:json|x-www-form-urlencoded)|[a-z0-9.*_-]+/[a-z0-9.*_-]+\+json)\Z")
_ONE_SERVER = "every operation is served from the root; state it in the servers of the document"
_NO_RANGE = "each status is served by itself; write it out, such as '404'"
_WRITE_OUT = "write it out where it is used"
_SCHEMA_ONLY = "give it a schema"
_SENT = "it has no meaning for what is sent and not called; leave it out"
_RANGES = {f"{digit}{rest}": _NO_RANGE for digit in "12345" for rest in ("XX", "xx")}


def _named(kind: Member) -> Table:
    return Table(kind, re.compile(r"^[A-Za-z0-9._-]+\Z"), "of letters, digits, '.', '_' and '-'")


_EXAMPLES: Mapping[str, Member] = {"example": Anything(), "examples": Table("example")}
_WORDS: Mapping[str, Member] = {"summary": Text(), "description": Text()}
_OPERATION: Mapping[str, Member] = {
    **_WORDS,
    "tags": Items(NAME, unique=True),
    "externalDocs": "external documentation",
    "operationId!": NAME,
    "parameters": Items("parameter"),
    "deprecated": Flag(),
    "security": Items("requirement"),
}
# Header names that OpenAPI has state elsewhere are ignored by it (Response Object).
_HEADERS = Table(
    "header",
    re.compile(r"^(?!(?i:content-type)\Z)[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z"),
    "the name of a header other than Content-Type, which the media type states",
)
_SHAPES = (
    Shape(
        "document",
        {
            "openapi!": Text("3.1.0, the version that the toolkit understands", re.compile(r"^3\.1\.[0-9]+\Z")),
            "info!": "info object",
            "jsonSchemaDialect": Choice((DRAFT,)),
            "servers": Items("server", least=1),
            "tags": Items("tag"),
            "security": Items("requirement"),
            "externalDocs": "external documentation",
            "paths!": Table(
                "path item",
                re.compile(r"^/(?:[^{}?#]|\{[^{}/?#]+\})*\Z"),
                "a path such as /api/v1/events/{event_id}",
                open=True,
            ),
            "webhooks!": Table("webhook"),
            "components!": "components",
            **{f"{name}!": kind for name, kind in TOP.items()},
        },
    ),
    Shape(
        "info object",
        {
            "title!": NAME,
            "version!": NAME,
            **_WORDS,
            "termsOfService": Text(),
            "contact": Shape("contact", {"name": Text(), "url": Text(), "email": Text()}),
            "license": Shape("license", {"name!": NAME, "identifier": Text(), "url": Text()}),
        },
    ),
    Shape(
        "server",
        {
            "url!": Text("a URL without {variables}, which the toolkit doesn't understand", re.compile(r"^[^{}]+\Z")),
            "description": Text(),
        },
        {"variables": "write a server for each value"},
    ),
    Shape("tag", {"name!": NAME, "description": Text(), "externalDocs": "external documentation"}),
    Shape("external documentation", {"url!": NAME, "description": Text()}),
    Shape(
        "path item",
        {**_WORDS, "parameters": Items("parameter"), **dict.fromkeys(METHODS, "operation")},
        {"trace": "servers shouldn't answer it; leave it out", "servers": _ONE_SERVER, "$ref": _WRITE_OUT},
    ),
    Shape(
        "operation",
        {
            **_OPERATION,
            "requestBody": "request body",
            "responses!": "responses",
            "x-order": ORDER,
            "x-rate-limits": Items("rate limit", least=1),
            "x-sunset": DAY,
            "x-deprecated-since": DAY,
        },
        {"callbacks": "what is sent belongs in webhooks", "servers": _ONE_SERVER},
    ),
    Shape(
        "webhook",
        {**_WORDS, "post!": "webhook operation"},
        {
            **dict.fromkeys((*METHODS, "trace"), "a delivery is a POST"),
            **dict.fromkeys(("servers", "parameters"), _SENT),
            "$ref": _WRITE_OUT,
        },
    ),
    Shape(
        "webhook operation",
        {**_OPERATION, "requestBody!": "request body", "responses!": "webhook responses", "x-about": NAME},
        {"callbacks": _SENT, "servers": _SENT},
    ),
    Shape(
        "parameter",
        {
            "name!": NAME,
            "in!": Choice(("query", "path", "header"), {"cookie": "use a header or a query parameter"}),
            "description": Text(),
            "required": Flag(),
            "deprecated": Flag(),
            "style": Text(),
            "explode": Flag(),
            "schema!": "schema",
            **_EXAMPLES,
            "x-filter": FILTER,
            "x-value": Choice(VALUES),
        },
        {
            "content": _SCHEMA_ONLY,
            "allowEmptyValue": "an empty value is judged by the schema; leave it out",
            "allowReserved": "every character may come as it is or percent-encoded; leave it out",
        },
        referable=True,
    ),
    Shape(
        "header",
        {
            "description": Text(),
            "required": Flag(),
            "deprecated": Flag(),
            "style": Choice(("simple",)),
            "explode": Flag(),
            "schema!": "schema",
            **_EXAMPLES,
        },
        {"content": _SCHEMA_ONLY},
        referable=True,
    ),
    Shape(
        "request body",
        {
            "description": Text(),
            "required": Flag(),
            "content!": Table(
                "request media type",
                _REQUEST_MEDIA,
                "application/json, one that ends in +json, or application/x-www-form-urlencoded",
                least=1,
            ),
        },
        referable=True,
    ),
    # A body without a schema could not be validated; an answer may well be any bytes.
    Shape(
        "request media type",
        {"schema!": OrFlag("schema"), **_EXAMPLES},
        {"encoding": "a form is read by its schema alone"},
    ),
    Shape("media type", {"schema": OrFlag("schema"), **_EXAMPLES}, {"encoding": "leave it out"}),
    Shape(
        "response",
        {
            "description!": Text(),
            "headers": _HEADERS,
            "content": Table("media type", re.compile(r"^[^/\s]+/[^/\s].*\Z"), "a media type such as application/json"),
            "links": _named("link"),
        },
        referable=True,
    ),
    Shape("example", {**_WORDS, "value!": Anything()}, {"externalValue": "write the value here"}, referable=True),
    Shape(
        "link",
        {"description": Text(), "operationId!": NAME, "parameters": Table(Anything())},
        {
            "operationRef": "name the operation by its operationId",
            "requestBody": "a link fills in parameters only",
            "server": _ONE_SERVER,
        },
        referable=True,
    ),
    Shape(
        "components",
        {
            "schemas!": _named("schema"),
            "responses": _named("response"),
            "parameters": _named("parameter"),
            "examples": _named("example"),
            "requestBodies": _named("request body"),
            "headers": _named("header"),
            "securitySchemes": _named("security scheme"),
            "links": _named("link"),
        },
        dict.fromkeys(("callbacks", "pathItems"), _WRITE_OUT),
    ),
    *check_schema.KINDS,
    *check_members.KINDS,
    *check_security.KINDS,
)


KINDS: Mapping[str, Kind] = {
    "type": check_schema.Types(),
    "security scheme": check_security.SCHEME,
    "requirement": check_security.REQUIREMENT,
    "responses": Table(
        "response",
        re.compile(r"^[2-5][0-9]{2}\Z"),
        "a status from '200' to '599'",
        {"default": _NO_RANGE, **_RANGES},
        open=True,
    ),
    # What the subscriber answers: the toolkit asks only whether it is a success, so the range is understood.
    "webhook responses": Table("response", re.compile(r"^(?:[2-5][0-9]{2}|2XX)\Z"), "a status, or 2XX", open=True),
    **{shape.name: shape for shape in _SHAPES},
    # Only what OpenAPI lets stand beside a $ref (Reference Object); anything else would be without effect.
    **{
        f"reference to {article(shape.name)}": Shape(
            f"reference to {article(shape.name)}", {"$ref!": Reference(shape.name), **_WORDS}
        )
        for shape in _SHAPES
        if shape.referable
    },
}
