"""A resource that a designer adds to the contract, with all that can be done with one, its ids and its event types."""

from typing import Any

from tests.api.rooms import SECURITY, WRITE, operation
from tests.edits import Edit, put

TEAMS, TEAM, CLOSE = "/api/v1/teams", "/api/v1/teams/{team_id}", "/api/v1/teams/{team_id}/close"
MEMBERS = "/api/v1/teams/{team_id}/members"
TYPES = ("team.created", "team.updated", "team.deleted")


def with_teams() -> list[Edit]:
    """The edits that add it."""
    text = {"type": "string", "minLength": 1, "maxLength": 60}
    owned: dict[str, Any] = {"readOnly": True}
    stamp = {"type": "string", "format": "date-time", **owned}
    team = _object(
        {
            "id": {"type": "string", "pattern": "^tm_[0-9a-z]{20}$", **owned},
            "name": text,
            "open": {"type": "boolean", "default": True},
            "closed_at": {"type": ["string", "null"], "format": "date-time", **owned},
            "password": {**text, "writeOnly": True},
            "created_at": stamp,
            "updated_at": stamp,
        },
        required=["id", "name", "password", "created_at", "updated_at"],
    )
    member = _object(
        {"id": {"type": "integer", **owned}, "team_id": {"type": "string", **owned}, "email": text}, required=["email"]
    )
    change = _object({"name": text, "open": {"type": "boolean"}}, required=[])
    path = [{"name": "team_id", "in": "path", "required": True, "schema": text}]
    one = _schema("Team")
    close = operation("closeTeam", one, WRITE) | {
        "x-action": {"set": {"open": False, "closed_at": "now"}, "when": {"open": True}, "else": "invalid_request"}
    }
    return [
        put("/components/schemas/Team", team),
        put("/components/schemas/TeamChange", change),
        put("/components/schemas/Member", member),
        put("/x-ids/prefixes/team", "tm_"),
        *(put("/components/schemas/EventType/enum/-", each) for each in TYPES),
        lambda data: data["webhooks"].update({each: _told(data, each) for each in TYPES}),
        lambda data: data["paths"].update(
            {
                TEAMS: {
                    "get": operation("listTeams", _listed("Team"), SECURITY)
                    | {"parameters": [{"name": "open", "in": "query", "schema": {"type": "boolean"}}]},
                    "post": operation("createTeam", one, WRITE, status="201") | _sent("Team"),
                },
                TEAM: {
                    "parameters": path,
                    "get": operation("getTeam", one, SECURITY),
                    "put": operation("putTeam", one, WRITE) | _sent("Team"),
                    "patch": operation("changeTeam", one, WRITE) | _sent("TeamChange"),
                    "delete": operation("deleteTeam", {"description": "Gone."}, WRITE, status="204"),
                },
                CLOSE: {"parameters": path, "post": close},
                MEMBERS: {
                    "parameters": path,
                    "get": operation("listMembers", _listed("Member"), SECURITY),
                    "post": operation("addMember", _schema("Member"), WRITE, status="201") | _sent("Member"),
                },
                f"{MEMBERS}/{{member_id}}": {
                    "parameters": [
                        *path,
                        {"name": "member_id", "in": "path", "required": True, "schema": {"type": "integer"}},
                    ],
                    "get": operation("getMember", _schema("Member"), SECURITY),
                },
            }
        ),
    ]


def _object(properties: dict[str, Any], *, required: list[str]) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _content(schema: Any) -> dict[str, Any]:
    return {"description": "x", "content": {"application/json": {"schema": schema}}}


def _schema(name: str) -> dict[str, Any]:
    return _content({"$ref": f"#/components/schemas/{name}"})


def _listed(name: str) -> dict[str, Any]:
    return _content({"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}})


def _sent(name: str) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": _schema(name)["content"]}}


def _told(data: dict[str, Any], event_type: str) -> dict[str, Any]:
    like: dict[str, Any] = data["webhooks"]["event.created"]["post"]
    team = {"$ref": "#/components/schemas/Team"}
    members = {"id": {"type": "string"}, "type": {"const": event_type}, "created_at": {"type": "string"}, "data": team}
    body = _content({"type": "object", "required": [*members], "properties": members})["content"]
    post = {**like, "operationId": event_type.replace(".", ""), "requestBody": {"required": True, "content": body}}
    return {"post": post}
