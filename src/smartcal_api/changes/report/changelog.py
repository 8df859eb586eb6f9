"""An entry of a changelog (the form of Keep a Changelog 1.1.0), for whoever reads of the version to come."""

import textwrap
from collections.abc import Iterable

from smartcal_api.changes.change import Change
from smartcal_api.changes.delta import Level
from smartcal_api.changes.report.told import Told

_WIDTH = 120


def changelog_report(told: Told) -> str:
    """Accepted changes stand in it, too: whoever reads it has accepted nothing."""
    comparison = told.comparison
    version = comparison.new.version
    heading = version if version and version != comparison.old.version else comparison.wanted or "Unreleased"
    changes = comparison.changes
    added = [each for each in changes if each.level is Level.COMPATIBLE and each.rule.endswith("-added")]
    removed = [each for each in changes if each.rule.endswith(("-removed", "-not-sent"))]
    rest = [each for each in changes if each not in added and each not in removed]
    lines = [f"## [{heading}]"]
    for title, several in (("Added", added), ("Changed", rest), ("Removed", removed)):
        lines += _section(title, several, told)
    return "\n".join(lines) + "\n"


def _section(title: str, changes: Iterable[Change], told: Told) -> list[str]:
    entries = []
    for each in changes:
        mark = "**Breaking** " if each.level is Level.BREAKING else ""
        also = f" (and {len(each.also)} more)" if each.also else ""
        text = f"- {mark}{told.where(each)}{also}: {each.text}"
        entries += textwrap.wrap(text, _WIDTH, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)
    return ["", f"### {title}", *entries] if entries else []
