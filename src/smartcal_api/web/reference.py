"""What can be asked of the product and of the control plane: each operation in a line, by its tag."""

from collections.abc import Mapping
from html import escape
from typing import Any

from smartcal_api.contract import Description
from smartcal_api.web.found import HTML, Found
from smartcal_api.web.page import HEADERS, definitions, link, page


def reference(documents: Mapping[str, tuple[Description, str]]) -> Found:
    """`documents` are those that are served, by their titles, each with where it is."""
    parts = [
        "<p>To try them here, install the extra <code>docs</code>, which brings Swagger UI: "
        "<code>pip install 'smartcal-api[docs]'</code>, and open this page again. <code>make serve</code> and the "
        "container have it.</p>"
    ]
    for title, (description, url) in documents.items():
        parts.append(f"<h2>{escape(title)}</h2>\n<p>The whole of it: {link(url)}</p>")
        parts += [
            f"<h3>{escape(tag)}</h3>\n{definitions(operations)}" for tag, operations in _by_tag(description).items()
        ]
    return Found(page("What can be asked", "\n".join(parts)), HTML, headers=HEADERS)


def _by_tag(description: Description) -> Mapping[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for operation in description.operations.values():
        stated: Mapping[str, Any] = description.data["paths"][operation.path][operation.method.lower()]
        tag = next(iter(stated.get("tags", ())), "Others")
        said = f"<code>{escape(operation.path)}</code><br>{escape(stated.get('summary', operation.id))}"
        found.setdefault(tag, []).append((operation.method, said))
    return found
