"""The one place that renders problems: `application/problem+json`, RFC 9457."""

import re
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from smartcal_api.contract import Policy
from smartcal_api.contract.policy import ProblemKind
from smartcal_api.errors import Problem
from smartcal_api.http.answer import PROBLEM, Answer, json_bytes

# A percent sign that begins no triplet, or one that the cut has shortened.
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
MEMBERS = ("type", "title", "status", "detail", "instance", "code", "request_id", "errors")
TYPE = "urn:smartcalpro:problem:"


def problem_answer(
    problem: Problem, policy: Policy, *, path: str, request_id: str, hidden: Callable[[str], str]
) -> Answer:
    """Status and title are the contract's for the problem's code; `instance` is the path that was asked for.

    Clients send secrets where nobody expects any: what quotes them is told as `hidden` has it.
    """
    kind = problem_kind(problem, policy)
    document: dict[str, Any] = {
        "type": TYPE + kind.code,
        "title": kind.title,
        "status": kind.status,
        "detail": hidden(problem.detail),
        "instance": as_reference(hidden(path)),
        "code": kind.code,
        "request_id": request_id,
    }
    if problem.errors:
        document["errors"] = [{name: hidden(text) for name, text in each.as_json().items()} for each in problem.errors]
    headers = {name: value if isinstance(value, int) else _field(value) for name, value in problem.headers.items()}
    return Answer(kind.status, json_bytes(document), media_type=PROBLEM, headers=headers)


def problem_kind(problem: Problem, policy: Policy) -> ProblemKind:
    """What the contract says of such problems; of one that it doesn't know, that the server failed."""
    kind = policy.problems.get(problem.code) or ProblemKind(problem.code, 500, "Internal Server Error")
    if problem.status is None:
        return kind
    titles = (each.title for each in policy.problems.values() if each.status == problem.status)
    return replace(kind, status=problem.status, title=next(titles, HTTPStatus(problem.status).phrase))


def as_reference(path: str) -> str:
    """A path as a URI reference in visible ASCII, cut short: it is shown, not followed.

    One that begins with two slashes would name a host (RFC 3986 section 4.2), but for the dot before them.
    """
    shown = _STRAY.sub("%25", quote(path[:512], safe="/%~:@!$&'()*+,;=", errors="replace"))
    return f"/.{shown}" if shown.startswith("//") else shown if shown.startswith("/") else f"/{shown}"


def _field(value: str) -> str:
    """A header's value in visible ASCII (RFC 9110 section 5.5), whatever the contract's words are written in."""
    return value.encode("ascii", "replace").decode("ascii")
