"""What a client that configures itself is told (RFC 8414): the endpoints that are served, and what they take."""

from collections.abc import Callable
from typing import Any

from smartcal_api.api.oauth.token import grants
from smartcal_api.auth.oauth import METHODS
from smartcal_api.contract import Contract
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange

_ENDPOINTS = {
    "authorize": "authorization_endpoint",
    "issueToken": "token_endpoint",
    "revokeToken": "revocation_endpoint",
}


def describer(contract: Contract) -> Callable[[Exchange], Answer]:
    document = described(contract)

    def describe(exchange: Exchange) -> Answer:
        return exchange.success.value(document(exchange.root))

    return describe


def described(contract: Contract) -> Callable[[str], dict[str, Any]]:
    """root → the document."""
    paths = {
        member: contract.operations[operation].path
        for operation, member in _ENDPOINTS.items()
        if operation in contract.operations
    }
    methods = {
        f"{member.removesuffix('_endpoint')}_endpoint_auth_methods_supported": list(METHODS)
        for member in paths
        if member != _ENDPOINTS["authorize"]
    }
    rest = {
        "scopes_supported": list(contract.scopes),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(grants(contract)),
        **methods,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }

    def document(root: str) -> dict[str, Any]:
        return {"issuer": root, **{member: f"{root}{path}" for member, path in paths.items()}, **rest}

    return document
