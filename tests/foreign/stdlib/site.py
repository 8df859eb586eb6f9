"""The accounts of a deployment: their data, their keys, the apps that may ask for access."""

import asyncio
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from .deliveries import Deliveries

DAY = 86_400
SCOPES = ("read", "write", "webhooks", "admin")
ZONE = timezone(timedelta(hours=2))
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
Row = dict[str, Any]


def when(at: float) -> str:
    """In the zone of the accounts, with its offset."""
    return datetime.fromtimestamp(at, ZONE).isoformat(timespec="seconds")


def ulid() -> str:
    number = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


@dataclass(eq=False)
class Account:
    id: str
    name: str
    events: dict[str, Row] = field(default_factory=dict)
    pages: dict[str, Row] = field(default_factory=dict)
    bookings: dict[str, Row] = field(default_factory=dict)
    hooks: dict[str, Row] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Caller:
    account: Account
    scopes: tuple[str, ...]
    value: str
    until: float = float("inf")


@dataclass(eq=False)
class App:
    id: str
    secret: str | None
    uris: tuple[str, ...]
    scopes: tuple[str, ...] = SCOPES


class Site:
    def __init__(
        self, bugs: frozenset[str], *, ids: str, bookings: int, tunnel: tuple[str, ...] | None, issued: Path | None
    ) -> None:
        self.bugs = bugs
        self.issued = issued
        self.lagging: dict[str, Row] = {}
        self.new_id = ulid if ids == "ulid" else lambda: str(uuid.uuid4())
        self.accounts = [self._account("Ines Rask", bookings, 60), self._account("Paul Quint", 7, 9)]
        self.keys: dict[str, Caller] = {}
        self.tokens: dict[str, Caller] = {}
        self.own = [self._key(self.accounts[0], scope) for scope in SCOPES]
        self.other = [self._key(self.accounts[1], "admin")]
        self.apps = [
            App("desk", secrets.token_urlsafe(24), ("https://desk.example/back?from=calendar",)),
            App("board", secrets.token_urlsafe(24), ("https://board.example/oauth",)),
            App("pocket", None, ("http://127.0.0.1:7171/done",)),
        ]
        self.deliveries = Deliveries(bugs, tunnel)

    def handout(self) -> dict[str, Any]:
        def told(callers: list[Caller]) -> list[Row]:
            return [{"scopes": each.scopes, "value": each.value} for each in callers]

        clients = [{"id": each.id, "secret": each.secret, "uris": each.uris} for each in self.apps]
        return {"keys": told(self.own), "other_keys": told(self.other), "clients": clients}

    def issue(self, secret: str) -> str:
        """A secret that is given out, noted for whoever looks where it is shown."""
        if self.issued is not None:
            with self.issued.open("a") as file:
                file.write(f"{secret}\n")
        return secret

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        asyncio.get_running_loop().call_later(seconds, act)

    def _key(self, account: Account, scope: str) -> Caller:
        caller = Caller(account, (scope,), f"scp_live_{secrets.token_hex(20)}")
        self.keys[caller.value] = caller
        return caller

    def _account(self, name: str, bookings: int, events: int) -> Account:
        account = Account(self.new_id(), name)
        for i in range(events):
            # Three at a time, so that something else has to order them.
            at = self._instant(i // 3, events // 3)
            status = ("confirmed", "tentative", "cancelled", "confirmed", "confirmed")[i % 5]
            source = ("smartcal", "google", "outlook", "icloud")[i % 4]
            self._add(account.events, at, 3600, summary=f"Appointment {i}", status=status, source=source)
        for i in range(4):
            row = {"id": self.new_id(), "name": f"Meet for {20 * (i + 1)} minutes", "minutes": 20 * (i + 1)}
            account.pages[row["id"]] = row
        for i in range(bookings):
            at = self._instant(i // 2, bookings // 2)
            status = ("confirmed", "pending", "confirmed", "cancelled")[i % 4]
            if at + 1800 < time.time():
                status = ("completed", "no_show", "cancelled")[i % 3]
            email = f"visitor{i}@example.net"
            self._add(account.bookings, at, 1800, status=status, visitor=email, cancellation_reason=None)
        going_on = {"status": "confirmed", "visitor": "now@example.net", "cancellation_reason": None}
        self._add(account.bookings, time.time() // 60 * 60 - 300, 3600, **going_on)
        return account

    def _instant(self, number: int, count: int) -> float:
        """A fifth lies in the past, and the first that doesn't is within hours."""
        return time.time() // 60 * 60 + (number - count // 5) * DAY * 0.8 + DAY / 8

    def _add(self, rows: dict[str, Row], at: float, seconds: int, **members: Any) -> None:
        identifier = self.new_id()
        rows[identifier] = {"id": identifier, "start_time": when(at), "end_time": when(at + seconds)} | members
