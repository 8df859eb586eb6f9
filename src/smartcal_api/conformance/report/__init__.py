"""What a run found, for people and for programs. A report is a function of the result; this is the table of them."""

from collections.abc import Callable, Mapping

from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.report.annotations import annotations_report
from smartcal_api.conformance.report.har import har_report
from smartcal_api.conformance.report.html import html_report
from smartcal_api.conformance.report.json_report import json_report
from smartcal_api.conformance.report.junit import junit_report
from smartcal_api.conformance.verdict import Result

Report = Callable[[Result, Masks], str]

REPORTS: Mapping[str, Report] = {
    "verdict.json": json_report,
    "junit.xml": junit_report,
    "report.html": html_report,
    "evidence.har": har_report,
    "annotations.txt": annotations_report,
}
"""File name → what writes it; `--report-dir` has them all."""
