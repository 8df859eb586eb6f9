"""Reads a file of handlers: each of its functions serves the operation of its name."""

import inspect
import logging
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from smartcal_api.api.own.request import Refusal, Request, Response
from smartcal_api.contract import Contract
from smartcal_api.errors import Foreseen, Problem, UsageError, hint
from smartcal_api.http.answer import Answer, json_bytes
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.served import Handler
from smartcal_api.input import Unreadable, read_bytes

_MOST_BYTES = 4 * 1024 * 1024
_log = logging.getLogger("smartcal")
Function = Callable[[Request], Any]


@dataclass(frozen=True, slots=True)
class OwnHandlers:
    """The functions of one file, as it was read; `sha256` is that of its bytes."""

    path: Path
    sha256: str
    functions: Mapping[str, Function]

    def handlers(self, contract: Contract) -> dict[str, Handler]:
        """operationId → what serves it; raises `UsageError` for a function that is called as no operation."""
        found: dict[str, Handler] = {}
        names = {_plain(name): name for name in contract.operations}
        for name, function in self.functions.items():
            operation = names.get(_plain(name))
            if operation is None:
                raise UsageError(
                    f"{self.path}:{_line(function)}: {name} is called as no operation; "
                    f"{hint(name, contract.operations)} A name that begins with _ is your own."
                )
            found[operation] = self._handler(function)
        return found

    def _handler(self, function: Function) -> Handler:
        def handle(exchange: Exchange) -> Answer:
            try:
                return _answer(function(Request(exchange)), exchange)
            except Refusal as refusal:
                if refusal.code in exchange.sandbox.contract.policy.problems:
                    raise Foreseen(refusal.code, refusal.detail) from None
                known = hint(refusal.code, exchange.sandbox.contract.policy.problems)
                raise self._failed(
                    function, f"it refuses with {refusal.code!r}, which x-problems has not; {known}"
                ) from None
            except Problem:
                raise
            except Exception as error:
                _log.error("%s:%s %s failed", self.path, _line(function), function.__name__, exc_info=error)
                raise self._failed(function, f"{type(error).__name__}: {error}") from None

        return handle

    def _failed(self, function: Function, why: str) -> Problem:
        where = f"{self.path.name}:{_line(function)}"
        return Problem(
            "internal_error", f"The handler {function.__name__} at {where} failed: {why}. Nothing has changed."
        )


def read_handlers(path: Path) -> OwnHandlers:
    """Runs the file; raises `UsageError` where it can't be read or run."""
    try:
        source = read_bytes(path, most=_MOST_BYTES, regular=True)
    except Unreadable as error:
        raise UsageError(f"--handlers: {path}: {error.cause}.") from None
    module = ModuleType("smartcal_handlers")
    module.__file__ = str(path)
    before = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module  # dataclasses look themselves up there
    try:
        exec(compile(source, str(path), "exec"), module.__dict__)  # noqa: S102  # it was named to be run
    except Exception as error:
        raise UsageError(f"{path}:{_place(error, path)}: {type(error).__name__}: {error}") from None
    finally:
        if before is None:
            del sys.modules[module.__name__]
        else:
            sys.modules[module.__name__] = before
    functions = {name: each for name, each in vars(module).items() if _is_handler(name, each, module)}
    for name, each in functions.items():
        if inspect.iscoroutinefunction(each):
            raise UsageError(
                f"{path}:{_line(each)}: {name} is async; a handler is a plain function, which never waits."
            )
    if not functions:
        raise UsageError(f"{path}: has no function; one that is called as an operation serves it.")
    return OwnHandlers(path, sha256(source).hexdigest(), functions)


def _is_handler(name: str, value: object, module: ModuleType) -> bool:
    return inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")


def _answer(value: Any, exchange: Exchange) -> Answer:
    if isinstance(value, Response):
        body = b"" if value.body is None else json_bytes(value.body)
        media_type = exchange.success.media_type if body else None
        return Answer(value.status, body, media_type=media_type, headers=value.headers)
    return exchange.success.empty() if value is None else exchange.success.value(value)


def _plain(name: str) -> str:
    """The same for an operationId such as `get-booking` and the name of a function."""
    return "".join(each if each.isalnum() else "_" for each in name)


def _line(function: Function) -> int:
    return function.__code__.co_firstlineno


def _place(error: Exception, path: Path) -> int:
    if isinstance(error, SyntaxError) and error.lineno is not None:
        return error.lineno
    frames = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return frames[-1] or 1 if frames else 1
