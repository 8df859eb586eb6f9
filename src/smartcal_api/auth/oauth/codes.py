"""Authorization codes, each the beginning of a grant: a code works once, and its tokens live and die with the grant."""

import secrets
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import NamedTuple

import orjson

from smartcal_api.clock import NANOSECONDS, Clock
from smartcal_api.store import Store

AGAIN = (
    "This code was used before, so the tokens that it led to are revoked now. A code works once: "
    "send the user to the authorization endpoint again."
)


class Claimed(NamedTuple):
    """What a code that was claimed stands for."""

    grant: int
    owner: int
    scopes: tuple[str, ...]
    challenge: str | None


class Codes:
    """Kept as SHA-256 alone. `keep` and `claim` belong in a transaction, which commits even if `claim` says no."""

    def __init__(self, store: Store, clock: Clock, *, prefix: str, lifetimes: Mapping[str, int]) -> None:
        self._store = store
        self._clock = clock
        self.adopt(prefix=prefix, lifetimes=lifetimes)

    def adopt(self, *, prefix: str, lifetimes: Mapping[str, int]) -> None:
        self._prefix = prefix
        self._lifetime = lifetimes["authorization_code"] * NANOSECONDS
        # A used code is remembered for as long as the tokens that it led to, so that using it again revokes them.
        self._memory = self._lifetime + max(lifetimes.values()) * NANOSECONDS

    def random_code(self) -> str:
        return self._prefix + secrets.token_urlsafe(32)

    def keep(
        self, code: str, *, client: str, owner: int, scopes: Iterable[str], redirect_uri: str, challenge: str | None
    ) -> None:
        """Opens a grant, and forgets those of which nothing is alive any more."""
        now = self._clock.now()
        query = self._store.query
        if query("DELETE FROM oauth_grants WHERE kept_until <= ? RETURNING 1", (now,)):
            query("DELETE FROM oauth_tokens WHERE grant_id NOT IN (SELECT id FROM oauth_grants)")
        query(
            "INSERT INTO oauth_grants (code, client, owner, scopes, redirect_uri, challenge, expires_at, kept_until)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                _digest(code),
                client,
                owner,
                orjson.dumps(list(scopes)).decode(),
                redirect_uri,
                challenge,
                now + self._lifetime,
                now + self._memory,
            ),
        )

    def claim(self, code: str, *, client: str, redirect_uri: str) -> Claimed | str:
        """Uses the code up, whatever becomes of the rest of the request; or says why it can't be used.

        One statement decides between any number of claims at once. Another client, or another redirect URI, doesn't
        use it up: whoever has neither is not the one whom it was made for.
        """
        now, digest = self._clock.now(), _digest(code)
        claimed = self._store.query(
            "UPDATE oauth_grants SET used_at = ? WHERE code = ? AND client = ? AND redirect_uri = ? AND used_at IS NULL"
            " AND expires_at > ? RETURNING id, owner, scopes, challenge",
            (now, digest, client, redirect_uri, now),
        )
        if claimed:
            grant, owner, scopes, challenge = claimed[0]
            return Claimed(grant, owner, tuple(orjson.loads(scopes)), challenge.decode() if challenge else None)
        return self._refusal(digest, client, redirect_uri, now)

    def revoke(self, *, client: str) -> None:
        """Ends every grant of a client, those whose code waits to be redeemed among them."""
        now = self._clock.now()
        self._store.query(
            "UPDATE oauth_grants SET used_at = coalesce(used_at, ?), revoked_at = coalesce(revoked_at, ?) "
            "WHERE client = ?",
            (now, now, client),
        )

    def _refusal(self, digest: bytes, client: str, redirect_uri: str, now: int) -> str:
        found = self._store.query(
            "SELECT id, redirect_uri, used_at, expires_at FROM oauth_grants WHERE code = ? AND client = ?",
            (digest, client),
        )
        if not found:
            return (
                "This code was not issued to this client. Send the user to the authorization endpoint, and "
                "redeem the code that the redirect URI is given with the same client_id."
            )
        grant, asked_with, used_at, _ = found[0]
        if used_at is not None:
            self._store.query("UPDATE oauth_grants SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?", (now, grant))
            return AGAIN
        if asked_with.decode() != redirect_uri:
            return "The redirect_uri is not the one that the code was asked with. Send the same one, byte for byte."
        return (
            f"This code has expired: it lives for {self._lifetime // NANOSECONDS} seconds. "
            "Send the user to the authorization endpoint again, and redeem the code at once."
        )


def _digest(code: str) -> bytes:
    return sha256(code.encode()).digest()
