"""The apps that may ask for consent: those in the store, and those given at start, which are gone with the process."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from hashlib import sha256
from hmac import compare_digest
from typing import Any

import orjson

from smartcal_api.auth.oauth.redirects import matches
from smartcal_api.auth.secrecy import Secrets
from smartcal_api.clock import Clock
from smartcal_api.store import Store

# Of the clients that there are, so many are told to who names none of them.
_LISTED = 8
_COLUMNS = "id, secret, name, redirect_uris, scopes, development"


@dataclass(frozen=True, slots=True)
class Client:
    """An app. `secret` is the SHA-256 of its secret, None for a public one; `scopes` is what it may be granted, None
    for whatever the contract has."""

    id: str
    secret: bytes | None
    name: str
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...] | None
    development: bool

    @property
    def public(self) -> bool:
        return self.secret is None

    def has_secret(self, secret: str) -> bool:
        return self.secret is not None and compare_digest(self.secret, sha256(secret.encode()).digest())

    def has_redirect_uri(self, uri: str) -> bool:
        return any(matches(each, uri, development=self.development) for each in self.redirect_uris)


class Clients:
    """Where an id is in both places, the client given at start is the one."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        prefix: str,
        secrets: Secrets,
        announce: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._announce = announce
        self._secrets = secrets
        self._given: dict[str, Client] = {}
        self.adopt(prefix=prefix)

    def adopt(self, *, prefix: str) -> None:
        self._prefix = prefix

    def find(self, identifier: str) -> Client | None:
        given = self._given.get(identifier)
        if given is not None:
            return given
        rows = self._store.query(f"SELECT {_COLUMNS} FROM oauth_clients WHERE id = ?", (identifier,))
        return self._client(rows[0]) if rows else None

    def unknown(self, identifier: str) -> str:
        """What to say of an id that no client has. It isn't quoted, for it may be a secret in the wrong place."""
        known = sorted({*self._given, *(each.id for each in self.registered())})
        meant = next(
            (each for each in known if each.startswith(f"{identifier}.") or identifier.startswith(f"{each}.")), None
        )
        close = [meant] if meant is not None else get_close_matches(identifier, known, n=1)
        listed = (
            f"It has {', '.join(known[:_LISTED])}{', ...' if len(known) > _LISTED else ''}."
            if known
            else "It has none."
        )
        said = f"did you mean {close[0]}? {listed}" if close else listed
        return f"This sandbox has no client of this client_id{'; ' if close else '. '}{said}"

    def add(
        self,
        identifier: str,
        redirect_uris: Iterable[str],
        *,
        secret: str | None,
        name: str = "",
        scopes: Iterable[str] | None = None,
        development: bool = False,
    ) -> Client:
        """Takes a client for as long as the process lives; without a secret it is a public one."""
        granted = None if scopes is None else tuple(scopes)
        digest = sha256(secret.encode()).digest() if secret is not None else None
        client = Client(identifier, digest, name or identifier, tuple(redirect_uris), granted, development)
        self._given[identifier] = client
        if secret is not None:
            self._secrets.know(secret)
        self._announce(identifier)
        return client

    def register(
        self,
        identifier: str,
        redirect_uris: Iterable[str],
        *,
        public: bool,
        name: str = "",
        scopes: Iterable[str] | None = None,
        development: bool = False,
        secret: str | None = None,
    ) -> str | None:
        """Keeps a client in the store. Returns its secret, which can't be seen again; None for a public client.

        Raises `KeyError` for an id that is taken.
        """
        if self.find(identifier) is not None:
            raise KeyError(identifier)
        secret = None if public else secret or self.random_secret()
        row = (
            identifier,
            sha256(secret.encode()).digest() if secret is not None else None,
            name or identifier,
            orjson.dumps(list(redirect_uris)).decode(),
            orjson.dumps(list(scopes)).decode() if scopes is not None else None,
            development,
            self._clock.now(),
        )
        with self._store.transaction():
            self._store.query(
                f"INSERT INTO oauth_clients ({_COLUMNS}, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            if secret is not None:
                self._secrets.keep(secret, self._store)
        self._announce(identifier)
        return secret

    def registered(self) -> list[Client]:
        """Those in the store, by their id."""
        return [self._client(row) for row in self._store.query(f"SELECT {_COLUMNS} FROM oauth_clients ORDER BY id")]

    def given(self) -> list[Client]:
        """Those that only this process has, by their id."""
        return sorted(self._given.values(), key=lambda each: each.id)

    def remove(self, identifier: str) -> bool:
        """Whether there was one; belongs in the transaction that ends what it was given."""
        gone = self._store.query("DELETE FROM oauth_clients WHERE id = ? RETURNING 1", (identifier,))
        return self._given.pop(identifier, None) is not None or bool(gone)

    def random_secret(self) -> str:
        """256 random bits behind the contract's prefix."""
        return self._prefix + secrets.token_urlsafe(32)

    def state(self) -> list[Any]:
        """Those given at start: the others are in the store."""
        return [
            {**asdict(each), "secret": None if each.secret is None else each.secret.hex()}
            for each in self._given.values()
        ]

    def restore(self, state: list[Any]) -> None:
        self._given = {}
        for each in state:
            secret = None if each["secret"] is None else bytes.fromhex(each["secret"])
            scopes = None if each["scopes"] is None else tuple(each["scopes"])
            uris = tuple(each["redirect_uris"])
            client = Client(**{**each, "secret": secret, "scopes": scopes, "redirect_uris": uris})
            self._given[client.id] = client
            self._announce(client.id)
        for client in self.registered():
            self._announce(client.id)

    def _client(self, row: Any) -> Client:
        identifier, secret, name, redirect_uris, scopes, development = row
        granted = None if scopes is None else tuple(orjson.loads(scopes))
        return Client(
            identifier.decode(), secret, name.decode(), tuple(orjson.loads(redirect_uris)), granted, bool(development)
        )
