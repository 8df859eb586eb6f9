"""What holds of an operation as a whole: its name, its path and its answers (law SRC 4)."""

import re
from collections.abc import Iterator

from smartcal_api.contract.check_parameters import template
from smartcal_api.contract.check_survey import Survey
from smartcal_api.contract.document import escape
from smartcal_api.errors import Finding


def operations(survey: Survey) -> Iterator[Finding]:
    yield from _names(survey)
    yield from _templates(survey)
    for at, stated in survey.sound("operation"):
        if survey.ours and not any(status[0] in "23d" for status in stated["responses"]):
            yield Finding(f"{at}/responses", "has no success; add a response with a status from 200 to 399")
        for status in {"204", "304"} & stated["responses"].keys():
            response, where = survey.follow(stated["responses"][status], f"{at}/responses/{status}")
            if survey.ours and "content" in response:
                # RFC 9110 sections 15.3.5 and 15.4.5
                yield Finding(f"{where}/content", f"a {status} has no body; leave content out, or take another status")
    for at, stated in survey.sound("header"):
        if survey.ours and survey.schema(stated["schema"]).get("type", "string") not in ("string", "integer"):
            yield Finding(f"{at}/schema", "must be of type string or integer; the toolkit reads no other in a header")


def _names(survey: Survey) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for at, (kind, stated) in survey.nodes.items():
        if kind in ("operation", "webhook operation") and isinstance(stated.get("operationId"), str):
            first = seen.setdefault(stated["operationId"], at)
            if first != at:
                yield Finding(f"{at}/operationId", f"is the operationId of {first} already; name each once")


def _templates(survey: Survey) -> Iterator[Finding]:
    """Two templates that differ only in their names match the same paths (Paths Object)."""
    seen: dict[str, str] = {}
    for path in survey.document.data["paths"]:
        names = template(path)
        if len(names) > len(set(names)):
            yield Finding(f"/paths/{escape(path)}", "names a parameter twice; give each its own name")
        first = seen.setdefault(re.sub(r"\{[^{}]*\}", "{}", path), path)
        if first != path:
            yield Finding(f"/paths/{escape(path)}", f"matches the same as {first}; put both under one path")
