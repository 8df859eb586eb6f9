"""Which client a token request comes from (RFC 6749 section 2.3): one way of saying so, and the right secret."""

import binascii
from base64 import b64decode
from collections.abc import Mapping, Sequence
from urllib.parse import unquote_to_bytes

from smartcal_api.auth.oauth.clients import Client, Clients
from smartcal_api.auth.oauth.refusal import Refused

POST, BASIC, NONE = "client_secret_post", "client_secret_basic", "none"
METHODS = (POST, BASIC, NONE)


class Credentials:
    """The client credentials of a request: `authorization` are its Authorization headers, `form` its body.

    Other schemes than Basic are not looked at: keys and tokens mean nothing to these endpoints.
    """

    def __init__(self, authorization: Sequence[bytes], form: Mapping[str, str]) -> None:
        self._basic = [each for each in authorization if each[:6].lower() == b"basic "]
        self._form = form

    @property
    def client_id(self) -> str | None:
        """What the request says that it is, true or not."""
        identifier = self._form.get("client_id")
        if identifier is None and len(self._basic) == 1:
            identifier = (_pair(self._basic[0]) or (None, ""))[0]
        return identifier

    def authenticate(self, clients: Clients) -> tuple[Client, str]:
        """The client and its method; raises `Refused`."""
        identifier, secret, method = self._stated()
        client = clients.find(identifier)
        if client is None:
            raise _unknown(f"{clients.unknown(identifier)} Register the client, or correct the id.")
        if client.public:
            if secret:
                raise _unknown("This client is a public one and has no secret. Leave the client_secret out.")
            return client, NONE
        if not secret:
            raise _unknown("This client has a secret. Send it as client_secret in the body, or by HTTP Basic.")
        if not client.has_secret(secret):
            raise _unknown("The client_secret is not the one of this client. Check both.")
        return client, method

    def _stated(self) -> tuple[str, str, str]:
        in_form, secret = self._form.get("client_id"), self._form.get("client_secret", "")
        if not self._basic:
            if in_form is None:
                raise _unknown("The request names no client. Send client_id, with client_secret if it has one.")
            return in_form, secret, POST
        if secret or len(self._basic) > 1:
            raise Refused(
                "invalid_request",
                "The client authenticates in two ways. Send client_secret in the body or HTTP Basic, not both.",
            )
        pair = _pair(self._basic[0])
        if pair is None:
            raise _unknown(
                "The Authorization header is not HTTP Basic of client_id and client_secret, each percent-encoded, with "
                "a colon between, in base64 (RFC 6749 section 2.3.1)."
            )
        if in_form not in (None, pair[0]):
            raise Refused("invalid_request", "The client_id in the body is not the one of the Authorization header.")
        return *pair, BASIC


def _pair(authorization: bytes) -> tuple[str, str] | None:
    try:
        identifier, separator, secret = b64decode(authorization[6:].strip(), validate=True).partition(b":")
        if not separator:
            return None
        return _decoded(identifier), _decoded(secret)
    except (binascii.Error, UnicodeDecodeError):
        return None


def _decoded(text: bytes) -> str:
    """Both are form-encoded before they go into the header."""
    return unquote_to_bytes(text.replace(b"+", b" ")).decode("utf-8")


def _unknown(description: str) -> Refused:
    return Refused("invalid_client", description, status=401)
