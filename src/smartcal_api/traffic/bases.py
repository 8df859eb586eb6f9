"""What the paths of a document may stand below in a recorded URL: the paths of its servers."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

_VARIABLE = re.compile(r"\{[^}]*\}")


class Bases:
    """Of one document; a variable of a URL stands for anything but a slash."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        paths = dict.fromkeys(path for path in _paths(data.get("servers")) if path)
        self._patterns = [re.compile("[^/]+".join(map(re.escape, _VARIABLE.split(path)))) for path in paths]

    def below(self, path: str) -> Iterator[str]:
        """The path as it is, and what of it is below each base that it begins with."""
        yield path
        for pattern in self._patterns:
            found = pattern.match(path)
            if found and path[found.end() :].startswith("/"):
                yield path[found.end() :]


def _paths(servers: Any) -> Iterable[str]:
    for each in servers if isinstance(servers, list) else ():
        if isinstance(each, dict) and isinstance(each.get("url"), str):
            yield urlsplit(each["url"]).path.rstrip("/")
