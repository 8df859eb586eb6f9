"""The report on a terminal, 80 columns wide."""

import textwrap
from itertools import groupby

from smartcal_api.changes.change import Change
from smartcal_api.changes.delta import Level
from smartcal_api.changes.report.told import Told

_WIDTH = 80


def text_report(told: Told) -> str:
    lines = [*_wrapped(told.heading(), ""), told.counts()]
    changes = told.comparison.counted
    for (level, audience), group in groupby(changes, key=lambda each: (each.level, each.audience)):
        lines += ["", f"{level.value.upper()}  for {audience.value}"]
        for change in group:
            lines += _change(told, change) if level is not Level.COMPATIBLE else _harmless(told, change)
    version = told.version()
    if version:
        lines += ["", version]
    return "\n".join(lines) + "\n"


def _change(told: Told, change: Change) -> list[str]:
    lines = _wrapped(told.where(change), "  ")
    lines += _wrapped(f"{change.text}: {told.why(change)}", "    ")
    proof = told.proof(change)
    if proof:
        lines += _wrapped(proof, "    ")
    if use := told.use(change):
        lines += _wrapped(use, "    ")
    if change.also:
        others = f"{len(change.also)} others" if len(change.also) > 1 else change.also[0]
        lines += _wrapped(f"also: {others}", "    ")
    if change.decided:
        lines.append("    decided by this contract (x-basis), not by the product document")
    places = " → ".join(f"{place[0]}:{place[1]}" for place in (change.old_place, change.new_place) if place)
    room = _WIDTH - 5 - len(change.fingerprint)
    if len(places) > room:
        return [*lines, *_wrapped(places, "    "), f"    {change.fingerprint}"]
    return [*lines, f"    {places:<{room}} {change.fingerprint}"]


def _harmless(told: Told, change: Change) -> list[str]:
    return _wrapped(f"{told.where(change)}  {change.text}", "  ")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ", break_on_hyphens=False)
