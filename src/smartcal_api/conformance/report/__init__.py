"""What a run found, for people and for programs: a format is a function of its record; this is the table of them."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.report.annotations import annotations_report, sarif_report
from smartcal_api.conformance.report.har import har_report
from smartcal_api.conformance.report.junit import junit_report
from smartcal_api.conformance.report.markdown import markdown_report
from smartcal_api.conformance.report.page import html_report
from smartcal_api.conformance.report.record import Record
from smartcal_api.conformance.report.stored import json_report
from smartcal_api.conformance.report.terminal import terminal_report
from smartcal_api.conformance.verdict import Result

FORMATS: Mapping[str, Callable[[Record], str]] = {
    "text": lambda record: terminal_report(record) + "\n",
    "json": json_report,
    "markdown": markdown_report,
    "html": html_report,
    "junit": junit_report,
    "sarif": sarif_report,
    "github": annotations_report,
}


class Report(NamedTuple):
    """A file, its format, and how one begins, by which a report of an earlier run is told from somebody's own file."""

    kind: str
    begins: bytes

    def is_one(self, head: bytes) -> bool:
        return re.match(self.begins, head) is not None


EVIDENCE = "evidence.har"
_SAID = rb"(Conformant|Not conformant|Inconclusive|Not judged): "
_SARIF = rb'\{\s*"\$schema": "[^"\n]*sarif[^"\n]*",\s*"version": "2.1.0",\s*"runs": \[[^"]*"tool": \{\s*"driver": '
REPORTS: Mapping[str, Report] = {
    "verdict.json": Report("json", rb'\{\n "version": [0-9]+,\n "root": "'),
    "junit.xml": Report("junit", rb'<\?xml version="1.0" encoding="utf-8"\?>\n<testsuites name="smartcal verify" '),
    "report.html": Report("html", rb"<!doctype html>\n<html [^\n]*\n<meta [^\n]*\n<title>" + _SAID),
    "summary.md": Report("markdown", rb"### [^\n]{1,6} " + _SAID),
    "verdict.sarif": Report("sarif", _SARIF + rb'\{\s*"name": "smartcal'),
    EVIDENCE: Report("har", rb'\{"log": \{"version": "1.2", "creator": \{"name": "smartcal verify", '),
    "annotations.txt": Report("github", rb"::(error|warning|notice) file=[^\n]+ (is broken|differs)::"),
}
"""By the names of their files; `--report-dir` has them all."""


def reports(record: Record, result: Result, masks: Masks) -> dict[str, str]:
    """The text of each file. The evidence is told by the result alone: it is no part of a record."""
    return {
        name: har_report(result, masks) if name == EVIDENCE else FORMATS[report.kind](record)
        for name, report in REPORTS.items()
    }
