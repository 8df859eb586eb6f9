"""Breaking and risky changes beside the code: commands of GitHub Actions, and SARIF."""

from collections.abc import Iterator

from smartcal_api.annotations import Annotation, github, sarif
from smartcal_api.changes.delta import Level
from smartcal_api.changes.report.told import Told
from smartcal_api.changes.rules import RULES

_LEVELS = {Level.BREAKING: "error", Level.RISKY: "warning", Level.COMPATIBLE: "note"}


def github_report(told: Told) -> str:
    return github(each for each in _annotations(told) if each.level != "note")


def sarif_report(told: Told) -> str:
    """Compatible changes are notes there."""
    return sarif(_annotations(told), {rule: why for rule, (_, why) in RULES.items()})


def _annotations(told: Told) -> Iterator[Annotation]:
    """On the new document, but for what has gone from it and was in another file."""
    for change in told.comparison.changes:
        file, line = change.new_place or (told.comparison.new.document.path, 1)
        text = f"{told.where(change)}: {change.text}: {told.why(change)} ({change.fingerprint})"
        title = f"{change.level.value} for {change.audience.value}"
        yield Annotation(
            _LEVELS[change.level], change.rule, str(file), line, title, text, change.fingerprint, change.accepted
        )
