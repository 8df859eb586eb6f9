"""Commands of GitHub Actions: each breaking and each risky change as an annotation of the new document."""

from smartcal_api.changes.change import Change
from smartcal_api.changes.delta import Level
from smartcal_api.changes.report.told import Told

_COMMANDS = {Level.BREAKING: "error", Level.RISKY: "warning"}


def github_report(told: Told) -> str:
    found = [change for change in told.comparison.changes if change.level in _COMMANDS]
    return "".join(f"{_line(told, change)}\n" for change in found)


def _line(told: Told, change: Change) -> str:
    properties = {
        "file": str(told.comparison.new.document.path),
        "line": str(change.new_line or 1),
        "title": f"{change.level.value} for {change.audience.value}",
    }
    stated = ",".join(f"{name}={_escaped(value, property_=True)}" for name, value in properties.items())
    text = f"{told.where(change)}: {change.text}: {told.why(change)} ({change.fingerprint})"
    return f"::{_COMMANDS[change.level]} {stated}::{_escaped(text)}"


def _escaped(text: str, *, property_: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property_ else text
