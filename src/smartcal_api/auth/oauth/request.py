"""A request as Authlib's core reads it, from parameters that were read and bounded before."""

from collections.abc import Mapping
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload

from smartcal_api.auth.oauth.clients import Client


class Request(OAuth2Request):  # type: ignore[misc]  # Authlib is not typed
    """`values` stand once each; `malformed` names those that break the contract's schema.

    At the token endpoints `client` is who was authenticated, by `method`; nobody asks Authlib to do it again.
    """

    def __init__(
        self,
        values: Mapping[str, str],
        *,
        client: Client | None = None,
        method: str | None = None,
        malformed: frozenset[str] = frozenset(),
    ) -> None:
        # A mock on loopback has no TLS, which Authlib would ask of the URL; it looks at nothing else of it.
        super().__init__("POST", "https://localhost/")
        self.payload = BasicOAuth2Payload(dict(values))
        self.authenticated = client
        self.auth_method = method
        self.malformed = malformed

    @property
    def form(self) -> Any:
        return self.payload.data
