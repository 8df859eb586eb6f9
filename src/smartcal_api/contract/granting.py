"""The token endpoint of a document that only says where it is: served there, for apps that act for themselves."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from smartcal_api.contract.schemes import CLIENT_CREDENTIALS

ISSUES = "issueToken"
_TEXT = {"type": "string"}
_ERROR = {
    "description": "What went wrong (RFC 6749 section 5.2).",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["error"],
                "properties": {"error": _TEXT, "error_description": _TEXT},
            }
        }
    },
}
_OPERATION: Mapping[str, Any] = {
    "operationId": ISSUES,
    "summary": "Get a token for an app that acts for itself",
    "security": [],
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"const": "client_credentials"},
                        **dict.fromkeys(("scope", "client_id", "client_secret"), _TEXT),
                    },
                }
            }
        },
    },
    "responses": {
        "200": {
            "description": "A token.",
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["access_token", "token_type", "expires_in"],
                        "properties": {"access_token": _TEXT, "token_type": _TEXT, "expires_in": {"type": "integer"}},
                    }
                }
            },
        },
        "400": _ERROR,
        "401": _ERROR,
    },
}


def token_path(document: Mapping[str, Any]) -> str | None:
    """Where a flow for apps alone gets its tokens, if the document has no operation there."""
    schemes = document["components"].get("securitySchemes", {}) if isinstance(document["components"], dict) else {}
    for scheme in schemes.values() if isinstance(schemes, dict) else ():
        flows = scheme.get("flows") if isinstance(scheme, dict) else None
        flow = flows.get(CLIENT_CREDENTIALS) if isinstance(flows, dict) else None
        url = flow.get("tokenUrl") if isinstance(flow, dict) else None
        path = urlsplit(url).path if isinstance(url, str) else ""
        if path.startswith("/") and path not in document["paths"] and "{" not in path:
            return path
    return None


def granting(paths: Mapping[str, Any], path: str) -> dict[str, Any]:
    """The paths with that endpoint."""
    return {**paths, path: {"post": _OPERATION}}
