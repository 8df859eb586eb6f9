"""Commands of GitHub Actions: each cause for which a law is broken as an annotation of the clause that it breaks."""

from collections.abc import Sequence

from smartcal_api.conformance.deviation import Deviation
from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.report.wording import headline, sentence
from smartcal_api.conformance.verdict import Result, grouped


def annotations_report(result: Result, masks: Masks) -> str:
    lines = [_line("error", each, result, masks) for each in grouped(result.breaches)]
    lines += [_line("warning", each, result, masks) for each in grouped(result.differences)]
    return "".join(f"{line}\n" for line in lines)


def _line(level: str, group: Sequence[Deviation], result: Result, masks: Masks) -> str:
    first = group[0]
    file, line = result.contract.document.place(first.ground.clause)
    properties = {
        "file": file.name,
        "line": str(line),
        "title": f"{first.name} is broken" if level == "error" else f"{first.name} differs",
    }
    stated = ",".join(f"{name}={_escaped(value, property_=True)}" for name, value in properties.items())
    said = f"{result.title(first.law)} {masks.text(headline(group))} ({sentence(first, result)})"
    return f"::{level} {stated}::{_escaped(said)}"


def _escaped(text: str, *, property_: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property_ else text
