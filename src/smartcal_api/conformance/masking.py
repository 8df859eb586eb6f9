"""What no report shows: credentials, wherever they stand, and people's data unless it is asked for."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_plus

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.positions import Learned, Positions
from smartcal_api.conformance.target import Target
from smartcal_api.contract import Contract
from smartcal_api.contract.encoded import everywhere

PERSONAL = frozenset({"name", "email", "phone", "number", "address", "answer", "attendees", "invitee", "url", "reason"})
_HIDDEN = "…"
_SCHEMED = ("authorization", "proxy-authorization")
# A shorter secret would be found in words that are none.
_FOUND = 8
# So many texts are worth remembering, of so many characters.
_REMEMBERED, _SHORT = 16_384, 256


class Masks:
    """Known secrets become the variable that stands for them, all others an ellipsis: whatever begins like one, stands
    where one does, or is what once stood there.

    In `foreign` traffic, which somebody's app sent, what it sent for a credential is one, too.
    """

    def __init__(self, contract: Contract, target: Target, *, personal: bool = False, foreign: bool = False) -> None:
        known = {each.value: each.variable for each in target.credentials if each.value}
        known |= {each.secret: "$SMARTCAL_CLIENT_SECRET" for each in target.clients if each.secret}
        self._known = known
        self._positions = Positions(contract)
        self._learned = Learned()
        self._foreign = foreign
        # The longest first: one key may begin with another.
        longest_first = sorted(known, key=len, reverse=True)
        whole = "|".join(re.escape(value) for value in longest_first if len(value) >= _FOUND)
        prefixes = "|".join(re.escape(prefix) for prefix in sorted(contract.policy.secrets.values()))
        looks = rf"\b(?P<prefix>{prefixes})[0-9A-Za-z_~.-]{{6,}}"
        self._secret = re.compile(f"{whole}|{looks}" if whole else looks)
        self._credential = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
        self._hidden = everywhere(self._plain, _HIDDEN)
        self._personal = personal
        # Thousands of answers have the same names, and most of the same values.
        self._texts: dict[str, str] = {}

    def learn(self, exchanges: Iterable[Exchange]) -> None:
        """What they tell of secrets is hidden from now on, wherever it is repeated."""
        for exchange in exchanges:
            found = [*self._positions.told(exchange), *(self._positions.sent(exchange) if self._foreign else ())]
            for value in found:
                if self._secret.search(value) is None and self._learned.add(value):
                    self._texts.clear()

    def text(self, text: str) -> str:
        """Half of a surrogate pair, which no file can hold, becomes a question mark."""
        masked = self._texts.get(text)
        if masked is None:
            plain = text.encode("utf-8", "replace").decode("utf-8")
            masked = self._hidden(self._positions.sub(self._value, plain))
            if len(text) <= _SHORT and len(self._texts) < _REMEMBERED:
                self._texts[text] = masked
        return masked

    def fields(self, fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Headers; of a credential nothing but its scheme is left."""
        return [(self.text(name), self._field(name, value)) for name, value in fields]

    def body(self, value: Any) -> Any:
        """A JSON value without secrets and without people's data, its shape kept."""
        if isinstance(value, Mapping):
            return {self.text(str(key)): self._member(str(key), inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.body(inner) for inner in value]
        return self.text(value) if isinstance(value, str) else value

    def _member(self, name: str, value: Any) -> Any:
        if not self._personal and name in PERSONAL:
            return _blank(value)
        if self._positions.member(name) and isinstance(value, str | int | float) and not isinstance(value, bool):
            return self._value(str(value))
        return self.body(value)

    def _field(self, name: str, value: str) -> str:
        """Where a credential stands, also one that is too short to be looked for anywhere else."""
        if not self._positions.header(name):
            return self.text(value)
        scheme, blank, rest = value.partition(" ")
        if not blank or name.lower() not in _SCHEMED:
            return self._value(value)
        return f"{self.text(scheme)} {self._value(rest)}"

    def _value(self, value: str) -> str:
        """A secret by its place: its variable where it has one, its beginning where that is a kind's."""
        if value in self._known:
            return self._known[value]
        plain = unquote_plus(value)
        masked = self._credential.sub(lambda found: self._known[found[0]], plain)
        masked = self._secret.sub(self._masked, masked)
        return _HIDDEN if masked == plain else masked

    def _plain(self, text: str) -> str:
        return self._learned.sub(_HIDDEN, self._secret.sub(self._masked, text))

    def _masked(self, found: re.Match[str]) -> str:
        prefix: str | None = found["prefix"]
        return self._known[found[0]] if prefix is None else prefix + _HIDDEN


def _blank(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _blank(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_blank(inner) for inner in value]
    return _HIDDEN if isinstance(value, str) else value
