"""A control plane that is asked nothing: what would have been sent is printed for a shell instead."""

import json
from collections.abc import Iterator
from shlex import quote
from typing import Any, NoReturn
from urllib.parse import urlencode

from smartcal_api.remote import Control
from smartcal_api.remote.stream import Event

_AUTHORIZATION = '"Authorization: Bearer $SMARTCAL_CONTROL_TOKEN"'


class Sketched(Exception):
    """The request as a command."""


class Sketch(Control):
    """In the place of a `Control`; the first request that a command would send is the one that it is about."""

    def request(self, method: str, path: str, body: Any = None, *, patience: float = 0) -> Any:
        self._sketch(method, path, body)

    def stream(self, path: str, **query: Any) -> Iterator[Event]:
        self._sketch("GET", f"{path}?{urlencode(query)}", None, "--no-buffer")

    def _sketch(self, method: str, path: str, body: Any, *flags: str) -> NoReturn:
        words = ["curl", "--silent", *flags]
        if method != ("GET" if body is None else "POST"):
            words += ["-X", method]
        if self.target.control_token:
            words += ["-H", _AUTHORIZATION]
        if method != "GET":  # the plane takes nothing that a form of another site could send
            words += ["-H", quote("Content-Type: application/json")]
        if body is not None:
            words += ["-d", quote(json.dumps(body, ensure_ascii=False))]
        raise Sketched(" ".join([*words, quote(self.target.control_url + path)]))
