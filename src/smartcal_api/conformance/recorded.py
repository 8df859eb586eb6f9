"""Traffic that was recorded, judged on both sides: a result like any other, with a case for each operation and side."""

import json
from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from smartcal_api.conformance.basis import basis_of
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.judge import Fault, Judge
from smartcal_api.conformance.law import Case, Law, law
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.report.har import CREATOR
from smartcal_api.conformance.requests import RequestJudge
from smartcal_api.conformance.verdict import Outcome, Result, Verdict
from smartcal_api.contract import Contract, Operation
from smartcal_api.errors import UsageError


@law("SERVER 1", "Every recorded answer is one that the contract has.", clause="/paths", requests=0)
def answers_are_valid(_: Probe) -> None:
    """Judged as it was recorded: nothing is sent."""


@law("CLIENT 1", "Every recorded request is one that the contract has.", clause="/paths", requests=0)
def requests_are_valid(_: Probe) -> None:
    """Judged as it was recorded: nothing is sent."""


SIDES: tuple[Law, ...] = (answers_are_valid, requests_are_valid)


class Recording:
    """Takes exchanges as they come, says which clause each side broke, and sums up."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._judge = Judge(contract)
        self._requests = RequestJudge(contract, self._judge)
        self._broken: dict[tuple[str, str, str], tuple[Operation | None, Fault, Exchange]] = {}
        self._seen: dict[tuple[str, str], Operation | None] = {}
        self.evidence: list[Exchange] = []

    def add(self, exchange: Exchange) -> list[tuple[Law, Fault]]:
        """What each side broke with it; of the same clause only the first is kept for the result."""
        operation = self._judge.operation_of(exchange.method, exchange.path)
        self.evidence.append(replace(exchange, operation=operation.id if operation else None))
        found = [(answers_are_valid, each) for each in self._judge.faults(exchange)]
        if exchange.status != 429:
            found += [(requests_are_valid, each) for each in self._requests.faults(exchange)]
        for side in SIDES:
            self._seen.setdefault((side.id, operation.id if operation else ""), operation)
        for side, fault in found:
            key = (side.id, operation.id if operation else "", fault.clause)
            self._broken.setdefault(key, (operation, fault, exchange))
        return found

    def result(self, root: str, *, seconds: float, strict: bool = False) -> Result:
        outcomes = list(self._outcomes())
        return Result(outcomes, self.evidence, seconds, 0.0, root, 0, "recorded", self._contract, strict=strict)

    def _outcomes(self) -> Iterator[Outcome]:
        for side in SIDES:
            for (name, key), operation in self._seen.items():
                if name != side.id:
                    continue
                broken = [found for where, found in self._broken.items() if where[:2] == (side.id, key)]
                for _, fault, exchange in broken:
                    yield Outcome(
                        Case(side, operation),
                        Verdict.BROKEN,
                        f"{exchange}: {fault.message}",
                        fault.clause,
                        basis_of(self._contract.document, fault.clause),
                        "recorded",
                        (exchange,),
                    )
                if not broken:
                    yield Outcome(Case(side, operation), Verdict.HELD)


def read_har(path: Path, contract: Contract) -> tuple[str, list[Exchange]]:
    """The root, and the exchanges whose path is the contract's; raises `UsageError`."""
    try:
        log = json.loads(path.read_text(encoding="utf-8-sig"))["log"]
        own, entries = log.get("creator", {}).get("name") == CREATOR, log["entries"]
        found = [_exchange(number, entry) for number, entry in enumerate(entries)]
    except OSError as error:
        raise UsageError(f"--har: can't read {path}: {error.strerror}.") from None
    except (ValueError, LookupError, TypeError, AttributeError):
        raise UsageError(f"--har: {path} is no HTTP Archive; a browser's network panel saves one.") from None
    if own:
        raise UsageError(f"--har: {path} is a report of this command, in which values are masked; judge a recording.")
    kept = [(root, each) for root, each in found if _ours(each, contract)]
    if not kept:
        raise UsageError(f"--har: {path} has no request to a path of the contract.")
    return kept[0][0], [each for _, each in kept]


def _ours(exchange: Exchange, contract: Contract) -> bool:
    """Pages and scripts beside the API are nobody's breach."""
    first: Sequence[str] = sorted({"/".join(each.path.split("/")[:3]) for each in contract.operations.values()})
    return any(exchange.path == each or exchange.path.startswith(f"{each}/") for each in first)


def _exchange(number: int, entry: dict[str, Any]) -> tuple[str, Exchange]:
    request, response = entry["request"], entry["response"]
    parts = urlsplit(request["url"])
    content = response.get("content", {})
    text = content.get("text") or ""
    body = b64decode(text) if content.get("encoding") == "base64" else text.encode("utf-8", "surrogatepass")
    return f"{parts.scheme}://{parts.netloc}", Exchange(
        number,
        "recorded",
        None,
        request["method"],
        parts.path + (f"?{parts.query}" if parts.query else ""),
        _fields(request),
        (request.get("postData", {}).get("text") or "").encode(),
        None,
        response["status"],
        _fields(response),
        body,
        datetime.fromisoformat(entry["startedDateTime"]).timestamp(),
        float(entry.get("time") or 0) / 1000,
    )


def _fields(message: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Headers without those of HTTP/2 that begin with a colon."""
    return tuple((each["name"], each["value"]) for each in message["headers"] if not each["name"].startswith(":"))
