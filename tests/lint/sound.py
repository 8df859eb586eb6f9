"""A document of somebody else in which each kind of object stands once, with nothing wrong in it."""

from pathlib import Path
from typing import Any

import yaml

from smartcal_api.contract import Document

SOUND = """
openapi: 3.1.0
info: {title: Library, version: 1.2.0, description: Books and who has them.}
servers:
  - url: https://{region}.example.com/{base}
    variables:
      region: {default: eu, enum: [eu, us]}
      base: {default: v1}
tags: [{name: books}, {name: loans}]
security: [{oauth: [read]}, {key: []}]
paths:
  /books:
    get:
      operationId: listBooks
      tags: [books]
      parameters:
        - {name: author, in: query, style: form, explode: true, schema: {type: string, maxLength: 80}}
        - {name: size, in: query, schema: {type: integer, minimum: 1, maximum: 100, default: 20}}
        - {$ref: "#/components/parameters/Trace"}
      responses:
        "200":
          description: The books.
          headers:
            X-Total: {description: How many, required: true, schema: {type: integer}}
          content:
            application/json:
              schema: {type: array, items: {$ref: "#/components/schemas/Book"}, maxItems: 100}
              examples: {none: {summary: No book, value: []}}
        "401": {$ref: "#/components/responses/Problem"}
    post:
      operationId: addBook
      tags: [books]
      security: [{oauth: [write]}]
      requestBody:
        description: The book.
        required: true
        content:
          application/json: {schema: {$ref: "#/components/schemas/NewBook"}}
          multipart/form-data:
            schema: {type: object, properties: {cover: {type: string}}}
            encoding: {cover: {contentType: image/png, headers: {X-Name: {schema: {type: string}}}}}
      callbacks:
        catalogued:
          "{$request.body#/notify}":
            post:
              requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Book"}}}}
              responses: {"200": {description: Thanks.}}
      responses:
        "201":
          description: Added.
          content:
            application/json: {schema: {$ref: "#/components/schemas/Book"}}
          links:
            itself:
              operationId: getBook
              description: The new one.
              parameters: {bookId: $response.body#/id}
        default: {$ref: "#/components/responses/Problem"}
  /books/{bookId}:
    summary: One book.
    parameters:
      - {name: bookId, in: path, required: true, schema: {$ref: "#/components/schemas/BookId"}}
    get:
      operationId: getBook
      tags: [books]
      deprecated: true
      externalDocs: {description: More, url: "https://example.com/books"}
      responses:
        "200":
          description: The book.
          content: {application/json: {schema: {$ref: "#/components/schemas/Book"}}}
    delete:
      operationId: removeBook
      tags: [loans]
      responses: {"204": {description: Gone.}, "404": {$ref: "#/components/responses/Problem"}}
components:
  parameters:
    Trace: {name: X-Trace, in: header, description: An id, schema: {type: string, format: uuid}}
  responses:
    Problem:
      description: What is wrong.
      content: {application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}}
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key, description: For scripts.}
    oauth:
      type: oauth2
      flows:
        authorizationCode:
          authorizationUrl: https://example.com/authorize
          tokenUrl: https://example.com/token
          refreshUrl: https://example.com/token
          scopes: {read: See books, write: Change books}
  schemas:
    BookId: {type: string, pattern: "^b_[a-z0-9]{8}$", minLength: 10, maxLength: 10, examples: [b_12345678]}
    Problem:
      type: object
      required: [title]
      properties: {title: {type: string}, status: {type: integer, minimum: 100, maximum: 599, example: 404}}
    NewBook:
      type: object
      required: [title, medium]
      properties:
        title: {type: string, minLength: 1, maxLength: 200}
        state: {type: string, enum: [new, used], default: new}
        pages: {type: [integer, "null"], minimum: 1}
        signed: {type: boolean, default: false}
        keywords: {type: array, items: {type: string}, minItems: 0, maxItems: 5, uniqueItems: true}
        added: {type: string, format: date-time, readOnly: true}
        notify: {type: string, format: uri}
        medium:
          oneOf: [{$ref: "#/components/schemas/Paper"}, {$ref: "#/components/schemas/Audio"}]
          discriminator:
            propertyName: format
            mapping: {paper: "#/components/schemas/Paper", audio: Audio}
    Paper: {type: object, required: [format], properties: {format: {const: paper}, weight: {type: number}}}
    Audio: {type: object, required: [format], properties: {format: {const: audio}, minutes: {type: integer}}}
    Book:
      allOf:
        - {$ref: "#/components/schemas/NewBook"}
        - type: object
          required: [id, title]
          properties:
            id: {$ref: "#/components/schemas/BookId"}
            loan: {type: object, additionalProperties: {type: string}}
"""


def sound() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(SOUND)
    return found


def document(data: dict[str, Any]) -> Document:
    """As a file would be read, a line for each value."""
    return Document(Path("library.yaml"), yaml.safe_dump(data, sort_keys=False).encode())
