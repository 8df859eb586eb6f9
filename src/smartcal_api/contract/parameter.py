"""A parameter of an operation: where it stands, how it is written, and the schema that its value has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from smartcal_api.contract.document import escape
from smartcal_api.contract.filters import Filter, read_filter
from smartcal_api.contract.media_type import is_json

STYLES: Mapping[str, tuple[str, ...]] = {
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "path": ("simple", "label", "matrix"),
    "header": ("simple",),
    "cookie": ("form", "cookie"),
}
"""Those of each place, the default first."""
# Header parameters of these names are ignored, for OpenAPI states them elsewhere (Parameter Object).
IGNORED_HEADERS: Mapping[str, str] = {
    "accept": "the media types of the responses",
    "content-type": "requestBody",
    "authorization": "security",
}
# What may stand beside a `$ref` and changes nothing.
BESIDE = frozenset({"$ref", "$comment", "description", "title"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query, path, header or cookie parameter; `pointer` leads to its schema."""

    name: str
    location: str
    required: bool
    schema: Mapping[str, Any]
    pointer: str
    explode: bool
    filter: Filter | None
    style: str = "form"
    content: bool = False
    """Whether it is a text of JSON."""


def is_ignored(stated: Mapping[str, Any]) -> bool:
    return stated["in"] == "header" and stated["name"].lower() in IGNORED_HEADERS


def read_parameter(stated: Mapping[str, Any], at: str, follow: Callable[[Any, str], tuple[Any, str]]) -> Parameter:
    """The one that stands at a pointer; `follow` leads to the end of a chain of references."""
    media_type = next(iter(stated.get("content", ())), None)
    holder = stated if media_type is None else stated["content"][media_type]
    where = f"{at}/schema" if media_type is None else f"{at}/content/{escape(media_type)}/schema"
    schema = holder["schema"]
    if isinstance(schema, dict) and schema.keys() <= BESIDE:
        schema, where = follow(schema, where)
    style = stated.get("style", STYLES[stated["in"]][0])
    return Parameter(
        name=stated["name"],
        location=stated["in"],
        required=stated.get("required", False),
        schema=schema if isinstance(schema, dict) else {},
        pointer=where,
        explode=stated.get("explode", style in ("form", "cookie")),
        filter=read_filter(stated["name"], stated["x-filter"]) if "x-filter" in stated else None,
        style="form" if style == "cookie" else style,
        content=media_type is not None and is_json(media_type),
    )
