"""Revoking a token (RFC 7009)."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError
from authlib.oauth2.rfc7009 import RevocationEndpoint

from smartcal_api.auth.oauth.tokens import Issued


class IssuedToken:
    """A token that is to be revoked, as Authlib asks about it."""

    def __init__(self, issued: Issued) -> None:
        self.issued = issued

    def check_client(self, client: Any) -> bool:
        if client.id != self.issued.client:
            raise InvalidGrantError(
                description="This token was issued to another client, which alone can revoke it. It is still alive."
            )
        return True


class Revocation(RevocationEndpoint):  # type: ignore[misc]  # Authlib is not typed
    """A hint is only a hint: a token is found without it, and an unknown one is ignored (RFC 7009 section 2.1)."""

    def check_params(self, request: Any, client: Any) -> None:
        """Looked at before anything else was."""

    def query_token(self, token: str, hint: str | None) -> IssuedToken | None:
        issued = self.server.oauth.tokens.issued(token)
        return IssuedToken(issued) if issued is not None else None

    def revoke_token(self, token: IssuedToken, request: Any) -> None:
        self.server.oauth.tokens.revoke(token.issued)
