"""The answer and its reasons: for a terminal, for a pull request, for programs."""

import json
from collections.abc import Callable, Mapping, Sequence

from smartcal_api.conformance.report.markdown import escaped
from smartcal_api.release.answer import Answer, Reason

_HEADINGS = {
    Answer.YES: "yes: it can be released",
    Answer.NO: "no: it can't be released",
    Answer.UNKNOWN: "can't tell whether it can be released",
}
_SIGNS = {Answer.YES: "✓", Answer.NO: "✗", Answer.UNKNOWN: "?"}
_PICTURES = {Answer.YES: "✅", Answer.NO: "❌", Answer.UNKNOWN: "❔"}
_WORDS = {Answer.YES: "yes", Answer.NO: "no", Answer.UNKNOWN: "can't tell"}


def text(answer: Answer, reasons: Sequence[Reason]) -> str:
    """A line a reason, on each of which the answer rests."""
    lines = [f"{_SIGNS[each.answer]} {each.about}: {each.said}" for each in reasons]
    return "\n".join([_HEADINGS[answer], *lines]) + "\n"


def markdown(answer: Answer, reasons: Sequence[Reason]) -> str:
    """The same as a list; what stands in the way first."""
    heading = _HEADINGS[answer]
    lines = [f"### {_PICTURES[answer]} {heading[0].upper()}{heading[1:]}", ""]
    ordered = sorted(reasons, key=lambda each: each.answer is Answer.YES)
    lines += [f"- {_PICTURES[each.answer]} **{each.about}**: {escaped(each.said)}" for each in ordered]
    return "\n".join(lines) + "\n"


def as_json(answer: Answer, reasons: Sequence[Reason]) -> str:
    """For programs."""
    told = [{"answer": _WORDS[each.answer], "about": each.about, "said": each.said} for each in reasons]
    return json.dumps({"answer": _WORDS[answer], "reasons": told}, indent=2, ensure_ascii=False) + "\n"


FORMATS: Mapping[str, Callable[[Answer, Sequence[Reason]], str]] = {"text": text, "markdown": markdown, "json": as_json}
