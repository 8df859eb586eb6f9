"""The report as the comment of a pull request."""

from smartcal_api.changes.delta import Level
from smartcal_api.changes.report.told import Told


def markdown_report(told: Told) -> str:
    lines = [f"### {told.counts()}", "", _escaped(told.heading()), ""]
    for level in Level:
        found = told.comparison.of(level)
        if found:
            lines += [
                f"#### {level.value.capitalize()}",
                "",
                "| for | where | what | shown by | line |",
                "|---|---|---|---|---|",
            ]
        for change in found:
            also = f" (and {len(change.also)} more)" if change.also else ""
            line = " → ".join(str(place[1]) if place else "–" for place in (change.old_place, change.new_place))
            also += f"; {use}" if (use := told.use(change)) else ""
            cells = (change.audience.value, told.where(change) + also, change.text, told.proof(change) or "", line)
            lines.append(f"| {' | '.join(_escaped(each) for each in cells)} |")
        if found:
            lines.append("")
    version = told.version()
    if version:
        lines += [_escaped(version), ""]
    return "\n".join(lines).rstrip() + "\n"


def _escaped(text: str) -> str:
    for sign in "\\`*_{}[]<>|#":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", " ")
