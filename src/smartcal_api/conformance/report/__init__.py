"""What a run found, for people and for programs. A report is a function of the result; this is the table of them."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.report.annotations import annotations_report
from smartcal_api.conformance.report.har import har_report
from smartcal_api.conformance.report.html import html_report
from smartcal_api.conformance.report.json_report import json_report
from smartcal_api.conformance.report.junit import junit_report
from smartcal_api.conformance.verdict import Result


class Report(NamedTuple):
    """What writes it, and how one begins, by which a report of an earlier run is told from a file of somebody's own."""

    write: Callable[[Result, Masks], str]
    begins: bytes

    def is_one(self, head: bytes) -> bool:
        return re.match(self.begins, head) is not None


REPORTS: Mapping[str, Report] = {
    "verdict.json": Report(json_report, rb'\{\n "version": [0-9]+,\n "root": "'),
    "junit.xml": Report(
        junit_report, rb'<\?xml version="1.0" encoding="utf-8"\?>\n<testsuites name="smartcal verify" '
    ),
    "report.html": Report(
        html_report, rb"<!doctype html>\n<html [^\n]*\n<meta [^\n]*\n<title>(Conformant|Not conformant|Inconclusive): "
    ),
    "evidence.har": Report(har_report, rb'\{"log": \{"version": "1.2", "creator": \{"name": "smartcal verify", '),
    "annotations.txt": Report(annotations_report, rb"::(error|warning) file=[^\n]+ is broken::"),
}
"""File name → report; `--report-dir` has them all."""
