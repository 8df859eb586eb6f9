"""The authorization code grant (RFC 6749 section 4.1) with PKCE (RFC 7636), S256 alone."""

from typing import Any, ClassVar

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge

from smartcal_api.auth.oauth.codes import Claimed

_S256 = "S256"
_AGAIN = "The code is spent now: send the user to the authorization endpoint again."


class Code:
    """A claimed code as Authlib asks about it."""

    def __init__(self, claimed: Claimed, redirect_uri: str) -> None:
        self.grant = claimed.grant
        self.owner = claimed.owner
        self.code_challenge = claimed.challenge
        self.code_challenge_method = _S256
        self._scope = " ".join(claimed.scopes)
        self._redirect_uri = redirect_uri

    def get_redirect_uri(self) -> str:
        return self._redirect_uri

    def get_scope(self) -> str:
        return self._scope


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib is not typed
    """Authlib checks scope, challenge and verifier; the claim comes before any token is made."""

    def generate_authorization_code(self) -> str:
        code: str = self.server.oauth.codes.random_code()
        return code

    def save_authorization_code(self, code: str, request: Any) -> None:
        self.server.oauth.codes.keep(
            code,
            client=request.client.id,
            owner=request.user,
            scopes=request.scope.split(),
            redirect_uri=request.payload.redirect_uri,
            challenge=request.payload.data.get("code_challenge"),
        )

    def create_authorization_response(self, redirect_uri: str, grant_user: int) -> tuple[int, str, list[Any]]:
        """The code as the body: Authlib would write the redirect URI's own query anew."""
        self.request.user = grant_user
        code = self.generate_authorization_code()
        self.save_authorization_code(code, self.request)
        return 303, code, []

    def query_authorization_code(self, code: str, client: Any) -> Code:
        redirect_uri = self.request.payload.redirect_uri
        claimed = self.server.oauth.codes.claim(code, client=client.id, redirect_uri=redirect_uri)
        if isinstance(claimed, str):
            raise InvalidGrantError(description=claimed)
        return Code(claimed, redirect_uri)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """It was claimed, and is remembered: using it again must revoke its tokens."""

    def authenticate_user(self, authorization_code: Code) -> int:
        return authorization_code.owner


class Pkce(CodeChallenge):  # type: ignore[misc]  # Authlib is not typed
    """Stricter than Authlib: no `plain`, no method that is only meant, and a challenge of those who must send one."""

    DEFAULT_CODE_CHALLENGE_METHOD = _S256
    SUPPORTED_CODE_CHALLENGE_METHOD: ClassVar[list[str]] = [_S256]

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        given = grant.request.payload.data
        challenge, method = given.get("code_challenge"), given.get("code_challenge_method")
        if challenge is None and method is None:
            if grant.request.client.public:
                raise _invalid("This client is a public one, so it must send a code_challenge (RFC 7636) with")
            if grant.server.oauth.pkce_required:
                raise _invalid("This server demands PKCE (RFC 7636) of every client. Send a code_challenge with")
        elif challenge is None:
            raise _invalid("code_challenge_method came without a code_challenge. Send both, with")
        elif method is None:
            raise _invalid("code_challenge came without its method, which would mean plain. Send it with")
        super().validate_code_challenge(grant, redirect_uri)

    def validate_code_verifier(self, grant: Any, result: Any) -> None:
        verifier = grant.request.form.get("code_verifier")
        challenge = grant.request.authorization_code.code_challenge
        if challenge is None and verifier is not None:
            raise _wrong("The code was asked for without a code_challenge, so there must be no code_verifier.")
        if challenge is not None and verifier is None:
            raise _wrong("The code was asked for with a code_challenge, so code_verifier is missing.")
        if "code_verifier" in grant.request.malformed:
            raise _wrong("The code_verifier is not of 43 to 128 characters of A-Z, a-z, 0-9, - . _ ~.")
        try:
            super().validate_code_verifier(grant, result)
        except (InvalidGrantError, InvalidRequestError):
            raise _wrong(
                "The code_verifier is not the one of the code_challenge, which is its SHA-256 in base64url."
            ) from None


def _invalid(what: str) -> InvalidRequestError:
    return InvalidRequestError(f"{what} code_challenge_method={_S256}.")


def _wrong(what: str) -> InvalidGrantError:
    return InvalidGrantError(description=f"{what} {_AGAIN}")
