"""What was found, as a person, an editor, a page or a machine reads it: `REPORTS` has the forms by name."""

import json
import textwrap
from collections.abc import Callable, Mapping, Sequence

from smartcal_api.annotations import Annotation, github, sarif
from smartcal_api.lint.found import Found
from smartcal_api.lint.rules import RULES, Level

_WIDTH = 80
_MOST = 10  # of one rule that says the same


def text_report(found: Sequence[Found], name: str) -> str:
    """80 columns wide; what one rule says many times in the same words is summed, and notes are counted alone."""
    lines = []
    told: dict[tuple[str, str], int] = {}
    counted = [each for each in found if not each.accepted]
    for each in counted:
        if each.level is Level.NOTE:
            continue
        same = each.rule, each.message
        told[same] = told.get(same, 0) + 1
        if told[same] <= _MOST:
            lines += _finding(each)
    for (rule, _), count in told.items():
        if count > _MOST:
            lines.append(f"… and {count - _MOST} more of {rule} that say the same; --format json has them all")
    return "\n".join([*lines, *textwrap.wrap(counts(found, name), _WIDTH)]) + "\n"


def counts(found: Sequence[Found], name: str) -> str:
    """The last line."""
    counted = [each for each in found if not each.accepted]
    several = [(level, sum(each.level is level for each in counted)) for level in Level]
    said = ", ".join(f"{n} {level.value}{'s' if n != 1 else ''}" for level, n in several if n)
    accepted = len(found) - len(counted)
    ending = f" ({accepted} accepted)" if accepted else ""
    first = next((each.rule for each in counted if each.level is not Level.NOTE), None)
    explained = f"; smartcal lint --explain {first}" if first else "; --json has them" if counted else ""
    return f"{name}: {said or 'nothing found'}{ending}{explained}"


def _finding(each: Found) -> list[str]:
    lines = [f"{each.file}:{each.line}: {each.level.value} {each.rule}"]
    lines += textwrap.wrap(
        each.message, _WIDTH, initial_indent="    ", subsequent_indent="      ", break_on_hyphens=False
    )
    where = each.pointer or "/"
    room = _WIDTH - 5 - len(each.fingerprint)
    if len(where) <= room:
        return [*lines, f"    {where:<{room}} {each.fingerprint}"]
    return [*lines, f"    {where}", f"    {each.fingerprint:>{_WIDTH - 4}}"]


def json_report(found: Sequence[Found], name: str) -> str:
    """All of it, what is accepted as well."""
    stated = {
        "document": name,
        "counts": {level.value: sum(each.level is level and not each.accepted for each in found) for level in Level},
        "findings": [
            {
                "fingerprint": each.fingerprint,
                "rule": each.rule,
                "level": each.level.value,
                "file": str(each.file),
                "line": each.line,
                "pointer": each.pointer,
                "message": each.message,
                "accepted": each.accepted,
            }
            for each in found
        ],
    }
    return json.dumps(stated, indent=2, ensure_ascii=False) + "\n"


def github_report(found: Sequence[Found], _: str) -> str:
    return github(map(_annotation, found))


def sarif_report(found: Sequence[Found], _: str) -> str:
    return sarif(map(_annotation, found), {rule: each.says for rule, each in RULES.items()})


def explained(rule: str) -> str:
    """What `--explain` says of a rule."""
    stated = RULES[rule]
    lines = [f"{rule} ({stated.level.value})", *textwrap.wrap(f"Finds {stated.says}.", _WIDTH), ""]
    return "\n".join([*lines, *textwrap.wrap(stated.why, _WIDTH)]) + "\n"


def _annotation(each: Found) -> Annotation:
    text = f"{each.pointer or '/'}: {each.message} ({each.fingerprint})"
    return Annotation(
        each.level.value, each.rule, str(each.file), each.line, each.rule, text, each.fingerprint, each.accepted
    )


REPORTS: Mapping[str, Callable[[Sequence[Found], str], str]] = {
    "text": text_report,
    "json": json_report,
    "sarif": sarif_report,
    "github": github_report,
}
