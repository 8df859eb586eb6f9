"""Authlib's framework-free core over a sandbox's clients, codes and tokens.

Imported when the first OAuth request comes: starting must not wait for it, nor keep it in memory for nobody.
"""

import logging
from collections.abc import Mapping
from typing import Any, NoReturn

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer
from authlib.oauth2.rfc6750 import BearerTokenGenerator

from smartcal_api.auth.oauth.authority import OAuth
from smartcal_api.auth.oauth.client_grant import ClientGrant
from smartcal_api.auth.oauth.clients import Client
from smartcal_api.auth.oauth.code_grant import CodeGrant, Pkce
from smartcal_api.auth.oauth.refresh_grant import RefreshGrant
from smartcal_api.auth.oauth.refusal import Refused
from smartcal_api.auth.oauth.request import Request
from smartcal_api.auth.oauth.revocation import Revocation
from smartcal_api.auth.oauth.tokens import ACCESS, REFRESH
from smartcal_api.contract.schemes import CLIENT_CREDENTIALS

# grant_type → the grant and its extensions
_GRANTS = ((CodeGrant, (Pkce(required=False),)), (RefreshGrant, ()))

# It writes whole tokens into its debug log.
logging.getLogger("authlib").setLevel(logging.WARNING)


class Server(AuthorizationServer):  # type: ignore[misc]  # Authlib is not typed
    """One for each request: whatever Authlib keeps in it is gone afterwards. Every refusal is raised, as `Refused`."""

    def __init__(self, oauth: OAuth) -> None:
        super().__init__()
        self.oauth = oauth
        for grant, extensions in _GRANTS:
            self.register_grant(grant, extensions)
        if CLIENT_CREDENTIALS in oauth.flows:
            self.register_grant(ClientGrant)
        self.register_endpoint(Revocation)
        tokens = oauth.tokens
        self.register_token_generator(
            "default",
            BearerTokenGenerator(
                lambda **_: tokens.random_token(ACCESS),
                lambda **_: tokens.random_token(REFRESH),
                lambda *_: tokens.access_seconds,
            ),
        )

    def check(self, request: Request) -> tuple[str, ...]:
        """The scopes that an authorization request asks for, all of it being right; raises `Refused`."""
        granted: str = self.get_consent_grant(request).request.scope
        return tuple(granted.split())

    def code(self, request: Request, owner: int) -> str:
        """The code for what the owner consented to; raises `Refused`. Belongs in a transaction."""
        grant = self.get_consent_grant(request)
        code: str = self.create_authorization_response(request, owner, grant)
        return code

    def token(self, request: Request) -> Mapping[str, Any]:
        """The token response; raises `Refused`. Belongs in a transaction, which has to commit even then."""
        response: Mapping[str, Any] = self.create_token_response(request)
        return response

    def revoke(self, request: Request) -> None:
        """Raises `Refused`. Belongs in a transaction."""
        self.create_endpoint_response(Revocation.ENDPOINT_NAME, request)

    # -- what Authlib asks of whoever uses it

    def create_oauth2_request(self, request: Request) -> Request:
        return request

    def query_client(self, client_id: str) -> "_Client | None":
        client = self.oauth.clients.find(client_id)
        return _Client(client, self.oauth) if client is not None else None

    def authenticate_client(self, request: Request, methods: Any, endpoint: str = "token") -> "_Client":
        client = request.authenticated
        assert client is not None  # `Credentials` raised otherwise
        return _Client(client, self.oauth)

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        source = request.authorization_code or request.refresh_token
        keep = self.oauth.tokens.keep
        keep(ACCESS, token["access_token"], grant=source.grant, scopes=token["scope"].split())
        # Narrowing is for this access token: the next refresh may ask for all that was granted (RFC 6749 section 6).
        keep(REFRESH, token["refresh_token"], grant=source.grant, scopes=source.get_scope().split())

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def handle_response(self, status: int, body: Any, headers: Any) -> Any:
        return body

    def handle_error_response(self, request: Any, error: Any) -> NoReturn:
        raise Refused(error.error, error.description, status=error.status_code) from None

    def get_consent_grant(self, request: Any = None, end_user: Any = None) -> Any:
        try:
            return super().get_consent_grant(request, end_user)
        except OAuth2Error as error:
            self.handle_error_response(request, error)


class _Client:
    """A client as Authlib asks about it."""

    def __init__(self, client: Client, oauth: OAuth) -> None:
        self.id = client.id
        self.public = client.public
        self._client = client
        self._scopes = tuple(scope for scope in oauth.scopes if client.scopes is None or scope in client.scopes)

    def check_redirect_uri(self, uri: str) -> bool:
        return self._client.has_redirect_uri(uri)

    def check_response_type(self, response_type: str) -> bool:
        return response_type in CodeGrant.RESPONSE_TYPES

    def check_grant_type(self, grant_type: str) -> bool:
        return any(grant_type == grant.GRANT_TYPE for grant in (ClientGrant, *(grant for grant, _ in _GRANTS)))

    def get_allowed_scope(self, scope: str | None) -> str:
        """What is asked for, in its order, each once; all that the client may have where nothing is.

        A token's scope was granted before and comes through here once more, as it is.
        """
        if not self._scopes:
            raise Refused("invalid_scope", "The contract has none of this client's scopes. Register it with others.")
        if not scope:
            return " ".join(self._scopes)
        asked = tuple(dict.fromkeys(scope.split(" ")))
        excess = [each for each in asked if each not in self._scopes]
        if excess:
            raise Refused(
                "invalid_scope",
                f"The scope {excess[0]} is not one that this client may have. It may have: {' '.join(self._scopes)}.",
            )
        return " ".join(asked)
