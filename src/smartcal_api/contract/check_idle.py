"""What a contract says that nothing is done with, and that somebody may rely on: told at start (law SRC 4)."""

from collections.abc import Iterator
from typing import Any

from smartcal_api.contract.check_kinds import closest
from smartcal_api.contract.check_names import nameless
from smartcal_api.contract.check_survey import Survey
from smartcal_api.contract.document import escape, pointer_of
from smartcal_api.contract.media_type import is_json
from smartcal_api.errors import Finding

_SHOWN = 6  # names, in one line
# Of a type alone, so that it says nothing of a value of another one (JSON Schema validation, section 6).
_OF_TYPE = {
    **dict.fromkeys(("minLength", "maxLength", "pattern", "format"), ("string",)),
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), ("number", "integer")
    ),
    **dict.fromkeys(("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems"), ("array",)),
    **dict.fromkeys(("properties", "required", "additionalProperties", "propertyNames"), ("object",)),
    **dict.fromkeys(("minProperties", "maxProperties", "dependentRequired", "patternProperties"), ("object",)),
}
_NUMERIC_FORMATS = frozenset({"int32", "int64", "float", "double"})


def idle(survey: Survey) -> Iterator[Finding]:
    yield from nameless(survey)
    yield from _tags(survey)
    yield from _unused(survey)
    yield from _empty(survey)
    yield from _keywords(survey)
    yield from _sunsets(survey)


def _tags(survey: Survey) -> Iterator[Finding]:
    """Tags without a description of their own, where any have one."""
    known = tuple(str(each.get("name")) for each in survey.document.data.get("tags", ()))
    for kind in ("operation", "webhook operation") if known else ():
        for at, stated in survey.sound(kind):
            for index, tag in enumerate(stated.get("tags", ())):
                if tag not in known:
                    meant = closest(tag, known) or "; add it there"
                    yield Finding(f"{at}/tags/{index}", f"{tag} is not in tags, so that it has no description{meant}")


def _unused(survey: Survey) -> Iterator[Finding]:
    """Components that nothing refers to."""
    used = {pointer_of(reference) for _, reference, _ in survey.references}
    used |= {f"/components/schemas/{each}" for each in ("Problem", "EventType")}
    for _, stated in survey.sound("discriminator"):
        targets = [str(each) for each in stated.get("mapping", {}).values()]
        used |= {each[1:] if each.startswith("#") else f"/components/schemas/{each}" for each in targets}
    found = []
    for kind, table in survey.document.data.get("components", {}).items():
        if isinstance(table, dict) and kind != "securitySchemes" and not kind.startswith("x-"):
            for name in table:
                at = f"/components/{kind}/{escape(name)}"
                if not any(each == at or each.startswith(f"{at}/") for each in used) and survey.is_sound(at):
                    found.append(at)
    if found:
        listed = ", ".join(each.rpartition("/")[2] for each in found[:_SHOWN])
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        yield Finding(found[0], f"nothing refers to {listed}{more}; leave them out, or refer to them")


def _empty(survey: Survey) -> Iterator[Finding]:
    """Answers of which neither a schema nor an example says what is in them."""
    for at, stated in survey.sound("response"):
        for key, media in stated.get("content", {}).items():
            if isinstance(media, dict) and not media.keys() & {"schema", "example", "examples"}:
                sent = "null" if is_json(key) else "an empty body"
                message = f"has neither a schema nor an example, so that {sent} is made up; give it one"
                yield Finding(f"{at}/content/{escape(key)}", message)


def _keywords(survey: Survey) -> Iterator[Finding]:
    """Keywords of a schema beside a type that they say nothing of, and halves of a pair."""
    for at, stated in survey.sound("schema"):
        if not isinstance(stated, dict):
            continue
        kinds = stated.get("type", ())
        types = (kinds,) if isinstance(kinds, str) else tuple(kinds)
        for keyword, meant in _OF_TYPE.items():
            if types and keyword in stated and not {*types} & {*meant} and not _is_of_number(keyword, stated):
                message = f"says nothing of a value of type {' or '.join(types)}; it is of {' or '.join(meant)}"
                yield Finding(f"{at}/{keyword}", f"{message}. Correct the type, or leave it out")
        for keyword in ("then", "else"):
            if keyword in stated and "if" not in stated:
                yield Finding(f"{at}/{keyword}", "has no effect without if; add that, or leave it out")
        if "if" in stated and not {"then", "else"} & stated.keys():
            yield Finding(f"{at}/if", "has no effect without then or else; add either, or leave it out")


def _is_of_number(keyword: str, stated: dict[str, Any]) -> bool:
    """The formats of OpenAPI that say how large a number is."""
    return keyword == "format" and stated["format"] in _NUMERIC_FORMATS


def _sunsets(survey: Survey) -> Iterator[Finding]:
    for at, stated in survey.sound("operation"):
        if "x-sunset" in stated and stated.get("deprecated") is not True:
            yield Finding(f"{at}/x-sunset", "has an end, but is not deprecated; add deprecated: true, to have it said")
