"""The paths of a document's servers: what a client may have before each of its paths."""

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any
from urllib.parse import urlsplit

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_PLAIN = re.compile(r"(?:/[A-Za-z0-9-][A-Za-z0-9._~-]*)+\Z")
_MANY = 20


def bases(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Such as `/api/v3`, the longest first, and without those that one of the document's own paths may begin with."""
    own = [path.split("/")[1] for path in _members(data.get("paths")) if path.startswith("/")]
    if any(each.startswith("{") for each in own):
        return ()
    found = {path for path in _paths(data.get("servers")) if _PLAIN.match(path) and path.split("/")[1] not in own}
    return tuple(sorted(found, key=lambda each: (-len(each), each)))


def _paths(servers: Any) -> Iterator[str]:
    for server in servers if isinstance(servers, list) else ():
        url = server.get("url") if isinstance(server, dict) else None
        if isinstance(url, str):
            for each in _urls(url, _members(server.get("variables"))):
                try:
                    yield urlsplit(each).path.rstrip("/")
                except ValueError:
                    continue


def _urls(url: str, variables: Mapping[str, Any]) -> Iterator[str]:
    """With each of the values that its variables may have."""
    names = list(dict.fromkeys(_VARIABLE.findall(url)))
    for chosen, _ in zip(product(*(_values(variables.get(each)) for each in names)), range(_MANY), strict=False):
        values = dict(zip(names, chosen, strict=True))
        yield _VARIABLE.sub(lambda found, values=values: values[found[1]], url)  # type: ignore[misc]  # a default


def _values(variable: Any) -> list[str]:
    stated = _members(variable)
    listed = stated.get("enum")
    found = [stated.get("default"), *(listed if isinstance(listed, list) else ())]
    return list(dict.fromkeys(str(each) for each in found if each is not None)) or ["x"]


def _members(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
