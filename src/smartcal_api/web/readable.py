"""A document for a page that shows operations, with what such a page leaves out written into its descriptions: whose
word each thing is, which scope an operation asks for, and the policy that OpenAPI has no word for."""

import html
import re
from collections.abc import Mapping
from typing import Any

import yaml

from smartcal_api.clock import parse_rfc3339
from smartcal_api.contract import Description, Operation
from smartcal_api.seeding import shift

_BASIS, _SOURCE = "x-basis", "x-source"
_FLOW_URLS = ("authorizationUrl", "tokenUrl", "refreshUrl")


def readable(description: Description, *, root: str, token: bool = False, weeks: int = 0) -> dict[str, Any]:
    """`root` is what the operations stand below: the path of a sandbox, or nothing. With a `token` it says that one is
    asked for, as the control plane does. Examples of instants are moved by so many `weeks`, as the data was."""
    document: dict[str, Any] = _told(description.data)
    document["servers"] = [{"url": root or "/", "description": "This server."}]
    for operation in description.operations.values():
        stated = document["paths"][operation.path][operation.method.lower()]
        said = str(description.data["paths"][operation.path][operation.method.lower()].get("description", ""))
        basis = _basis(stated) or _basis(description.data)
        stated["description"] = "\n\n".join(each for each in (_scopes(operation), said.rstrip(), basis) if each)
        if parameters := _parameters(description, operation, weeks):
            stated["parameters"] = parameters
    for path in document["paths"].values():
        path.pop("parameters", None)
    document["info"] = {**document["info"], "description": _with_policy(description)}
    components = document.setdefault("components", {})
    for scheme in components.get("securitySchemes", {}).values():
        for flow in scheme.get("flows", {}).values():
            for name in _FLOW_URLS:
                if isinstance(flow, dict) and str(flow.get(name, "")).startswith("/"):
                    flow[name] = root + flow[name]
    if token:
        components.setdefault("securitySchemes", {})["token"] = {
            "type": "http",
            "scheme": "bearer",
            "description": "The control plane's token, which the server has printed.",
        }
        document["security"] = [{"token": []}]
    return document


def _told(node: Any) -> Any:
    """A copy in which whatever has a description and a basis of its own says so."""
    if isinstance(node, list):
        return [_told(each) for each in node]
    if not isinstance(node, Mapping):
        return node
    copy = {name: _told(value) for name, value in node.items()}
    if isinstance(copy.get("description"), str) and (basis := _basis(node)):
        copy["description"] = f"{copy['description'].rstrip()}\n\n{basis}"
    return copy


def _basis(node: Mapping[str, Any]) -> str:
    if node.get(_BASIS) == "documented":
        return f"*Documented{': ' + str(node[_SOURCE]) if _SOURCE in node else ''}.*"
    return "*Decided by this contract.*" if node.get(_BASIS) == "decision" else ""


def _parameters(description: Description, operation: Operation, weeks: int) -> list[Any]:
    """Those of the path as well, and all in full: Swagger UI shows nothing of a reference that stands beside the
    operations of a path."""
    path = description.data["paths"][operation.path]
    found: dict[tuple[str, str], Any] = {}
    for each in (*path.get("parameters", ()), *path[operation.method.lower()].get("parameters", ())):
        stated = description.document.resolve(each["$ref"]) if "$ref" in each else each
        found[stated["name"], stated["in"]] = shown = _told(stated)
        if _is_instant(shown.get("example")):
            shown["example"] = shift({"start_time": shown["example"]}, weeks)["start_time"]
    return list(found.values())


def _is_instant(example: Any) -> bool:
    try:
        return isinstance(example, str) and parse_rfc3339(example) > 0
    except ValueError:
        return False


def _scopes(operation: Operation) -> str:
    asked = {
        " and ".join(f"`{scope}`" for scope in sorted(scopes))
        for each in operation.alternatives
        for scopes in [frozenset[str]().union(*each.values())]
    } - {""}
    return f"**Scope:** {' or '.join(sorted(asked))}" if asked else ""


def _with_policy(description: Description) -> str:
    """What is said of the whole, section by section to be unfolded: the operations are what a page is opened for."""
    first, *sections = re.split(r"^## ", str(description.data["info"].get("description", "")), flags=re.MULTILINE)
    told = [(html.escape(title), text) for title, _, text in (each.partition("\n") for each in sections)]
    policy = {
        name: value
        for name, value in description.data.items()
        if name.startswith("x-") and isinstance(value, dict | list)
    }
    text = yaml.safe_dump(policy, sort_keys=False, allow_unicode=True, width=100).rstrip()
    told.append(("Limits, lifetimes and other policy, as the document states them", f"```yaml\n{text}\n```"))
    return "\n\n".join([first.strip(), *(_unfolded(title, text) for title, text in told)])


def _unfolded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text.strip()}\n\n</details>"
