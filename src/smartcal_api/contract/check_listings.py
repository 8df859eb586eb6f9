"""Lists: the pages, the order and the filters that an operation states can be served (law SRC 4)."""

from collections.abc import Iterator, Sequence
from typing import Any

from smartcal_api.contract import check_filters
from smartcal_api.contract.check_fields import field, types, unknown
from smartcal_api.contract.check_filters import Sample
from smartcal_api.contract.check_parameters import Declared, declared
from smartcal_api.contract.check_survey import Survey
from smartcal_api.contract.document import escape, unescape
from smartcal_api.contract.media_type import is_json
from smartcal_api.contract.ordering import field_of
from smartcal_api.contract.pagination import CURSOR, PAGE, Pagination
from smartcal_api.contract.shape.places import arrays, json_schema, listed
from smartcal_api.errors import Finding

_SORTABLE = frozenset({"string", "integer", "number", "boolean", "null"})


def listings(survey: Survey) -> Iterator[Finding]:
    """An operation with both parameters of x-pagination is a list, and so is what answers with an array by its shape;
    order and filters have no effect in any other."""
    pagination = Pagination.read(survey.document.data["x-pagination"])
    names = (pagination.page_parameter, pagination.per_page_parameter)
    for at, stated in survey.sound("operation"):
        accepted = declared(survey, at)
        pages = [each for each in accepted if each.stated["in"] == "query" and each.stated["name"] in names]
        filters = [each for each in accepted if "x-filter" in each.stated]
        if len(pages) < len(names):
            half = bool(pages) and "x-pagination" in survey.document.stated
            item = None if half else _by_shape(survey, at, stated)
            if item is None:
                yield from _no_list(at, stated, filters, " and ".join(names))
            else:
                yield from _keys(survey, item, at, stated.get("x-order", ()), filters)
            continue
        if "x-order" not in stated and "x-pagination" not in survey.document.stated:
            continue  # the names may be a coincidence
        for each in pages:
            yield from _page(survey, each, pagination)
        if "x-order" not in stated:
            yield Finding(at, "pages, but doesn't say in which order; add x-order, a list of fields of its items")
            continue
        fault, item = _item(survey, at, stated)
        if item is None:
            yield Finding(at, fault)
            continue
        yield from _keys(survey, item, at, stated["x-order"], filters)


def _keys(survey: Survey, item: str, at: str, order: Sequence[str], filters: list[Declared]) -> Iterator[Finding]:
    """Faults of what a list of such items is ordered and filtered by."""
    seen: set[str] = set()
    for index, key in enumerate(order):
        name = field_of(key)
        if name in seen:
            yield Finding(f"{at}/x-order/{index}", f"{name} orders nothing that it hasn't ordered before; leave it out")
        seen.add(name)
        yield from _ordered(survey, item, name, f"{at}/x-order/{index}")
    for each in filters:
        yield from check_filters.comparisons(survey, item, each)


def _by_shape(survey: Survey, at: str, stated: Any) -> str | None:
    """The pointer to the schema of the items, where an operation answers with an array in no pages."""
    status = min((status for status in stated["responses"] if status[0] == "2"), default=None)
    if status is None or not at.endswith("/get"):
        return None
    response, where = survey.follow(stated["responses"][status], f"{at}/responses/{status}")
    schemas = {
        key: f"{where}/content/{escape(key)}/schema"
        for key, each in response.get("content", {}).items()
        if "schema" in each
    }
    schema = json_schema(schemas)
    found = next(arrays(survey.document, schema), None) if schema is not None else None
    path = unescape(at.split("/")[2])
    if found is None or not listed(found, path):
        return None
    return found.pointer if survey.nodes.get(found.pointer, ("",))[0] == "schema" else None


def samples(survey: Survey) -> Iterator[Sample]:
    for at, stated in survey.sound("operation"):
        item = _item(survey, at, stated)[1] if "x-order" in stated else None
        item = item or _by_shape(survey, at, stated)
        for each in declared(survey, at):
            if item is not None and "x-filter" in each.stated:
                yield from check_filters.samples(survey, item, each)


