"""The refresh token grant (RFC 6749 section 6): each token works once, and a used one kills its family."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidScopeError
from authlib.oauth2.rfc6749.grants import RefreshTokenGrant

from smartcal_api.auth.oauth.refusal import plain
from smartcal_api.auth.oauth.tokens import AGAIN, Refreshable


class RefreshToken:
    """A refresh token that can be used, as Authlib asks about it."""

    def __init__(self, refreshable: Refreshable, client: str) -> None:
        self.grant = refreshable.grant
        self.owner = refreshable.owner
        self.refreshable = refreshable
        self._client = client

    def check_client(self, client: Any) -> bool:
        return bool(client.id == self._client)

    def get_scope(self) -> str:
        return " ".join(self.refreshable.scopes)


class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc]  # Authlib is not typed
    """The scope is judged before the token is used up: a request that asks for too much changes nothing."""

    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshToken:
        client = self.request.client.id
        found = self.server.oauth.tokens.refreshable(refresh_token, client=client)
        if isinstance(found, str):
            raise InvalidGrantError(description=found)
        if not set((self.request.payload.scope or "").split()) <= set(found.scopes):
            raise InvalidScopeError(
                description=plain(f"The scope can only be narrowed. The user granted: {' '.join(found.scopes)}.")
            )
        return RefreshToken(found, client)

    def authenticate_user(self, refresh_token: RefreshToken) -> int:
        return refresh_token.owner

    def create_token_response(self) -> Any:
        found = self.request.refresh_token.refreshable
        if not self.server.oauth.tokens.claim(found):
            self.server.oauth.tokens.revoke_grant(found.grant)
            raise InvalidGrantError(description=AGAIN)
        return super().create_token_response()

    def revoke_old_credential(self, refresh_token: RefreshToken) -> None:
        """It was claimed, and is remembered: using it again must revoke its family."""
