"""The client credentials grant (RFC 6749 section 4.4): an app acts for itself, and gets no refresh token."""

from typing import Any

from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant

from smartcal_api.auth.oauth.codes import Claimed
from smartcal_api.auth.oauth.refusal import Refused
from smartcal_api.auth.oauth.tokens import ACCESS

_OWNER = 1
"""The account that apps act in: the first one, as where anybody may call."""


class ClientGrant(ClientCredentialsGrant):  # type: ignore[misc]  # Authlib is not typed
    """Its tokens belong to a grant like any other's, so that they can be revoked."""

    def create_token_response(self) -> Any:
        client, oauth = self.request.client, self.server.oauth
        if client.public:
            raise Refused(
                "unauthorized_client", "A client without a secret can't act for itself. Use one that has one."
            )
        scope = client.get_allowed_scope(self.request.payload.scope)
        token = self.generate_token(scope=scope, include_refresh_token=False)
        code = oauth.codes.random_code()
        oauth.codes.keep(code, client=client.id, owner=_OWNER, scopes=scope.split(), redirect_uri="", challenge=None)
        claimed = oauth.codes.claim(code, client=client.id, redirect_uri="")
        assert isinstance(claimed, Claimed)  # it was kept a moment ago
        oauth.tokens.keep(ACCESS, token["access_token"], grant=claimed.grant, scopes=scope.split())
        return 200, token, []