def _no_list(at: str, stated: Any, filters: list[Declared], names: str) -> Iterator[Finding]:
    if "x-order" in stated:
        yield Finding(f"{at}/x-order", f"an order without pages has no effect; add the parameters {names}")
    for each in filters:
        yield Finding(
            f"{each.at}/x-filter", f"has no effect in {stated['operationId']}, which is missing {names}; add them"
        )


def _page(survey: Survey, each: Declared, pagination: Pagination) -> Iterator[Finding]:
    schema = survey.schema(each.stated.get("schema"))
    if each.stated["name"] == pagination.per_page_parameter:
        least, wanted = 1, ("minimum", "maximum", "default")
    elif pagination.style == CURSOR:
        if schema.get("type") != "string" or each.stated.get("required") is True:
            yield Finding(
                f"{each.at}/schema", "must be a string that may be left out, to page by; each page says the next"
            )
        return
    else:
        least, wanted = 0, ("minimum", "default", *(("maximum",) if pagination.style == PAGE else ()))
    lacking = [key for key in wanted if key not in schema]
    if schema.get("type") != "integer" or lacking or schema["minimum"] < least:
        most = " a maximum and" if "maximum" in wanted else ""
        message = f"must be an integer with a minimum from {least},{most} a default, to page by"
        yield Finding(f"{each.at}/schema", message)


def _item(survey: Survey, at: str, stated: Any) -> tuple[str, str | None]:
    """The pointer to the schema of a list's items; or what is wrong with the answer, and None."""
    names = survey.document.data["x-pagination"]["fields"]
    status = min((status for status in stated["responses"] if status[0] == "2"), default=None)
    if status is None:
        return "pages, but has no response with a status from 200 to 299; add one", None
    response, where = survey.follow(stated["responses"][status], f"{at}/responses/{status}")
    for media_type, content in sorted(response.get("content", {}).items(), key=lambda each: not is_json(each[0])):
        inside = f"{where}/content/{escape(media_type)}/schema"
        stated_schema = content.get("schema")
        schema = stated_schema if isinstance(stated_schema, dict) else {}
        # One step, as `operation.Reader` does to tell what the items are.
        target = survey.document.resolve(schema["$ref"]) if "$ref" in schema else schema
        properties = target.get("properties", {}) if isinstance(target, dict) else {}
        lacking = _lacking(survey, properties, names)
        if lacking is not None:
            return f"pages, but the schema {inside} has no property {lacking}, as x-pagination names it; add it", None
        items = properties[names["items"]].get("items")
        if not isinstance(items, dict) or "$ref" not in items:
            return f"pages, but the items of {inside} are not a $ref to a schema in components; make them one", None
        return "", survey.follow(items, inside)[1]
    return f"pages, but its {status} has no content; give it a schema such as x-pagination names it", None


def _lacking(survey: Survey, properties: Any, names: dict[str, str]) -> str | None:
    items, holder = properties.get(names["items"]), names.get("pagination")
    if not isinstance(items, dict):
        return names["items"]
    members, prefix = properties, ""
    if holder is not None:
        page, _ = survey.follow(properties.get(holder), "")
        if not isinstance(page, dict):
            return holder
        members, prefix = page.get("properties", {}), f"{holder}."
    inner = [name for role, name in names.items() if role not in ("items", "pagination") and role[:2] != "x-"]
    return next((f"{prefix}{name}" for name in inner if name not in members), None)


def _ordered(survey: Survey, item: str, name: str, at: str) -> Iterator[Finding]:
    found = field(survey, item, name)
    if found is None:
        yield unknown(survey, item, name, at)
    elif not (found_types := types(survey, found)) or {kind for kind, _ in found_types} - _SORTABLE:
        yield Finding(at, f"{name} can't be ordered by; name a field of text, numbers or flags")
