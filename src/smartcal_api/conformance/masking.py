"""What no report shows: credentials, wherever they stand, and people's data unless it is asked for."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from smartcal_api.conformance.target import Target
from smartcal_api.contract import Contract
from smartcal_api.contract.encoded import everywhere

PERSONAL = frozenset({"name", "email", "phone", "number", "address", "answer", "attendees", "invitee", "url", "reason"})
_HIDDEN = "…"
# A shorter secret would be found in words that are none.
_FOUND = 8
# So many texts are worth remembering, of so many characters.
_REMEMBERED, _SHORT = 16_384, 256


class Masks:
    """Known secrets become the variable that stands for them, everything that looks like one an ellipsis.

    In `foreign` traffic, which somebody's app sent, nothing else is known of a credential than where it stands.
    """

    def __init__(self, contract: Contract, target: Target, *, personal: bool = False, foreign: bool = False) -> None:
        known = {each.value: each.variable for each in target.credentials if each.value}
        known |= {each.secret: "$SMARTCAL_CLIENT_SECRET" for each in target.clients if each.secret}
        self._known = known
        schemes = contract.data["components"].get("securitySchemes", {}).values()
        self._carriers = {"authorization", *(each["name"].lower() for each in schemes if each["type"] == "apiKey")}
        self._foreign = foreign
        # The longest first: one key may begin with another.
        longest_first = sorted(known, key=len, reverse=True)
        whole = "|".join(re.escape(value) for value in longest_first if len(value) >= _FOUND)
        prefixes = "|".join(re.escape(prefix) for prefix in sorted(contract.policy.secrets.values()))
        looks = rf"\b(?P<prefix>{prefixes})[0-9A-Za-z_~.-]{{6,}}"
        self._secret = re.compile(f"{whole}|{looks}" if whole else looks)
        self._credential = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
        self._hidden = everywhere(lambda text: self._secret.sub(self._masked, text), _HIDDEN)
        self._personal = personal
        # Thousands of answers have the same names, and most of the same values.
        self._texts: dict[str, str] = {}

    def text(self, text: str) -> str:
        """Half of a surrogate pair, which no file can hold, becomes a question mark."""
        masked = self._texts.get(text)
        if masked is None:
            masked = self._hidden(text.encode("utf-8", "replace").decode("utf-8"))
            if len(text) <= _SHORT and len(self._texts) < _REMEMBERED:
                self._texts[text] = masked
        return masked

    def _masked(self, found: re.Match[str]) -> str:
        prefix: str | None = found["prefix"]
        return self._known[found[0]] if prefix is None else prefix + _HIDDEN

    def fields(self, fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(self.text(name), self._field(name.lower(), value)) for name, value in fields]

    def _field(self, name: str, value: str) -> str:
        """Where a credential stands, also one that is too short to be looked for anywhere else."""
        if name not in self._carriers:
            return self.text(value)
        masked = self._credential.sub(lambda found: self._known[found[0]], self.text(value))
        if self._foreign and masked == value:
            scheme, blank, _ = value.partition(" ")
            return f"{scheme}{blank}{_HIDDEN}" if blank else _HIDDEN
        return masked

    def body(self, value: Any) -> Any:
        """A JSON value without people's data, its shape kept."""
        if isinstance(value, Mapping):
            return {
                self.text(str(key)): _blank(inner) if not self._personal and key in PERSONAL else self.body(inner)
                for key, inner in value.items()
            }
        if isinstance(value, list):
            return [self.body(inner) for inner in value]
        return self.text(value) if isinstance(value, str) else value


def _blank(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _blank(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_blank(inner) for inner in value]
    return _HIDDEN if isinstance(value, str) else value
