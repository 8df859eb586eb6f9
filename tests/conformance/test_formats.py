"""Each format of a verdict, as the tool takes it that will read it: code scanning, CI systems, job summaries."""

import json
import xml.sax
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from smartcal_api.conformance.basis import SAFETY, Basis
from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.report import FORMATS
from smartcal_api.conformance.report.record import Record, exit_code
from smartcal_api.conformance.report.stored import as_json, from_json
from smartcal_api.conformance.report.taking import take
from smartcal_api.conformance.verdict import Exit, Verdict
from smartcal_api.contract import Contract
from tests.conformance.test_reports import deviation, masks, outcome, result  # noqa: F401  # `masks` is a fixture

_TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
# What of SARIF 2.1.0 (sections 3.13 to 3.35) code scanning reads, as far as we write it.
SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["$schema", "version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {"required": ["id"], "properties": {"shortDescription": _TEXT}},
                                    }
                                },
                            }
                        },
                    },
                    "properties": {"type": "object"},
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["message", "ruleId", "locations"],
                            "properties": {
                                "ruleId": {"type": "string"},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": _TEXT,
                                "locations": {
                                    "type": "array",
                                    "minItems": 1,
                                    "items": {
                                        "properties": {
                                            "physicalLocation": {
                                                "properties": {
                                                    "artifactLocation": {
                                                        "properties": {"uri": {"pattern": "^[^/ ][^ ]*$"}}
                                                    },
                                                    "region": {"properties": {"startLine": {"minimum": 1}}},
                                                }
                                            }
                                        }
                                    },
                                },
                                "partialFingerprints": {"additionalProperties": {"type": "string"}},
                                "suppressions": {"items": {"properties": {"kind": {"enum": ["inSource", "external"]}}}},
                                "properties": {"type": "object"},
                            },
                        },
                    },
                },
            },
        },
    },
}


@pytest.fixture
def record(contract: Contract, masks: Masks) -> Record:  # noqa: F811
    """Of everything something, and nothing twice."""
    unsafe = replace(
        deviation("X 2", kind="unsafe"), ground=SAFETY, operation="listEvents", message="a\x00b | @ann `x`"
    )
    app = deviation("CLIENT 1", kind="sent")
    decided = deviation("X 3", basis=Basis.DECIDED)
    made = result(
        contract,
        outcome(Verdict.HELD, deviation("X 1", cause="X-Request-Id is never sent")),
        outcome(Verdict.HELD, unsafe, name="X 2"),
        outcome(Verdict.HELD, decided, replace(deviation("X 3", kind="known"), accepted="known (ann)"), name="X 3"),
        outcome(Verdict.HELD, app, name="CLIENT 1"),
        outcome(Verdict.HELD, deviation("X 4", cause="X-Request-Id is never sent"), name="X 4"),
        *(outcome(each, name=f"Y {number}") for number, each in enumerate(Verdict)),
        left_out=("Z 1",),
    )
    at = datetime(2026, 2, 3, 4, 5, tzinfo=UTC)
    return replace(take(made, masks, labels={"build": "3f2a"}, finished=at), changes=("fixed: X 9",))


def test_a_verdict_says_which_build_which_documents_and_when_and_is_read_as_it_was_written(record: Record) -> None:
    written = json.loads(FORMATS["json"](record))
    assert from_json(written) == record
    assert (written["labels"], written["finished"]) == ({"build": "3f2a"}, "2026-02-03T04:05:00Z")
    assert len(written["document"]["sha256"]) == 64
    assert written["document"]["file"] == "openapi.yaml"
    assert exit_code(record.cases) is record.exit_code is Exit.BROKEN
    for kind in ("text", "markdown", "html", "junit", "sarif"):
        assert "3f2a" in FORMATS[kind](record), kind


