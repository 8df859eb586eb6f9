"""Commands of GitHub Actions: each broken law as an annotation of the clause that it breaks."""

from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.verdict import Outcome, Result


def annotations_report(result: Result, masks: Masks) -> str:
    lines = [_line("error", each, result, masks) for each in result.breaches]
    lines += [_line("warning", each, result, masks) for each in result.differences]
    return "".join(f"{line}\n" for line in lines)


def _line(level: str, outcome: Outcome, result: Result, masks: Masks) -> str:
    document = result.contract.document
    properties = {
        "file": document.path.name,
        "line": str(document.line(outcome.clause)),
        "title": f"{outcome.case.name} is broken",
    }
    stated = ",".join(f"{name}={_escaped(value, property_=True)}" for name, value in properties.items())
    return f"::{level} {stated}::{_escaped(f'{outcome.case.law.title} {masks.text(outcome.why)}')}"


def _escaped(text: str, *, property_: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property_ else text
