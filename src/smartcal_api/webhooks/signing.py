"""Signatures of deliveries: HMAC-SHA256 over the bytes that are sent, compared in constant time (laws SIGN)."""

import hashlib
import hmac
import secrets
from base64 import b64encode

PREFIX = "sha256="
"""What the product documents. The server asks its own contract; a receiver, which has none, relies on this."""


def fresh_secret(prefix: str, key: str = "text") -> str:
    """256 random bits behind the contract's prefix (law HOOK 1); in base64 where that is what the `key` is."""
    return prefix + (secrets.token_urlsafe(32) if key == "text" else b64encode(secrets.token_bytes(32)).decode())


def sign(body: bytes, secret: str, *, prefix: str = PREFIX) -> str:
    """The value of the signature header."""
    return prefix + hmac.new(_octets(secret), body, hashlib.sha256).hexdigest()


def verify(body: bytes, header: str | None, secret: str, *, prefix: str = PREFIX) -> bool:
    """Whether a signature header signs these bytes with this secret. A header that is missing or malformed doesn't.

    Give it the raw bytes of the request: JSON that was read and written again has other ones.
    """
    expected = sign(body, secret, prefix=prefix)
    # As bytes: of text, `compare_digest` takes ASCII alone, and raises for whatever else somebody sends.
    return hmac.compare_digest(_octets(expected), _octets(header or ""))


def _octets(text: str) -> bytes:
    """UTF-8; lone surrogates, which a server may have decoded stray bytes to, are no error either."""
    return text.encode("utf-8", "surrogatepass")
