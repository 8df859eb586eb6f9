"""API keys: kept as SHA-256 alone, found by their hash (law AUTH 3)."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from smartcal_api.auth.principal import API_KEY, Principal, satisfied
from smartcal_api.auth.secrecy import Secrets
from smartcal_api.clock import Clock
from smartcal_api.store import Store

_HEAD = 12
"""Hex digits of a fingerprint."""


class KeyRecord(NamedTuple):
    """A key as a list may show it: the head of its hash, never the key. One that was given at start has no time of its
    making, for it is made anew with every process."""

    fingerprint: str
    owner: int
    scopes: tuple[str, ...]
    label: str
    created_at: int | None
    revoked: bool
    expires_at: int | None = None


class Keys:
    """The keys of a sandbox: those in its store, and those given at start, which are gone with the process."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        prefix: str,
        implies: Mapping[str, frozenset[str]],
        secrets: Secrets,
        announce: Callable[[bytes], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._announce = announce
        self._secrets = secrets
        self._prefix = prefix
        self._implies = implies
        self._principals: dict[bytes, Principal] = {}
        self._read()

    def find(self, secret: bytes) -> Principal | None:
        """Whose key this is; None if it is unknown, revoked or expired."""
        principal = self._principals.get(sha256(secret).digest())
        if principal is not None and principal.expires_at is not None and principal.expires_at <= self._clock.now():
            return None
        return principal

    def add(self, secret: str, scopes: Iterable[str], *, owner: int) -> None:
        """Takes a key for as long as the process lives."""
        self._secrets.know(secret)
        digest = sha256(secret.encode()).digest()
        self._keep(digest, self._principal(digest, owner, scopes, None))

    def mint(
        self,
        scopes: Iterable[str],
        *,
        owner: int,
        label: str = "",
        value: str | None = None,
        expires_at: int | None = None,
    ) -> str:
        """A fresh random key, or one of that value, kept in the store; the return value is the only sight of it.

        Raises `KeyError` for a value that is or was a key already.
        """
        secret, granted = value or random_key(self._prefix), list(scopes)
        digest = sha256(secret.encode()).digest()
        with self._store.transaction():
            if digest in self._principals or self._store.query("SELECT 1 FROM keys WHERE digest = ?", (digest,)):
                raise KeyError("this value is or was a key already")
            self._store.query(
                "INSERT INTO keys (digest, owner, scopes, label, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
                (digest, owner, orjson.dumps(granted).decode(), label, self._clock.now(), expires_at),
            )
            self._secrets.keep(secret, self._store)
        self._keep(digest, self._principal(digest, owner, granted, expires_at))
        return secret

    def revoke(self, fingerprint: str) -> int:
        """Revokes the keys whose fingerprint begins so, and returns how many there were."""
        digests = [digest for digest in self._principals if digest.hex().startswith(fingerprint)]
        with self._store.transaction():
            for digest in digests:
                self._store.query("UPDATE keys SET revoked_at = ? WHERE digest = ?", (self._clock.now(), digest))
        for digest in digests:
            del self._principals[digest]
        return len(digests)

    def principals(self) -> list[Principal]:
        """Whose the keys are that are not revoked, in the order in which they were taken in."""
        return list(self._principals.values())

    def expire(self, fingerprint: str) -> int:
        """Lets the keys whose fingerprint begins so expire now, and returns how many there were."""
        digests, now = (
            [digest for digest in self._principals if digest.hex().startswith(fingerprint)],
            self._clock.now(),
        )
        with self._store.transaction():
            for digest in digests:
                self._store.query("UPDATE keys SET expires_at = ? WHERE digest = ?", (now, digest))
        for digest in digests:
            self._principals[digest] = replace(self._principals[digest], expires_at=now)
        return len(digests)

    def given(self) -> list[KeyRecord]:
        """Those that only this process has, and that are still good."""
        stored = {digest for (digest,) in self._store.query("SELECT digest FROM keys")}
        return [
            KeyRecord(digest.hex()[:_HEAD], each.owner, each.granted, "", None, False, each.expires_at)
            for digest, each in self._principals.items()
            if digest not in stored
        ]

    def records(self) -> list[KeyRecord]:
        """Those in the store, also revoked ones."""
        rows = self._store.query(
            "SELECT digest, owner, scopes, label, created_at, revoked_at, expires_at FROM keys ORDER BY created_at"
        )
        return [
            KeyRecord(
                digest.hex()[:_HEAD],
                owner,
                tuple(orjson.loads(scopes)),
                label.decode(),
                created_at,
                revoked_at is not None,
                expires_at,
            )
            for digest, owner, scopes, label, created_at, revoked_at, expires_at in rows
        ]

    def adopt(self, implies: Mapping[str, frozenset[str]]) -> None:
        """Judges every key by an edited contract's scopes."""
        self._implies = implies
        self._principals = {
            digest: self._principal(digest, each.owner, each.granted, each.expires_at)
            for digest, each in self._principals.items()
        }

    def state(self) -> list[Any]:
        """Those given at start: the others are in the store."""
        stored = {digest for (digest,) in self._store.query("SELECT digest FROM keys")}
        return [
            [digest.hex(), each.owner, each.granted, each.expires_at]
            for digest, each in self._principals.items()
            if digest not in stored
        ]

    def restore(self, state: list[Any]) -> None:
        """What was revoked since is good again, what was made since is gone."""
        self._principals = {}
        self._read()
        for text, owner, scopes, expires_at in state:
            digest = bytes.fromhex(text)
            self._keep(digest, self._principal(digest, owner, scopes, expires_at))

    def _read(self) -> None:
        for digest, owner, scopes, expires_at in self._store.query(
            "SELECT digest, owner, scopes, expires_at FROM keys WHERE revoked_at IS NULL"
        ):
            self._keep(digest, self._principal(digest, owner, orjson.loads(scopes), expires_at))

    def _keep(self, digest: bytes, principal: Principal) -> None:
        self._principals[digest] = principal
        self._announce(digest)

    def _principal(self, digest: bytes, owner: int, scopes: Iterable[str], expires_at: int | None) -> Principal:
        granted = tuple(dict.fromkeys(scopes))
        return Principal(owner, granted, satisfied(granted, self._implies), API_KEY, digest.hex(), expires_at)


def fingerprint(secret: str) -> str:
    """What a list shows instead of the key."""
    return sha256(secret.encode()).hexdigest()[:_HEAD]


def random_key(prefix: str) -> str:
    """A key of 256 random bits behind the contract's prefix."""
    return prefix + secrets.token_urlsafe(32)
