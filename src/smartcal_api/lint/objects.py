"""The objects of OpenAPI 3.0 to 3.2 and the members of each, as the specification has them.

A key that ends in `!` is required; `@3.1` is from that version on. A value is the name of an object, `[name]` a list of
them, `{name}` a mapping of them, `a|b` one of these texts; the plain ones are in `PLAIN`.
"""

from collections.abc import Mapping

PLAIN: Mapping[str, tuple[type, str]] = {
    "text": (str, "text"),
    "flag": (bool, "true or false"),
    "[": (list, "a list"),
    "{": (dict, "a mapping"),
}
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
REFERABLE = frozenset(
    {"parameter", "header", "request body", "response", "example", "link", "callback", "security scheme", "path item"}
)
"""What a Reference Object may stand for; a media type from 3.2 on."""
_WORDS = {"summary": "text", "description": "text"}
_EXAMPLES = {"example": "any", "examples": "{example}"}
_SERIALISED = {"schema": "schema", "content": "{media type}", "explode": "flag", **_EXAMPLES}
OBJECTS: Mapping[str, Mapping[str, str]] = {
    "document": {
        "openapi!": "text",
        "$self@3.2": "text",
        "info!": "info",
        "jsonSchemaDialect@3.1": "text",
        "servers": "[server]",
        "paths": "paths",
        "webhooks@3.1": "{path item}",
        "components": "components",
        "security": "[security requirement]",
        "tags": "[tag]",
        "externalDocs": "external documentation",
    },
    "info": {
        "title!": "text",
        "summary@3.1": "text",
        "description": "text",
        "termsOfService": "text",
        "contact": "contact",
        "license": "license",
        "version!": "text",
    },
    "contact": {"name": "text", "url": "text", "email": "text"},
    "license": {"name!": "text", "identifier@3.1": "text", "url": "text"},
    "server": {"url!": "text", "description": "text", "name@3.2": "text", "variables": "{server variable}"},
    "server variable": {"enum": "[text]", "default!": "text", "description": "text"},
    "external documentation": {"description": "text", "url!": "text"},
    "tag": {
        "name!": "text",
        "summary@3.2": "text",
        "description": "text",
        "externalDocs": "external documentation",
        "parent@3.2": "text",
        "kind@3.2": "text",
    },
    "components": {
        "schemas": "{schema}",
        "responses": "{response}",
        "parameters": "{parameter}",
        "examples": "{example}",
        "requestBodies": "{request body}",
        "headers": "{header}",
        "securitySchemes": "{security scheme}",
        "links": "{link}",
        "callbacks": "{callback}",
        "pathItems@3.1": "{path item}",
        "mediaTypes@3.2": "{media type}",
    },
    "path item": {
        "$ref": "any",
        **_WORDS,
        **dict.fromkeys(METHODS, "operation"),
        "query@3.2": "operation",
        "additionalOperations@3.2": "{operation}",
        "servers": "[server]",
        "parameters": "[parameter]",
    },
    "operation": {
        "tags": "[text]",
        **_WORDS,
        "externalDocs": "external documentation",
        "operationId": "text",
        "parameters": "[parameter]",
        "requestBody": "request body",
        "responses": "responses",
        "callbacks": "{callback}",
        "deprecated": "flag",
        "security": "[security requirement]",
        "servers": "[server]",
    },
    "parameter": {
        "name!": "text",
        "in!": "query|path|header|cookie|querystring",
        "description": "text",
        "required": "flag",
        "deprecated": "flag",
        "allowEmptyValue": "flag",
        "style": "matrix|label|simple|form|spaceDelimited|pipeDelimited|deepObject|cookie",
        "allowReserved": "flag",
        **_SERIALISED,
    },
    "header": {
        "description": "text",
        "required": "flag",
        "deprecated": "flag",
        "style": "simple",
        "allowEmptyValue": "flag",
        "allowReserved": "flag",
        **_SERIALISED,
    },
    "request body": {"description": "text", "content!": "{media type}", "required": "flag"},
    "media type": {
        "schema": "schema",
        "itemSchema@3.2": "schema",
        **_EXAMPLES,
        "encoding": "{encoding}",
        "prefixEncoding@3.2": "[encoding]",
        "itemEncoding@3.2": "encoding",
    },
    "encoding": {
        "contentType": "text",
        "headers": "{header}",
        "style": "form|spaceDelimited|pipeDelimited|deepObject",
        "explode": "flag",
        "allowReserved": "flag",
        "encoding@3.2": "{encoding}",
        "prefixEncoding@3.2": "[encoding]",
        "itemEncoding@3.2": "encoding",
    },
    "response": {
        "summary@3.2": "text",
        "description": "text",
        "headers": "{header}",
        "content": "{media type}",
        "links": "{link}",
    },
    "example": {
        **_WORDS,
        "value": "any",
        "externalValue": "text",
        "dataValue@3.2": "any",
        "serializedValue@3.2": "text",
    },
    "link": {
        "operationRef": "text",
        "operationId": "text",
        "parameters": "{any}",
        "requestBody": "any",
        "description": "text",
        "server": "server",
    },
    "security scheme": {
        "type!": "apiKey|http|mutualTLS|oauth2|openIdConnect",
        "description": "text",
        "name": "text",
        "in": "query|header|cookie",
        "scheme": "text",
        "bearerFormat": "text",
        "flows": "flows",
        "openIdConnectUrl": "text",
        "oauth2MetadataUrl@3.2": "text",
        "deprecated@3.2": "flag",
    },
    "flows": {
        "implicit": "flow",
        "password": "flow",
        "clientCredentials": "flow",
        "authorizationCode": "flow",
        "deviceAuthorization@3.2": "flow",
    },
    "flow": {
        "authorizationUrl": "text",
        "deviceAuthorizationUrl@3.2": "text",
        "tokenUrl": "text",
        "refreshUrl": "text",
        "scopes!": "{text}",
    },
    "discriminator": {"propertyName!": "text", "mapping": "{text}", "defaultMapping@3.2": "text"},
    "xml": {
        "name": "text",
        "namespace": "text",
        "prefix": "text",
        "attribute": "flag",
        "wrapped": "flag",
        "nodeType@3.2": "text",
    },
}
SCHEME_NEEDS: Mapping[str, tuple[str, ...]] = {
    "apiKey": ("name", "in"),
    "http": ("scheme",),
    "oauth2": ("flows",),
    "openIdConnect": ("openIdConnectUrl",),
}
FLOW_NEEDS: Mapping[str, tuple[str, ...]] = {
    "implicit": ("authorizationUrl",),
    "password": ("tokenUrl",),
    "clientCredentials": ("tokenUrl",),
    "authorizationCode": ("authorizationUrl", "tokenUrl"),
    "deviceAuthorization": ("deviceAuthorizationUrl", "tokenUrl"),
}
