"""What forms of a deployment could be recognised in its answers, as an overlay to begin with."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Unreadable
from smartcal_api.contract import Contract

MARK = "# Suggested by smartcal verify"
_CALLED = {
    "page": ("page", "current_page", "page_number", "number"),
    "per_page": ("per_page", "page_size", "size", "limit"),
    "total": ("total", "total_count", "total_items", "count"),
    "total_pages": ("total_pages", "page_count", "pages", "last_page"),
}
"""What the counts of a list are usually called."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """`overlay` is empty where there is nothing that one could state; `seen` says what was recognised, a line each."""

    overlay: str
    seen: Sequence[str]


def suggest(contract: Contract, evidence: Iterable[Exchange]) -> Suggested:
    """By the lists that were read, and by the statuses that the contract doesn't have."""
    answers = [each for each in evidence if not each.aside]
    fields = _envelope(contract, answers)
    seen = [f"a list calls its {key} {name!r}" for key, name in fields.items()]
    seen += list(_statuses(contract, answers))
    if not fields:
        return Suggested("", seen)
    named = ", ".join(f"{key}: {name}" for key, name in fields.items())
    lines = [
        f"{MARK}: forms that were seen; read it before it is used.",
        "overlay: 1.0.0",
        'info: {title: Forms of a deployment, version: "1"}',
        "actions:",
        *(f"# {each}" for each in seen),
        "- target: $['x-pagination'].fields",
        f"  update: {{{named}}}",
    ]
    return Suggested("\n".join(lines) + "\n", seen)


def _envelope(contract: Contract, answers: Iterable[Exchange]) -> dict[str, str]:
    """How lists name their parts, where that is another name than the contract's and the same in every list."""
    names = contract.data.get("x-pagination", {}).get("fields", {})
    found: dict[str, set[str]] = {}
    for each in answers:
        operation = contract.operations.get(each.operation or "")
        if operation is None or operation.listing is None or each.method != "GET" or not each.ok:
            continue
        for key, name in _parts(_body(each), names):
            found.setdefault(key, set()).add(name)
    return {key: next(iter(seen)) for key, seen in found.items() if len(seen) == 1 and seen != {names.get(key)}}


def _parts(body: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    lists = [name for name, value in body.items() if isinstance(value, list)]
    if len(lists) == 1:
        yield "items", lists[0]
    objects = [name for name, value in body.items() if isinstance(value, dict) and _counts(value)]
    if len(objects) == 1 and "pagination" in names:
        yield "pagination", objects[0]
        yield from _counts(body[objects[0]]).items()


def _counts(value: Mapping[str, Any]) -> dict[str, str]:
    """What an object calls the counts of a list."""
    whole = [name for name, number in value.items() if isinstance(number, int)]
    named = {key: next((name for name in usual if name in whole), "") for key, usual in _CALLED.items()}
    return {key: name for key, name in named.items() if name}


def _statuses(contract: Contract, answers: Iterable[Exchange]) -> Iterator[str]:
    counts = Counter(
        (each.operation, each.status)
        for each in answers
        if each.operation in contract.operations and each.status not in contract.operations[each.operation].responses
    )
    for (operation, status), count in sorted(counts.items(), key=str):
        yield f"{operation} answers {status}, which the contract hasn't there ({count} times)"


def _body(exchange: Exchange) -> Mapping[str, Any]:
    try:
        body = exchange.json
    except Unreadable:
        return {}
    return body if isinstance(body, dict) else {}
