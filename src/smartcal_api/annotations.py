"""Findings as the places that show them beside the code take them: GitHub's commands, and SARIF 2.1.0."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from smartcal_api import __version__

_SARIF = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


@dataclass(frozen=True, slots=True)
class Annotation:
    """`level` is error, warning or note. `accepted` is the reason for which it no longer counts."""

    level: str
    rule: str
    file: str
    line: int
    title: str
    text: str
    fingerprint: str
    accepted: str = ""


def github(annotations: Iterable[Annotation]) -> str:
    """Commands of GitHub Actions, a line each; what is accepted is left out."""
    return "".join(f"{_command(each)}\n" for each in annotations if not each.accepted)


def _command(each: Annotation) -> str:
    properties = {"file": each.file, "line": str(each.line), "title": each.title}
    stated = ",".join(f"{name}={_escaped(value, property_=True)}" for name, value in properties.items())
    return f"::{_LEVELS[each.level]} {stated}::{_escaped(each.text)}"


def _escaped(text: str, *, property_: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property_ else text


def sarif(
    annotations: Iterable[Annotation], rules: Mapping[str, str], *, properties: Mapping[str, Any] | None = None
) -> str:
    """One run of this tool; `rules` has what each rule finds. Of the rules those are listed that found something.
    `properties` say what the run was about."""
    found = list(annotations)
    used = sorted({each.rule for each in found})
    driver = {
        "name": "smartcal",
        "version": __version__,
        "rules": [{"id": rule, "shortDescription": {"text": rules[rule]}} for rule in used],
    }
    results = [_result(each, used.index(each.rule)) for each in found]
    run = {"tool": {"driver": driver}, "results": results, **({"properties": properties} if properties else {})}
    log = {"$schema": _SARIF, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _result(each: Annotation, index: int) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": each.file}, "region": {"startLine": each.line}}
    found: dict[str, Any] = {
        "ruleId": each.rule,
        "ruleIndex": index,
        "level": each.level,
        "message": {"text": each.text},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"smartcal/v1": each.fingerprint},
    }
    if each.accepted:
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": each.accepted}]
    return found
