"""A comparison as a person, a page or a machine reads it: `REPORTS` has them by name."""

from collections.abc import Callable, Mapping

from smartcal_api.changes.report.annotated import github_report, sarif_report
from smartcal_api.changes.report.changelog import changelog_report
from smartcal_api.changes.report.machine import json_report
from smartcal_api.changes.report.markdown import markdown_report
from smartcal_api.changes.report.text import text_report
from smartcal_api.changes.report.told import Told

REPORTS: Mapping[str, Callable[[Told], str]] = {
    "text": text_report,
    "json": json_report,
    "markdown": markdown_report,
    "github": github_report,
    "sarif": sarif_report,
    "changelog": changelog_report,
}
