"""The addresses at which an operation is promised, with every choice of their variables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from smartcal_api.changes.change import Audience, Changes
from smartcal_api.changes.operations import Placed
from smartcal_api.changes.side import Side

_VARIABLE = re.compile(r"\{([^}]*)\}")
_MOST = 50  # choices of one server that are looked at


@dataclass(frozen=True, slots=True)
class Address:
    """A URL with its variables filled in; `usual` is the one with the defaults."""

    url: str
    template: str
    at: str
    pattern: re.Pattern[str]
    usual: bool

    def serves(self, other: "Address") -> bool:
        """Whether what is asked at the other one is asked here, with any choice of variables."""
        return self.url == other.url or any(map(self.pattern.fullmatch, (other.url, f"{other.url}/")))


class Servers:
    """Compares them operation by operation, since a path and an operation may have their own."""

    def __init__(self, old: Side, new: Side, changes: Changes) -> None:
        self._sides = old, new
        self._changes = changes

    def operation(self, before: Placed, after: Placed) -> None:
        old, new = (self._standing(side, each) for side, each in zip(self._sides, (before, after), strict=True))
        subject = after.title
        for address in old:
            if not any(each.serves(address) for each in new):
                at = (address.at, new[0].at.rpartition("/")[0])
                self._changes.add("server-removed", Audience.CALLERS, subject, "", f"{address.url} is gone", at)
        for address in new:
            if not any(each.serves(address) for each in old):
                at = (old[0].at.rpartition("/")[0], address.at)
                self._changes.add("server-added", Audience.CALLERS, subject, "", f"{address.url} is new", at)
        for one in old:
            for other in new:
                if one.template == other.template and one.url != other.url and one.usual and other.usual:
                    text = f"{one.url} → {other.url}"
                    at = (one.at, other.at)
                    self._changes.add("server-default-changed", Audience.CALLERS, subject, "", text, at)

    @staticmethod
    def _standing(side: Side, placed: Placed) -> list[Address]:
        for holder, at in ((placed.stated, placed.at), (placed.item, placed.item_at), (side.data, "")):
            stated = holder.get("servers")
            if isinstance(stated, list) and stated:
                return [each for i, server in enumerate(stated) for each in _addresses(server, f"{at}/servers/{i}")]
        return [Address("/", "/", "/servers/0", re.compile("/"), usual=True)]


def _addresses(server: Any, at: str) -> Iterator[Address]:
    """One for each choice of its variables, the usual one first."""
    template = str(server.get("url"))
    stated = server.get("variables")
    variables = {
        name: each for name, each in (stated.items() if isinstance(stated, dict) else ()) if isinstance(each, dict)
    }
    names = [name for name in _VARIABLE.findall(template) if name in variables]
    choices = {name: list(map(str, variables[name].get("enum") or ())) for name in names}
    pattern = re.compile(
        "".join(
            "(?:" + "|".join(map(re.escape, choices[part])) + ")"
            if number % 2 and choices.get(part)
            else "[^/]*"
            if number % 2 and part in variables
            else re.escape("{" + part + "}" if number % 2 else part)
            for number, part in enumerate(_VARIABLE.split(template))
        )
    )
    usual = {name: str(variables[name].get("default", "")) for name in names}
    # A free variable stands for itself: any text would do.
    sets = [dict.fromkeys([usual[name], *(choices[name] or [f"{{{name}}}"])]) for name in names]
    for picked in islice(product(*sets), _MOST):
        values = dict(zip(names, picked, strict=True))
        filled = "".join(
            values.get(part, f"{{{part}}}") if number % 2 else part
            for number, part in enumerate(_VARIABLE.split(template))
        )
        url = filled.rstrip("/") or "/"
        yield Address(url, template, at, pattern, usual=values == usual)
