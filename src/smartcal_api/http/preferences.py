"""`Prefer: code=404`, `example=NAME`, `dynamic=true`, `wait=SECONDS` (RFC 7240), as users of Prism know them."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from starlette.types import Receive

from smartcal_api.errors import ContractError, Invalid, Problem, shortened
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.pause import pause
from smartcal_api.http.stated import Stated
from smartcal_api.mock import Unsatisfiable

PREFER = b"prefer"
_LONGEST_SECONDS = 60.0
# Between commas, or semicolons, which some take for them; a value may be quoted (RFC 7240 section 2).
_PREFERENCE = re.compile(
    r'(?P<name>[\w!#$%&\'*+.^`|~-]+)(?:[ \t]*=[ \t]*(?:"(?P<quoted>[^"]*)"|(?P<token>[^\s,;"]*)))?'
)
_OURS = ("code", "example", "dynamic", "wait")


class Preferences:
    """What a request would like to be answered, apart from what it leads to. Nothing changes by such an answer."""

    def __init__(self, stated: Stated) -> None:
        self._stated = stated

    async def take(self, exchange: Exchange, receive: Receive) -> Answer | None:
        """Waits as long as is wanted, and returns the answer that is wanted; None: whatever the handler says."""
        wanted = _read(value for name, value in exchange.scope["headers"] if name == PREFER)
        if "wait" in wanted:
            await pause(_seconds(wanted["wait"]), receive)
            exchange.now = exchange.sandbox.now()
        generated = wanted.get("dynamic", "").lower() == "true"
        if not generated and "code" not in wanted and "example" not in wanted:
            return None
        applied = _Applied(self._status(exchange, wanted.get("code")), wanted.get("example"), generated)
        return self._answer(exchange, applied)

    def _answer(self, exchange: Exchange, applied: "_Applied") -> Answer:
        operation, (status, example, generated) = exchange.operation, applied
        try:
            names = self._stated.examples(operation, status)
            if example is not None and example not in names:
                listed = ", ".join(names) or "none"
                raise _refusal(f"There is no example {shortened(example, 64)!r} of {status}. There are: {listed}.")
            answer = self._stated.answer(exchange, operation, status, example=example, generated=generated)
        except (ContractError, Unsatisfiable) as error:
            raise _refusal(f"No answer of {status} can be made up: {shortened(str(error))}") from None
        answer.headers = {**answer.headers, "Preference-Applied": str(applied)}
        return answer

    def _status(self, exchange: Exchange, code: str | None) -> int:
        if code is None:
            return exchange.operation.success
        statuses = self._stated.statuses(exchange.operation)
        if not code.isascii() or not code.isdigit() or int(code[:9]) not in statuses:
            listed = ", ".join(map(str, statuses))
            raise _refusal(f"This operation has no response {shortened(code, 64)!r}. It has: {listed}.")
        return int(code)


class _Applied(NamedTuple):
    status: int
    example: str | None
    generated: bool

    def __str__(self) -> str:
        example = "" if self.example is None else f', example="{self.example}"'
        return f"code={self.status}{example}{', dynamic=true' if self.generated else ''}"


def _read(fields: Iterable[bytes]) -> dict[str, str]:
    """Those that are known here; of one that is repeated the first, and all others are ignored (RFC 7240)."""
    wanted: dict[str, str] = {}
    for field in fields:
        for match in _PREFERENCE.finditer(field.decode("latin-1")):
            name = match["name"].lower()
            if name in _OURS:
                wanted.setdefault(name, match["quoted"] or match["token"] or "")
    return wanted


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,9})?", text) or float(text) > _LONGEST_SECONDS:
        raise _refusal(f"wait={shortened(text, 64)} is not a number of seconds from 0 to {_LONGEST_SECONDS:g}.")
    return float(text)


def _refusal(detail: str) -> Problem:
    return Problem("invalid_request", f"The header Prefer: {detail}", errors=[Invalid(detail, parameter="Prefer")])
