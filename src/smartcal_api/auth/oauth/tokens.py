"""Access and refresh tokens, kept as SHA-256 alone (law AUTH 3); each belongs to a grant, and dies with it."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import NamedTuple

import orjson

from smartcal_api.auth.principal import OAUTH, Principal, satisfied
from smartcal_api.clock import NANOSECONDS, Clock
from smartcal_api.store import Store

ACCESS, REFRESH = "access", "refresh"
AGAIN = (
    "This refresh token was used before, so everything that came of its grant is revoked now. Each refresh gives a new "
    "one: keep that. Send the user to the authorization endpoint again."
)


class Refreshable(NamedTuple):
    """What a refresh token that can be used stands for."""

    grant: int
    owner: int
    scopes: tuple[str, ...]
    digest: bytes


class Issued(NamedTuple):
    """A token as revoking it asks about it."""

    digest: bytes
    kind: str
    grant: int
    client: str


class Tokens:
    """Every method but `find` belongs in a transaction, which commits even where the answer is a refusal."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        prefixes: Mapping[str, str],
        lifetimes: Mapping[str, int],
        implies: Mapping[str, frozenset[str]],
        announce: Callable[[bytes], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._announce = announce
        self.adopt(prefixes=prefixes, lifetimes=lifetimes, implies=implies)

    def adopt(
        self, *, prefixes: Mapping[str, str], lifetimes: Mapping[str, int], implies: Mapping[str, frozenset[str]]
    ) -> None:
        self._prefixes = {ACCESS: prefixes["access_token"], REFRESH: prefixes["refresh_token"]}
        self._seconds = {ACCESS: lifetimes["access_token"], REFRESH: lifetimes["refresh_token"]}
        self._memory = lifetimes["authorization_code"] * NANOSECONDS
        self._implies = implies

    @property
    def access_seconds(self) -> int:
        """How long an access token lives."""
        return self._seconds[ACCESS]

    def random_token(self, kind: str) -> str:
        """256 random bits behind the contract's prefix."""
        return self._prefixes[kind] + secrets.token_urlsafe(32)

    def find(self, secret: bytes) -> Principal | None:
        """Whom an access token stands for; None if it is unknown, revoked or expired."""
        digest = sha256(secret).digest()
        found = self._store.query(
            "SELECT g.owner, t.scopes, t.expires_at FROM oauth_tokens t JOIN oauth_grants g ON g.id = t.grant_id"
            " WHERE t.digest = ? AND t.kind = ? AND t.expires_at > ? AND t.revoked_at IS NULL AND g.revoked_at IS NULL",
            (digest, ACCESS, self._clock.now()),
        )
        if not found:
            return None
        owner, scopes, expires_at = found[0]
        granted = tuple(orjson.loads(scopes))
        return Principal(owner, granted, satisfied(granted, self._implies), OAUTH, digest.hex(), expires_at)

    def keep(self, kind: str, token: str, *, grant: int, scopes: Iterable[str]) -> None:
        expires_at = self._clock.now() + self._seconds[kind] * NANOSECONDS
        digest = sha256(token.encode()).digest()
        self._announce(digest)
        self._store.query(
            "INSERT INTO oauth_tokens (digest, grant_id, kind, scopes, expires_at) VALUES (?, ?, ?, ?, ?)",
            (digest, grant, kind, orjson.dumps(list(scopes)).decode(), expires_at),
        )
        self._store.query(
            "UPDATE oauth_grants SET kept_until = max(kept_until, ?) WHERE id = ?", (expires_at + self._memory, grant)
        )

    def refreshable(self, token: str, *, client: str) -> Refreshable | str:
        """What the refresh token stands for, or why it can't be used; one that was used kills its family."""
        digest, now = sha256(token.encode()).digest(), self._clock.now()
        found = self._store.query(
            "SELECT g.id, g.owner, t.scopes, t.used_at, t.expires_at, coalesce(t.revoked_at, g.revoked_at)"
            " FROM oauth_tokens t JOIN oauth_grants g ON g.id = t.grant_id"
            " WHERE t.digest = ? AND t.kind = ? AND g.client = ?",
            (digest, REFRESH, client),
        )
        if not found:
            return "This refresh token was not issued to this client. Send the one of the last token response."
        grant, owner, scopes, used_at, expires_at, revoked_at = found[0]
        if used_at is not None:
            self.revoke_grant(grant)
            return AGAIN
        if revoked_at is not None:
            return "This refresh token was revoked. Send the user to the authorization endpoint again."
        if expires_at <= now:
            return (
                f"This refresh token has expired: it lives for {self._seconds[REFRESH]} seconds. "
                "Send the user to the authorization endpoint again."
            )
        return Refreshable(grant, owner, tuple(orjson.loads(scopes)), digest)

    def claim(self, refreshable: Refreshable) -> bool:
        """Uses a refresh token up; one statement decides between any number of claims at once."""
        return bool(
            self._store.query(
                "UPDATE oauth_tokens SET used_at = ? WHERE digest = ? AND used_at IS NULL RETURNING 1",
                (self._clock.now(), refreshable.digest),
            )
        )

    def revoke_grant(self, grant: int) -> None:
        """Ends everything that came of a grant."""
        self._store.query(
            "UPDATE oauth_grants SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?", (self._clock.now(), grant)
        )

    def issued(self, token: str) -> Issued | None:
        """A token of either kind, alive or not."""
        digest = sha256(token.encode()).digest()
        found = self._store.query(
            "SELECT t.kind, g.id, g.client FROM oauth_tokens t JOIN oauth_grants g ON g.id = t.grant_id"
            " WHERE t.digest = ?",
            (digest,),
        )
        return Issued(digest, found[0][0].decode(), found[0][1], found[0][2].decode()) if found else None

    def revoke(self, issued: Issued) -> None:
        """Ends an access token, or with a refresh token its whole grant (RFC 7009 section 2.1)."""
        if issued.kind == REFRESH:
            self.revoke_grant(issued.grant)
        else:
            self._store.query(
                "UPDATE oauth_tokens SET revoked_at = coalesce(revoked_at, ?) WHERE digest = ?",
                (self._clock.now(), issued.digest),
            )
