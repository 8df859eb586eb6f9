"""One page that needs nothing else. Its first screen is the verdict, its causes and what to do; the rest is below."""

from html import escape

from smartcal_api.conformance.report.page.causes import causes
from smartcal_api.conformance.report.page.matrix import covered, matrix
from smartcal_api.conformance.report.page.script import SCRIPT
from smartcal_api.conformance.report.page.style import STYLE
from smartcal_api.conformance.report.page.summary import summary, undecided
from smartcal_api.conformance.report.record import Record
from smartcal_api.conformance.report.wording import SAID


def html_report(record: Record) -> str:
    title = f"{SAID[record.exit_code]}: {record.product} at {record.root}"
    parts = [
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<title>{escape(title)}</title><link rel="icon" href="data:,"><style>{STYLE}</style></head><body>',
        *summary(record),
        "<main>",
        *causes(record),
        *undecided(record),
        *matrix(record),
        *covered(record),
        f"</main><script>{SCRIPT}</script></body></html>\n",
    ]
    return "\n".join(parts)
