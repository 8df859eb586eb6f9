"""OpenAPI 3.1 and 3.2 as far as the toolkit understands it: each kind of object and its members (law SRC 4)."""

import re
from collections.abc import Mapping

from smartcal_api.contract import check_members, check_schema, check_security
from smartcal_api.contract.check_kinds import Anything, Choice, Flag, Items, Kind, Member, Reference, Table, Text
from smartcal_api.contract.check_members import FILTER, IN_OPERATION, IN_PATH, NAME, TOP
from smartcal_api.contract.check_shape import Described, Headers, OrFlag, Shape, article
from smartcal_api.contract.delivery_headers import VALUES
from smartcal_api.contract.methods import METHODS

_MEDIA = re.compile(r"^[^/\s]+/[^/\s].*\Z")
_ONE_SERVER = "every operation is served from the root; state it in the servers of the document"
_WRITE_OUT = "write it out where it is used"
_SENT = "it has no meaning for what is sent and not called; leave it out"
_RANGES = {f"{digit}xx": f"write it {digit}XX" for digit in "12345"}


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
_HEADERS = Headers(
    "header",
    re.compile(r"^(?!(?i:content-type)\Z)[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z"),
    "the name of a header other than Content-Type, which the media type states",
)
_SHAPES = (
    Shape(
        "document",
        {
            "openapi!": Text("3.0, 3.1 or 3.2 with its patch, such as 3.1.0", re.compile(r"^3\.[12]\.[0-9]+\Z")),
            "$self": Text(),
            "info!": "info object",
            "jsonSchemaDialect": "dialect",
            "servers": Items("server"),
            "tags": Items("tag"),
            "security": Items("requirement"),
            "externalDocs": "external documentation",
            "paths": Table(
                "path item",
                re.compile(r"^/(?:[^{}?#]|\{[^{}/?#]+\})*\Z"),
                "a path such as /api/v1/events/{event_id}",
                open=True,
            ),
            "webhooks": Table("webhook", open=True),
            "components": "components",
            **TOP,
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
        {"url!": Text(), "name": Text(), "description": Text(), "variables": _named("server variable")},
    ),
    Shape("server variable", {"enum": Items(Text(), least=1), "default!": Text(), "description": Text()}),
    Shape(
        "tag",
        {"name!": NAME, **_WORDS, "externalDocs": "external documentation", "parent": NAME, "kind": Text()},
    ),
    Shape("external documentation", {"url!": NAME, "description": Text()}),
    Shape(
        "path item",
        {
            **_WORDS,
            "parameters": Items("parameter"),
            **IN_PATH,
            **dict.fromkeys(METHODS, "operation"),
        },
        {"$ref": _WRITE_OUT, "additionalOperations": "name methods of HTTP in capital letters"},
        idle={"trace": "servers shouldn't answer it; leave it out", "servers": _ONE_SERVER},
    ),
    Shape(
        "operation",
        {
            **_OPERATION,
            "requestBody": "request body",
            "responses!": "responses",
            **IN_OPERATION,
        },
        idle={"callbacks": "what is sent belongs in webhooks", "servers": _ONE_SERVER},
    ),
    Shape(
        "webhook",
        {**_WORDS, "post!": "webhook operation"},
        idle={
            **dict.fromkeys((*METHODS, "trace"), "a delivery is a POST"),
            **dict.fromkeys(("servers", "parameters"), _SENT),
        },
    ),
    Shape(
        "webhook operation",
        {**_OPERATION, "requestBody!": "request body", "responses": "responses", "x-about": NAME},
        idle={"callbacks": _SENT, "servers": _SENT},
    ),
    Described(
        "parameter",
        {
            "name!": NAME,
            "in!": Choice(("query", "path", "header", "cookie"), {"querystring": "name each parameter of the query"}),
            "description": Text(),
            "required": Flag(),
            "deprecated": Flag(),
            "style": Text(),
            "explode": Flag(),
            "schema": OrFlag("schema"),
            "content": Table("media type"),
            **_EXAMPLES,
            "x-filter": FILTER,
            "x-value": Choice(VALUES),
        },
        idle={
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
            "schema": OrFlag("schema"),
            "content": Table("media type"),
            **_EXAMPLES,
        },
        referable=True,
    ),
    Shape(
        "request body",
        {
            "description": Text(),
            "required": Flag(),
            "content!": Table("request media type", _MEDIA, "a media type such as application/json", least=1),
        },
        referable=True,
    ),
    *(
        Shape(
            name,
            {"schema": OrFlag("schema"), "itemSchema": OrFlag("schema"), "encoding": Table("encoding"), **_EXAMPLES},
            idle=dict.fromkeys(("prefixEncoding", "itemEncoding"), "the parts are judged by their schemas alone"),
        )
        for name in ("request media type", "media type")
    ),
    Shape(
        "encoding",
        {"contentType": Text(), "headers": _HEADERS, "style": Text(), "explode": Flag(), "allowReserved": Flag()},
        idle=dict.fromkeys(("encoding", "prefixEncoding", "itemEncoding"), "a part is not taken apart again"),
    ),
    Shape(
        "response",
        {
            "description!": Text(),
            "summary": Text(),
            "headers": _HEADERS,
            "content": Table("media type", _MEDIA, "a media type such as application/json"),
            "links": _named("link"),
        },
        referable=True,
    ),
    Shape(
        "example",
        {**_WORDS, "value": Anything(), "dataValue": Anything(), "serializedValue": Text()},
        idle={"externalValue": "write the value here"},
        referable=True,
    ),
    Shape(
        "link",
        {"description": Text(), "operationId": NAME, "parameters": Table(Anything())},
        idle={
            "operationRef": "name the operation by its operationId",
            "requestBody": "a link fills in parameters only",
            "server": _ONE_SERVER,
        },
        referable=True,
    ),
    Shape(
        "components",
        {
            "schemas": _named(OrFlag("schema")),
            "responses": _named("response"),
            "parameters": _named("parameter"),
            "examples": _named("example"),
            "requestBodies": _named("request body"),
            "headers": _named("header"),
            "securitySchemes": _named("security scheme"),
            "links": _named("link"),
        },
        idle=dict.fromkeys(("callbacks", "pathItems", "mediaTypes"), _WRITE_OUT),
    ),
    *check_schema.KINDS,
    *check_members.KINDS,
    *check_security.KINDS,
)


KINDS: Mapping[str, Kind] = {
    "type": check_schema.Types(),
    "format": check_schema.Format(),
    "dialect": check_schema.Dialect(),
    "security scheme": check_security.SCHEME,
    "requirement": check_security.REQUIREMENT,
    "responses": Table(
        "response",
        re.compile(r"^(?:[1-5](?:[0-9]{2}|XX)|default)\Z"),
        "a status from '100' to '599', a range of them such as 4XX, or default",
        _RANGES,
        open=True,
    ),
    "unrouted responses": Table("response", re.compile(r"^[2-5][0-9]{2}\Z"), "a status from '200' to '599'", open=True),
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
