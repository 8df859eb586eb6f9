"""What Schemathesis has found, judged again: by the request and the answer that it speaks of, which went through a
relay and are evidence like any other."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.judge import Judge
from smartcal_api.conformance.requests import RequestJudge

CASE = "X-Schemathesis-TestCaseId"
"""The header in which it names each of its requests."""
PROBE = "X-Schemathesis-Probe"
"""The header of those that it sends to get to know a server, which test nothing."""
_CASES = re.compile(r"^\d+\. Test Case ID: (\S+)$", re.MULTILINE)
_CHECKS = re.compile(r"^- (ST\d+) (.+)$", re.MULTILINE)
_ANSWER = re.compile(r"^\[\d{3}\]", re.MULTILINE)
# By `schemathesis explain`.
_ACCEPTED = frozenset({"ST201", "ST203"})
_REJECTED = frozenset({"ST202"})
_RESPONSE = frozenset({"ST103", "ST104", "ST105", "ST106", "ST107", "ST108", "ST109", "ST110", "ST111"})
_TOO_SLOW = frozenset({"ST112"})


@dataclass(frozen=True, slots=True)
class Found:
    """`code` is the tool's own; `exchange` what it speaks of, where that was kept; `clause` what that breaks."""

    operation: str
    code: str
    message: str
    exchange: Exchange | None = None
    clause: str = "/paths"

    def __str__(self) -> str:
        at = f"{self.exchange}: " if self.exchange else f"{self.operation}: "
        return f"{at}{self.message} (Schemathesis {self.code})"


def judged(report: Path, evidence: Iterable[Exchange], judge: Judge, requests: RequestJudge) -> Iterator[Found]:
    """What of a JUnit report is so. An undeclared header is always allowed (RFC 9110 section 16.3.1), which it takes
    for a violation; and of requests that the contract refuses it doesn't know why."""
    cases = {value: each for each in evidence for name, value in each.request_headers if name.lower() == CASE.lower()}
    for found in _told(report, cases):
        faults = _faults(found, judge, requests)
        if faults is None:
            yield found
        else:
            yield from faults


def _faults(found: Found, judge: Judge, requests: RequestJudge) -> list[Found] | None:
    """What is the matter with what it speaks of, as it is judged here; None where that isn't judged here."""
    exchange = found.exchange
    if found.code in _TOO_SLOW:
        return []
    if exchange is None:
        return None
    if found.code in _RESPONSE:
        return [
            Found(found.operation, found.code, each.message, exchange, each.clause) for each in judge.faults(exchange)
        ]
    if found.code in _ACCEPTED | _REJECTED:
        wrong = requests.faults(exchange)
        if found.code in _REJECTED:
            return [] if wrong or exchange.ok else [found]
        said = f"{found.message}; {wrong[0].message}" if wrong else ""
        return [Found(found.operation, found.code, said, exchange, wrong[0].clause)] if wrong and exchange.ok else []
    return None


def _told(report: Path, cases: Mapping[str, Exchange]) -> Iterator[Found]:
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314  # written by the tool just now
        operation = case.get("name") or "?"
        for failure in (*case.findall("failure"), *case.findall("error")):
            text = failure.text or failure.get("message") or "failed"
            blocks = _CASES.split(text)
            for identifier, block in zip(blocks[1::2], blocks[2::2], strict=True):
                yield from _checks(operation, _ANSWER.split(block)[0], cases.get(identifier))
            if len(blocks) == 1:
                yield Found(operation, "error", " ".join(text.split())[:600])


def _checks(operation: str, text: str, exchange: Exchange | None) -> Iterator[Found]:
    parts = _CHECKS.split(text)
    for code, title, details in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        message = ". ".join(part for part in (title, " ".join(details.split())) if part)
        yield Found(operation, code, message[:600], exchange)
