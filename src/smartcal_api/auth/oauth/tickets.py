"""Tickets that make the consent form safe: each says, signed, for which request the page was made, and works once.

A form without a ticket of this server's decides nothing, and another site can't read one out of the page, since CORS is
closed there. Nobody signs in here, so there is no session that a cookie would have to bind it to.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest, digest
from typing import NamedTuple

import orjson

from smartcal_api.clock import NANOSECONDS, Clock
from smartcal_api.store import Store

# How long a person may think about it.
_LIFETIME = 600 * NANOSECONDS


class Ticket(NamedTuple):
    """A ticket that is genuine and has not expired: the request, and what marks the ticket as spent."""

    request: Mapping[str, str]
    mark: bytes
    expires_at: int


class Tickets:
    """Asking for a page leaves nothing behind: only the marks of spent tickets are kept, until they expire."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        # Not part of an image: it never changes, so what it has signed is good after a restore, too.
        self._key = secrets.token_bytes(32)

    def issue(self, request: Mapping[str, str]) -> str:
        expires_at = self._clock.now() + _LIFETIME
        text = orjson.dumps([dict(request), expires_at, secrets.token_hex(16)])
        return f"{urlsafe_b64encode(text).decode()}.{digest(self._key, text, 'sha256').hex()}"

    def read(self, ticket: str) -> Ticket | None:
        """None for what this process has not issued, and for what has expired."""
        encoded, _, signature = ticket.partition(".")
        try:
            text = urlsafe_b64decode(encoded.encode("ascii"))
        except ValueError:
            return None
        # Base64 has several spellings of some bytes; one of them is ours.
        if urlsafe_b64encode(text).decode() != encoded or not compare_digest(
            digest(self._key, text, "sha256").hex().encode(), signature.encode()
        ):
            return None
        request, expires_at, _ = orjson.loads(text)
        return Ticket(request, sha256(text).digest(), expires_at) if expires_at > self._clock.now() else None

    def spend(self, ticket: Ticket) -> bool:
        """Whether it was still to be had; belongs in the transaction of what it is spent on."""
        self._store.query("DELETE FROM oauth_tickets WHERE expires_at <= ?", (self._clock.now(),))
        return bool(
            self._store.query(
                "INSERT INTO oauth_tickets VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING 1",
                (ticket.mark, ticket.expires_at),
            )
        )
