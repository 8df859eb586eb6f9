"""What `smartcal serve` would refuse or note of a document that is written for it, and what its policy contradicts."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from smartcal_api.api.fitness import unfit
from smartcal_api.api.remarks import remarks_by_rule
from smartcal_api.api.unmockable import unmockable
from smartcal_api.contract import Contract
from smartcal_api.contract.check import examine
from smartcal_api.contract.document import escape
from smartcal_api.contract.understood import understood
from smartcal_api.lint.found import Found
from smartcal_api.lint.index import Index
from smartcal_api.mock import ValueGenerator

_PROSE = re.compile(
    r"(?i)\b(\d[\d,_]*) (?:requests?|calls?) (?:an?|per|in an?|in any|every|each) (second|minute|hour|day)\b"
)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


def serving(index: Index) -> Iterator[Found]:
    """Of a document that states none of our policy, only what wouldn't be served of it."""
    read = understood(index.document)
    if read.reading is None or not read.reading.ours:
        yield from (Found("load/not-served", each.pointer, each.message) for each in examine(read).findings)
        return
    yield from _sources(index)
    yield from _prose(index)
    examined = examine(read)
    yield from (Found("load/refused", each.pointer, each.message) for each in examined.findings)
    yield from (Found("load/idle", each.pointer, each.message) for each in examined.idle)
    for pointer in examined.foreign:
        yield Found("extension/foreign", pointer, "is not one of our members, and nothing is done with it")
    if examined.findings:
        return
    contract = Contract(index.document)
    for rule, finding in remarks_by_rule(contract):
        yield Found(rule, finding.pointer, finding.message)
    for finding in dict.fromkeys(unfit(contract, ValueGenerator(contract.data, seed=0)).values()):
        yield Found("handler/unfit", finding.pointer, finding.message)
    for finding in dict.fromkeys(finding for _, finding in unmockable(contract)):
        yield Found("mock/impossible", finding.pointer, finding.message)


def _sources(index: Index) -> Iterator[Found]:
    """What is documented names the section that says so, and nothing else does."""
    for at, stated in _mappings(index.data, ""):
        if stated.get("x-basis") == "documented" and not stated.get("x-source"):
            said = "is documented, and doesn't say where; add x-source, the title of the section"
            yield Found("source/missing", f"{at}/x-basis", said)
        elif "x-source" in stated and stated.get("x-basis") != "documented":
            said = "names its source, and isn't marked as documented; add x-basis: documented, or leave it out"
            yield Found("source/unmarked", f"{at}/x-source", said)


def _prose(index: Index) -> Iterator[Found]:
    """Limits in words against those in `x-rate-limits`."""
    stated = index.data.get("x-rate-limits")
    limits = {
        each["window_seconds"]: each["limit"]
        for each in (stated if isinstance(stated, list) else ())
        if isinstance(each, dict) and {"window_seconds", "limit"} <= each.keys()
    }
    for at, holder in _mappings(index.data, ""):
        text = holder.get("description")
        for number, unit in _PROSE.findall(text) if isinstance(text, str) else ():
            limit = limits.get(_SECONDS[unit])
            if limit is not None and int(re.sub(r"[,_]", "", number)) != limit:
                said = f"says {number} requests a {unit}, and x-rate-limits has {limit}; correct one of the two"
                yield Found("text/limit", f"{at}/description", said)


def _mappings(value: Any, at: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, dict):
        yield at, value
        for key, each in value.items():
            yield from _mappings(each, f"{at}/{escape(key)}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _mappings(each, f"{at}/{number}")
