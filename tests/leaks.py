"""A plugin of pytest: whatever is issued while a test runs is looked for in all that the test has left written.

That is what was logged, at any level and by anybody; the refusals that were answered; and every database of the package
that was opened, a file's bytes among them. Webhook secrets may be in a database, since they sign deliveries.
"""

import logging
import secrets
import sqlite3
import sys
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest

from smartcal_api.auth import Keys
from smartcal_api.auth.oauth.clients import Clients
from smartcal_api.auth.oauth.tickets import Tickets
from tests import wire
from tests.issued import WEBHOOK_SECRET, Issued, bytes_of, state_of

PACKAGE = "smartcal_api"
# The names of sandboxes are drawn, too, and stand in every path.
_NAMES = f"{PACKAGE}.sandbox.creation"
# Generated tests have a database for each example: all but the last ones are read before the test is over.
_UNREAD_AT_MOST = 8
_SAID_AT_MOST = 1_000_000


class Leaks(logging.Handler):
    """Installed for a whole run. A secret is looked for until its module's tests are over, as worlds live that long."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._patched = pytest.MonkeyPatch()
        self._issued, self._fresh = Issued(), Issued()
        self._said: dict[str, list[bytes]] = {}
        self._size = 0
        self._unread: deque[_InMemory] = deque()
        self._open: WeakSet[_InMemory] = WeakSet()
        self._files: dict[Path, tuple[int, ...]] = {}
        self._findings: dict[str, None] = {}
        self._module: object = None

    def findings(self) -> list[str]:
        """What was found since it was last asked."""
        self._read_said()
        for database in {*self._unread, *self._open}:
            self.read(database)
        for path in self._files:
            self.read_file(path)
        self._unread.clear()
        self._fresh.forget()
        found, self._findings = list(self._findings), {}
        return found

    def check(self) -> None:
        assert not (found := self.findings()), "\n".join(found)

    # -- when

    def pytest_configure(self) -> None:
        root = logging.getLogger()
        root.addHandler(self)
        self._level = root.level
        root.setLevel(logging.DEBUG)
        for name in ("token_urlsafe", "token_hex", "token_bytes"):
            self._patched.setattr(secrets, name, self._noting_random(getattr(secrets, name)))
        self._patched.setattr(Keys, "add", self._noting_key(Keys.add))
        self._patched.setattr(Clients, "add", self._noting_client(Clients.add))
        self._patched.setattr(Tickets, "issue", self._noting_ticket(Tickets.issue))
        self._patched.setattr(sqlite3, "connect", self._watching(sqlite3.connect))
        self._patched.setattr(wire, "_drive", self._listening(wire._drive))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        # The command sets it for its process, and some tests run the command in theirs.
        logging.getLogger("smartcal").setLevel(logging.NOTSET)
        module = item.getparent(pytest.Module)
        if module is not self._module:
            self._module = module
            self._issued.forget()
            self._files.clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Iterator[None]:
        result = yield
        self.check()
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self) -> Iterator[None]:
        result = yield
        self.check()
        return result

    def pytest_unconfigure(self) -> None:
        root = logging.getLogger()
        root.removeHandler(self)
        root.setLevel(self._level)
        self._patched.undo()

    # -- what is issued

    def note(self, what: str, secret: str | bytes | None) -> None:
        if secret is not None:
            self._issued.note(what, secret)
            self._fresh.note(what, secret)

    def _noting_random(self, function: Callable[[int], Any]) -> Callable[..., Any]:
        def issue(size: int | None = None) -> Any:
            caller = sys._getframe(1)
            secret, module = function(size), caller.f_globals["__name__"]
            if module.partition(".")[0] == PACKAGE and module != _NAMES:
                what = f"what {module}.{caller.f_code.co_name} made"
                self.note(WEBHOOK_SECRET if "webhook" in module or "subscription" in module else what, secret)
            return secret

        return issue

    def _noting_ticket(self, function: Callable[..., str]) -> Callable[..., str]:
        def issue(tickets: Tickets, request: Any) -> str:
            ticket = function(tickets, request)
            self.note("the signature of a ticket", ticket.rpartition(".")[2])
            return ticket

        return issue

    def _noting_key(self, function: Callable[..., None]) -> Callable[..., None]:
        def add(keys: Keys, secret: str, *arguments: Any, **named: Any) -> None:
            self.note("a given key", secret)
            function(keys, secret, *arguments, **named)

        return add

    def _noting_client(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def add(*arguments: Any, secret: str | None, **named: Any) -> Any:
            self.note("a given client secret", secret)
            return function(*arguments, secret=secret, **named)

        return add

    # -- where it may not stand

    def emit(self, record: logging.LogRecord) -> None:
        self.say("the log", self.format(record).encode(errors="replace"))

    def _listening(self, drive: Callable[..., wire.Reply]) -> Callable[..., wire.Reply]:
        def driven(*arguments: Any) -> wire.Reply:
            reply = drive(*arguments)
            if reply.status >= 400 or "error=" in reply.headers.get("location", ""):
                self.say("a refusal", repr(reply.headers).encode() + reply.body)
            return reply

        return driven

    def say(self, place: str, content: bytes) -> None:
        self._said.setdefault(place, []).append(content)
        self._size += len(content)
        if self._size > _SAID_AT_MOST:
            self._read_said()

    def _read_said(self) -> None:
        for place, contents in self._said.items():
            self._find(self._issued, place, b"\n".join(contents))
        self._said, self._size = {}, 0

    def _watching(self, connect: Callable[..., sqlite3.Connection]) -> Callable[..., sqlite3.Connection]:
        def connected(database: Any, **named: Any) -> sqlite3.Connection:
            if sys._getframe(1).f_globals["__name__"].partition(".")[0] != PACKAGE:
                return connect(database, **named)
            if database == ":memory:":
                opened = connect(database, factory=_InMemory, **named)
                opened.leaks = self
                self._open.add(opened)
                self._unread.append(opened)
                if len(self._unread) > _UNREAD_AT_MOST:
                    self.read(self._unread.popleft())
            else:
                opened = connect(database, factory=_InFile, **named)
                opened.leaks, opened.path = self, Path(database).absolute()
                self._files[opened.path] = ()
            return opened

        return connected

    def read(self, database: "_InMemory") -> None:
        """Looks into a database that has changed since; there is nothing to find where nothing was issued."""
        if self._fresh and (content := database.changed()):
            self._find(self._fresh, "a database", content, but=WEBHOOK_SECRET)

    def read_file(self, path: Path) -> None:
        """Only when a test is over, or the file is closed: reading it drops the locks that this process has on it."""
        state = state_of(path)
        if self._fresh and self._files.get(path) != state:
            self._files[path] = state
            self._find(self._fresh, path.name, bytes_of(path), but=WEBHOOK_SECRET)

    def _find(self, issued: Issued, place: str, content: bytes, *, but: str | None = None) -> None:
        self._findings |= dict.fromkeys(issued.found(place, content, but=but))


class _InMemory(sqlite3.Connection):
    """A database that is gone with its connection, and read before."""

    leaks: Leaks
    _changes = -1

    def changed(self) -> bytes:
        """All of it, where anything was written to it since this was last asked."""
        try:
            before, self._changes = self._changes, self.total_changes
            return self.serialize() if self._changes != before else b""
        except sqlite3.ProgrammingError:
            return b""  # closed, and read then

    def close(self) -> None:
        self.leaks.read(self)
        super().close()


class _InFile(sqlite3.Connection):
    """A database whose file may be gone when the test is over."""

    leaks: Leaks
    path: Path

    def close(self) -> None:
        super().close()
        self.leaks.read_file(self.path)
