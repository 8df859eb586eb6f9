"""How lists page, as `x-pagination` has it: by the number of a page, by an offset, or by a cursor."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PAGE, OFFSET, CURSOR = STYLES = ("page", "offset", "cursor")
# Style → what its two parameters are called there: what says where a page is, and what says how long it is.
PARAMETERS: Mapping[str, tuple[str, str]] = {
    PAGE: ("page", "per_page"),
    OFFSET: ("offset", "limit"),
    CURSOR: ("cursor", "limit"),
}
# Style → the members of a list that it must have, and those that it may have.
FIELDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    PAGE: (("items", "pagination", "page", "per_page", "total", "total_pages"), ()),
    OFFSET: (("items",), ("pagination", "offset", "limit", "total", "has_more")),
    CURSOR: (("items", "next"), ("pagination", "limit", "total", "has_more")),
}


@dataclass(frozen=True, slots=True)
class Pagination:
    """The names of the two parameters, of the members of a list, and of the header that links its pages.

    What has the empty name isn't sent; without `pagination` the others stand beside the items. `page` and `per_page`
    are what says where a page is and how long, whatever the style calls these.
    """

    style: str
    page_parameter: str
    per_page_parameter: str
    items: str
    pagination: str
    page: str
    per_page: str
    total: str
    total_pages: str
    next: str
    has_more: str
    link_header: str

    @classmethod
    def read(cls, stated: Mapping[str, Any]) -> "Pagination":
        style = stated.get("style", PAGE)
        where, size = PARAMETERS[style]
        fields = stated["fields"]
        return cls(
            style=style,
            page_parameter=stated["parameters"][where],
            per_page_parameter=stated["parameters"][size],
            page=fields.get(where, ""),
            per_page=fields.get(size, ""),
            link_header=stated.get("link_header", ""),
            **{name: fields.get(name, "") for name in ("pagination", "total", "total_pages", "next", "has_more")},
            items=fields["items"],
        )

    @property
    def members(self) -> dict[str, str]:
        """What is told of a page → the name of that member."""
        roles = ("page", "per_page", "total", "total_pages", "next", "has_more")
        return {role: name for role in roles if (name := getattr(self, role))}