def test_code_scanning_gets_a_result_a_cause_at_the_clause_that_it_breaks(contract: Contract, record: Record) -> None:
    log = json.loads(FORMATS["sarif"](record))
    assert [*Draft202012Validator(SARIF).iter_errors(log)] == []
    (run,) = log["runs"]
    found = {each["ruleId"]: each for each in run["results"]}
    assert [each["level"] for each in run["results"]] == ["error"] * 4 + ["note"] * 2
    assert "2 cases: X 1, X 4" in found["X 1"]["message"]["text"]
    place = found["X 1"]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "openapi.yaml"}
    assert place["region"] == {"startLine": contract.document.line("/x-rate-limits")}
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    accepted = [each["suppressions"] for each in run["results"] if "suppressions" in each]
    assert accepted == [[{"kind": "external", "status": "accepted", "justification": "known (ann)"}]]
    prints = [each["partialFingerprints"]["smartcal/v1"] for each in run["results"]]
    assert len(set(prints)) == len(prints), "each is an alert of its own"


class Names(xml.sax.ContentHandler):
    """As GitLab and Jenkins tell tests apart: by the class, with its package, and the name."""

    def __init__(self) -> None:
        super().__init__()
        self.names: Counter[tuple[str, str]] = Counter()
        self.failed = 0

    def startElement(self, name: str, attrs: Any) -> None:
        if name == "testcase":
            self.names[attrs["classname"], attrs["name"]] += 1
        self.failed += name == "failure"


def test_no_two_tests_of_ci_have_one_name_and_two_parsers_agree_on_them(record: Record) -> None:
    text = FORMATS["junit"](record)
    read, suites = Names(), ElementTree.fromstring(text)
    xml.sax.parseString(text.encode(), read)
    assert set(read.names.values()) == {1}
    assert all(package == "smartcal" for package in (name.rpartition(".")[0] for name, _ in read.names))
    totals = {name: sum(int(suite.attrib[name]) for suite in suites) for name in ("tests", "failures", "errors")}
    assert totals == {name: int(suites.attrib[name]) for name in totals}
    assert (totals["tests"], totals["failures"]) == (len(record.cases), read.failed)
    stated = {each.attrib["name"]: each.attrib["value"] for each in suites[0].findall("properties/property")}
    assert stated["build"] == "3f2a"


def test_a_summary_begins_with_the_gravest_and_holds_nothing_that_is_markup(record: Record) -> None:
    lines = FORMATS["markdown"](record).splitlines()
    assert lines[0].startswith("### ❌ Not conformant: SmartCal Pro API at `http://127.0.0.1:1`")
    assert lines[2].startswith(
        "3 causes for the deployment to mend; 1 cause for the app to mend; smartcal itself failed"
    )
    rows = [line for line in lines if line.startswith("| ") and "what is wrong" not in line]
    assert "unsafe, whatever the contract says" in rows[0]
    assert "\\| @\u200bann \\`x\\`" in rows[0]
    assert [row.replace("\\|", "").count("|") for row in rows] == [5] * 4
    assert "| X 1, X 4 |" in rows[1] + rows[2]
    assert "1. Mend X 2 listEvents first, in the deployment: it is the gravest. Its curl lines repeat it." in lines
    assert "- fixed: X 9" in lines
    assert any("Run it without --only for 1 case more." in line for line in lines)


def test_the_first_screen_of_the_page_is_the_verdict_whose_it_is_and_what_to_do(record: Record) -> None:
    page = FORMATS["html"](record)
    first, rest = page.split("<main>")
    for said in ("Not conformant", "for the deployment to mend", "Unsafe, whatever", "by the app", "What to do next"):
        assert said in first, said
    assert "curl" in rest
    assert "<pre" not in first
    assert rest.count("<details class=") == 6, "one a cause"
    fine = replace(
        record, cases=(replace(record.cases[0], findings=(), verdict=Verdict.HELD),), exit_code=Exit.CONFORMANT
    )
    assert "1 case held, and none was broken." in FORMATS["html"](fine)


def test_verdicts_of_earlier_versions_can_still_be_read(record: Record) -> None:
    written = as_json(record)
    second = {name: written[name] for name in ("root", "contract", "exit_code", "outcomes")} | {"version": 2}
    assert [each.name for each in from_json(second).breaches] == [each.name for each in record.breaches]
    first = {"law": "X 1", "operation": None, "verdict": "broken", "why": "it was", "fingerprint": "0f"}
    old = from_json({"version": 1, "root": "http://h", "exit_code": 1, "outcomes": [first]})
    assert [each.fingerprint for each in old.breaches] == ["0f"]
