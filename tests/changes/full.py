"""A document in which every member that the contract's tables know stands once, in each direction of the data."""

import copy
from typing import Any

import yaml

from smartcal_api.contract import shipped

_SCHEMA = """
type: object
title: Whole
description: Words.
required: [text]
properties:
  text: {type: string, minLength: 2, maxLength: 9, pattern: '^[a-z]+$', $comment: Words., example: ab, examples: [ab]}
  said: {type: string, default: a, readOnly: true, writeOnly: false, deprecated: true, x-was: told}
  form: {type: string, format: uuid, externalDocs: {url: 'https://example.com'}}
  held: {type: string, contentEncoding: base64, contentMediaType: image/png, contentSchema: {type: string}}
  pick: {type: string, enum: [a, b]}
  only: {const: a}
  both: {type: [string, integer]}
  span: {type: integer, minimum: 2, maximum: 9}
  even: {type: integer, multipleOf: 2}
  open: {type: number, exclusiveMinimum: 2, exclusiveMaximum: 9}
  list: {type: array, items: {type: string}, minItems: 2, maxItems: 9, uniqueItems: true}
  pair: {type: array, prefixItems: [{type: string}, {type: integer}], unevaluatedItems: {type: boolean}}
  some: {type: array, contains: {type: integer}, minContains: 2, maxContains: 4}
  free: {type: object, additionalProperties: {type: integer}, propertyNames: {maxLength: 9}, minProperties: 2,
    maxProperties: 4}
  like: {type: object, patternProperties: {'^x': {type: string}}, unevaluatedProperties: {type: integer}}
  need: {type: object, dependentRequired: {a: [b]}, dependentSchemas: {a: {required: [c]}}}
  each: {allOf: [{type: string, maxLength: 9}, {type: string, minLength: 1}]}
  some_of: {anyOf: [{type: string}, {type: integer}]}
  one_of: {oneOf: [{type: string}, {type: integer}]}
  none: {type: string, not: {const: a}}
  case: {if: {required: [a]}, then: {required: [b]}, else: {required: [c]}}
  kind:
    oneOf: [{$ref: '#/components/schemas/Circle'}, {$ref: '#/components/schemas/Square'}]
    discriminator: {propertyName: kind, mapping: {circle: '#/components/schemas/Circle'}, defaultMapping: Square}
  named: {$ref: '#/components/schemas/Circle'}
  apart: {$schema: 'https://json-schema.org/draft/2020-12/schema', $defs: {a: {type: string}}, type: string}
  xml: {type: string, xml: {name: x}}
"""
_DOCUMENT = """
openapi: 3.2.0
$self: https://example.com/openapi.yaml
jsonSchemaDialect: https://json-schema.org/draft/2020-12/schema
info: {title: Whole, version: 1.0.0, summary: Words., description: Words., termsOfService: 'https://example.com',
  contact: {name: Ann, url: 'https://example.com', email: ann@example.com},
  license: {name: MIT, identifier: MIT, url: 'https://example.com'}}
servers: [{url: 'https://{host}.example.com', name: x, description: Words.,
  variables: {host: {default: a, enum: [a, b], description: Words.}}}]
tags: [{name: things, summary: Words., description: Words., parent: all, kind: nav,
  externalDocs: {url: 'https://example.com', description: Words.}}, {name: all}]
security: [{key: []}, {oauth: [write]}]
externalDocs: {url: 'https://example.com', description: Words.}
paths:
  /things/{thing_id}:
    summary: Words.
    description: Words.
    servers: [{url: 'https://other.example.com'}]
    x-resource: false
    x-parent: {thing_id: id}
    get:
      operationId: listThings
      summary: Words.
      description: Words.
      tags: [things]
      externalDocs: {url: 'https://example.com'}
      deprecated: true
      x-sunset: 2030-01-31
      x-deprecated-since: 2026-01-31
      x-order: [id]
      x-rate-limits: [{name: minute, limit: 10, window_seconds: 60}]
      security: [{key: []}]
      servers: [{url: 'https://third.example.com'}]
      parameters:
        - {name: q, in: query, description: Words., required: false, deprecated: true, style: spaceDelimited,
          explode: true, allowReserved: true, allowEmptyValue: true, schema: {type: array, items: {type: string}},
          example: [a], examples: {a: {summary: Words., description: Words., value: [a], dataValue: [a],
          serializedValue: q=a, externalValue: 'https://example.com'}}, x-filter: {field: title, comparison: equals}}
        - {name: w, in: query, schema: {type: string},
          x-filter: {when: a, all: [{field: title, comparison: equals, value: a}]}}
        - {name: c, in: query, content: {application/json: {schema: {type: string}}}}
      responses:
        '200':
          summary: Words.
          description: Words.
          headers:
            X-Total: {description: Words., required: true, deprecated: true, style: simple, explode: true,
              schema: {type: integer}, example: 1, examples: {a: {value: 1}}}
            X-Other: {content: {application/json: {schema: {type: string}}}}
          content:
            application/json: {schema: WHOLE, example: {}, examples: {a: {value: {}}}}
            application/jsonl: {itemSchema: {type: string}, itemEncoding: {contentType: text/plain}}
            text/csv: {}
          links: {one: {description: Words., operationId: addThing, operationRef: x, parameters: {id: $request.query.q},
            requestBody: x, server: {url: 'https://example.com'}}, two: {operationId: addThing}}
        '404': {description: Words.}
    post:
      operationId: addThing
      x-action: {set: {state: old}, when: {state: new}, else: not_found}
      requestBody:
        description: Words.
        required: true
        content:
          application/json: {schema: WHOLE, example: {}, examples: {a: {value: {}}}}
          multipart/form-data:
            schema: {type: object, properties: {file: {type: string}}}
            encoding: {file: {contentType: image/png, style: form, explode: true, allowReserved: true,
              headers: {X-Name: {schema: {type: string}}}, encoding: {a: {contentType: text/plain}},
              prefixEncoding: [{contentType: text/plain}], itemEncoding: {contentType: text/plain}}}
          multipart/mixed: {itemSchema: {type: string}, itemEncoding: {contentType: text/plain},
            prefixEncoding: [{contentType: text/plain}]}
      responses: {'201': {description: Words.}}
      callbacks:
        done: {'{$request.body#/url}': {post: {requestBody: {content: {application/json: {schema: {type: string}}}},
          responses: {'200': {description: x}}}}}
    additionalOperations: {COPY: {operationId: copyThing, responses: {'200': {description: x}}}}
    put: {operationId: putThing, responses: {'200': {description: x}}}
    delete: {operationId: deleteThing, responses: {'200': {description: x}}}
    options: {operationId: optionsThing, responses: {'200': {description: x}}}
    head: {operationId: headThing, responses: {'200': {description: x}}}
    patch: {operationId: patchThing, responses: {'200': {description: x}}}
    trace: {operationId: traceThing, responses: {'200': {description: x}}}
    query: {operationId: queryThing, responses: {'200': {description: x}}}
    parameters:
      - {name: thing_id, in: path, required: true, schema: {type: string}}
      - {$ref: '#/components/parameters/Page'}
  /others: {get: {operationId: listOthers, responses: {'200': {description: x}}}}
webhooks:
  thing.made:
    summary: Words.
    description: Words.
    parameters: [{name: X-All, in: header, schema: {type: string}}]
    post:
      operationId: thingMade
      summary: Words.
      description: Words.
      tags: [things]
      externalDocs: {url: 'https://example.com'}
      deprecated: true
      x-about: things
      security: [{key: []}]
      parameters:
        - {name: X-Sign, in: header, description: Words., required: true, deprecated: true, style: simple,
          explode: true, schema: {type: string}, example: a, examples: {a: {value: a}}, x-value: signature}
      requestBody: {required: true, content: {application/json: {schema: WHOLE, example: {}}}}
      responses: {'200': {description: x, content: {application/json: {schema: {type: string}}}}}
    put: {operationId: x}
components:
  schemas:
    Circle: {type: object, required: [kind], properties: {kind: {const: circle}}}
    Square: {type: object, required: [kind], properties: {kind: {const: square}}}
  parameters: {Page: {name: page, in: query, schema: {type: integer}}}
  securitySchemes:
    key: {type: apiKey, name: X-Key, in: header, description: Words., deprecated: true}
    bearer: {type: http, scheme: bearer, bearerFormat: JWT, description: Words., deprecated: true}
    connect: {type: openIdConnect, openIdConnectUrl: 'https://example.com', description: Words., deprecated: true}
    mutual: {type: mutualTLS, description: Words., deprecated: true}
    oauth:
      type: oauth2
      description: Words.
      deprecated: true
      oauth2MetadataUrl: https://example.com/metadata
      flows:
        implicit: {authorizationUrl: /a, refreshUrl: /r, scopes: {write: '', read: ''}}
        password: {tokenUrl: /t, refreshUrl: /r, scopes: {write: '', read: ''}}
        clientCredentials: {tokenUrl: /t, refreshUrl: /r, scopes: {write: '', read: ''}}
        authorizationCode: {authorizationUrl: /a, tokenUrl: /t, refreshUrl: /r, scopes: {write: '', read: ''}}
        deviceAuthorization: {deviceAuthorizationUrl: /d, tokenUrl: /t, refreshUrl: /r, scopes: {write: '', read: ''}}
x-unrouted-responses: {'404': {description: x}}
x-webhook-signature: {encoding: hex, signed: '{body}', key: text}
x-rate-limit-headers: {state: RateLimit, policy: RateLimit-Policy}
"""


def full() -> dict[str, Any]:
    """With the policy of our own contract."""
    found: dict[str, Any] = yaml.safe_load(_DOCUMENT)
    policy = yaml.safe_load(shipped().read_text(encoding="utf-8"))
    for key, value in policy.items():
        if key.startswith("x-") and key != "x-unrouted-responses":
            found[key] = {**value, **found[key]} if key in found else value
    whole = yaml.safe_load(_SCHEMA)
    _filled(found, whole)
    return found


def _filled(value: Any, whole: Any) -> None:
    for key, each in list(value.items() if isinstance(value, dict) else enumerate(value)):
        if each == "WHOLE":
            value[key] = copy.deepcopy(whole)
        elif isinstance(each, dict | list):
            _filled(each, whole)
