"""Imports Connexion without the parts of it that serving never touches.

Its test client, its loading of contracts by URL and its templates bring httpx, requests and Jinja2 along: 15 MB and a
third of the time to start. Only the command `smartcal serve` does this, whose process is its own.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

_UNUSED = ("httpx", "jinja2", "requests", "starlette.testclient")


class _Absent:
    """What stands in for a class of such a module; it can be named, in an annotation, and not be used."""

    def __init__(self, *_: Any, **__: Any) -> None:
        raise RuntimeError("smartcal serve runs without this part of Connexion; use it in a process of its own")


class _StandIn(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent


@contextmanager
def lean_imports() -> Iterator[None]:
    """Modules imported inside get stand-ins for these; whoever imports these afterwards gets the real ones."""
    absent = [name for name in _UNUSED if name not in sys.modules]
    sys.modules.update({name: _StandIn(name) for name in absent})
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
