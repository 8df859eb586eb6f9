"""A resource that no handler knows, as an edit of the contract: rooms, listed with pages, filters and an order."""

from typing import Any

from tests.edits import Edit, put

ROOMS, ROOM, BOOK = "/api/v1/rooms", "/api/v1/rooms/{room_id}", "/api/v1/rooms/{room_id}/keys"
BUILDINGS = ["north", "south", "harbour"]
SECURITY = [{"bearerKey": ["read"]}, {"headerKey": ["read"]}]
WRITE = [{"bearerKey": ["write"]}, {"headerKey": ["write"]}]
EXAMPLE = {"id": "room_example", "door": "1-A"}


def with_rooms(*, examples: bool = True) -> list[Edit]:
    """The edits that add it; with `examples`, the answer that hands out a key has two."""
    timestamp = {"$ref": "#/components/schemas/Timestamp"}
    room = {
        "type": "object",
        "required": ["id", "name", "email", "building", "seats", "open_from", "accessible", "equipment"],
        "properties": {
            "id": {"type": "string", "pattern": "^room_[0-9a-z]{8}$"},
            "name": {"type": "string", "minLength": 1, "maxLength": 60},
            "email": {"$ref": "#/components/schemas/EmailAddress"},
            "building": {"type": "string", "enum": BUILDINGS},
            "seats": {"type": "integer", "minimum": 1, "maximum": 40},
            "open_from": timestamp,
            "accessible": {"type": "boolean"},
            "equipment": {"type": "array", "maxItems": 3, "items": {"type": "string", "enum": ["screen", "board"]}},
        },
        "additionalProperties": False,
    }
    door = {
        "type": "object",
        "required": ["id", "door"],
        "properties": {"id": {"type": "string"}, "door": {"type": "string", "pattern": "^[0-9]-[A-F]$"}},
    }
    key = {"type": "string", "minLength": 1, "maxLength": 255}
    path = [{"name": "room_id", "in": "path", "required": True, "schema": key}]
    listing = operation("listRooms", _body("RoomList", Link="Link"), SECURITY) | {
        "x-order": ["seats", "id"],
        "parameters": [
            _filter("building", "equals", {"type": "string", "enum": BUILDINGS}),
            _filter("accessible", "equals", {"type": "boolean"}),
            _filter("seats", "at_or_after", {"type": "integer"}, name="least_seats"),
            _filter("open_from", "before", {"$ref": "#/components/schemas/Instant"}, name="open_before"),
            {"$ref": "#/components/parameters/Page"},
            {"$ref": "#/components/parameters/PerPage"},
        ],
    }
    taken = _body("Door")
    if examples:
        shown = {"first": {"value": EXAMPLE}, "second": {"value": EXAMPLE | {"door": "2-B"}}}
        taken["content"]["application/json"]["examples"] = shown
    sent = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wish"}}}}
    made = operation("createRoom", _body("Room", Location="Location"), WRITE, status="201") | {"requestBody": sent}
    wish = {
        "type": "object",
        "additionalProperties": False,
        "required": ["name"],
        "properties": {"name": {"type": "string", "maxLength": 9}},
    }
    page = {"$ref": "#/components/schemas/Pagination"}
    rooms = {"type": "array", "items": {"$ref": "#/components/schemas/Room"}}
    lists = {"type": "object", "required": ["data", "pagination"], "properties": {"data": rooms, "pagination": page}}
    schemas = {"Room": room, "RoomList": lists, "Door": door, "Wish": wish}
    return [
        *(put(f"/components/schemas/{name}", schema) for name, schema in schemas.items()),
        lambda data: data["paths"].update(
            {
                ROOMS: {"get": listing, "post": made},
                ROOM: {"parameters": path, "get": operation("getRoom", _body("Room"), SECURITY)},
                BOOK: {"parameters": path, "post": operation("takeKey", taken, WRITE)},
            }
        ),
    ]


def operation(name: str, success: Any, security: Any, *, status: str = "200") -> dict[str, Any]:
    """One with the refusals that every operation has."""
    refused = {"400": "BadRequest", "401": "Unauthorized", "403": "Forbidden", "404": "NotFound", "429": "RateLimited"}
    responses = {status: {"$ref": f"#/components/responses/{each}"} for status, each in refused.items()}
    return {
        "operationId": name,
        "tags": ["Events"],
        "summary": name,
        "description": name,
        "security": security,
        "responses": {status: success} | responses,
    }


def _body(schema: str, **headers: str) -> dict[str, Any]:
    every = {
        "X-RateLimit-Limit": "RateLimitLimit",
        "X-RateLimit-Remaining": "RateLimitRemaining",
        "X-Request-Id": "RequestId",
    }
    stated = {name: {"$ref": f"#/components/headers/{each}"} for name, each in (every | headers).items()}
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": schema, "headers": stated, "content": content}


def _filter(field: str, comparison: str, schema: Any, *, name: str = "") -> dict[str, Any]:
    stated = {"field": field, "comparison": comparison}
    return {"name": name or field, "in": "query", "description": field, "x-filter": stated, "schema": schema}
