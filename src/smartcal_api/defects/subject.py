"""The server that a defect is planted in, with the places where one can be."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from starlette.types import ASGIApp

from smartcal_api.app import Front
from smartcal_api.contract import Contract
from smartcal_api.defects.message import Look, Spoil, Spoiling, Spoilt
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.raw import RawHandler
from smartcal_api.http.served import Handler, Served
from smartcal_api.sandbox import Sandbox

Outer = Callable[[Handler, Exchange], Answer]
Page = Callable[..., tuple[list[bytes], int]]


class _Outer(RawHandler):
    """Around a handler that is told from others by its kind."""

    def __init__(self, outer: Outer, right: RawHandler) -> None:
        self._outer, self._right = outer, right

    def __call__(self, exchange: Exchange) -> Answer:
        return self._outer(self._right, exchange)

    def client_id(self, exchange: Exchange) -> str | None:
        return self._right.client_id(exchange)


class Subject:
    """A right server: the application behind its front, and the sandbox that it answers from.

    A defect changes these objects alone, never a module or a class: the next server in the process is right again.
    """

    def __init__(self, front: Front, sandbox: Sandbox) -> None:
        self._front = front
        self.sandbox = sandbox

    @property
    def contract(self) -> Contract:
        return self._front.application.contract

    @property
    def key_header(self) -> str:
        """The header that a key has of its own."""
        schemes = self.contract.data["components"]["securitySchemes"].values()
        return next(str(each["name"]) for each in schemes if each["type"] == "apiKey")

    def path(self, operation: str) -> str:
        """The path of an operation."""
        return self.contract.operations[operation].path

    def served(self, operation: str) -> Served:
        return self._front.application.served[operation]

    def wrap(self, wrapper: Callable[[ASGIApp], ASGIApp]) -> None:
        """Puts another application around the right one."""
        self._front.application = replace(self._front.application, asgi=wrapper(self._front.application.asgi))

    def asked(self, look: Look) -> None:
        """Every request is given to `look` first, which may change it."""
        self.wrap(partial(Spoiling, look=look))

    def answered(self, spoil: Spoil) -> None:
        """Every answer is given to `spoil`, which may change it after the gate has found it valid."""
        self.wrap(partial(Spoilt, spoil=spoil))

    def handled(self, operation: str, outer: Outer) -> None:
        """An operation's handler becomes `outer`, which gets the right one."""
        served = self.served(operation)
        right = served.handler
        served.handler = _Outer(outer, right) if isinstance(right, RawHandler) else partial(outer, right)

    def replaced(self, holder: object, name: str, outer: Callable[..., Any]) -> None:
        """A method of one object becomes `outer`, which gets the right one before its arguments."""
        setattr(holder, name, partial(outer, getattr(holder, name)))

    def listed(self, operation: str, outer: Callable[..., Any]) -> None:
        """Where one list asks the store for its page, `outer(page, clauses, owner=, limit=, offset=, order=)` is asked,
        which gets the right method first; other lists of the same resources are left alone."""
        store, right = self.sandbox.store, self.sandbox.store.page

        def handler(inner: Handler, exchange: Exchange) -> Answer:
            setattr(store, "page", lambda name, clauses=(), **rest: outer(partial(right, name), clauses, **rest))  # noqa: B010  # an instance
            try:
                return inner(exchange)
            finally:
                setattr(store, "page", right)  # noqa: B010  # as it was

        self.handled(operation, handler)
