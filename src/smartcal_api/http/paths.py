"""Which operation a path leads to: one table for all that ask.

A path is taken by its segments as they came (RFC 3986 section 2.2): a slash that was percent-encoded separates nothing.
"""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote

from smartcal_api.http.served import Served

_PARAMETER = re.compile(r"\{[^}]*\}")
_NO_TEXTS: Mapping[str, str] = {}


class Paths:
    """A document's path templates, and what is served at them by method; texts are those of the parameters, `p0`, `p1`
    and so on by their place, still encoded."""

    def __init__(self, templates: Iterable[str]) -> None:
        self._all = {path: _Template(path) for path in templates}
        self._literal = {path: each.methods for path, each in self._all.items() if not each.names}
        self._by_depth: dict[int, list[_Template]] = {}
        # Concrete segments come before templated ones (OpenAPI 3.1, Paths Object).
        for each in sorted(self._all.values(), key=_Template.order):
            self._by_depth.setdefault(each.depth, []).append(each)

    def serve(self, served: Served, methods: Iterable[str]) -> None:
        for method in methods:
            self._all[served.operation.path].methods.setdefault(method, served)

    def find(self, method: str, raw: str) -> tuple[Served | None, Mapping[str, str]]:
        """What answers, with the texts of the path's parameters."""
        methods = self._literal.get(raw)
        if methods is not None and method in methods:
            return methods[method], _NO_TEXTS
        for template in self._by_depth.get(raw.count("/"), ()):
            if method in template.methods:
                texts = template.texts(raw)
                if texts is not None:
                    return template.methods[method], texts
        return None, _NO_TEXTS

    def fitting(self, raw: str) -> list[str]:
        """The templates that the path fits, whatever the method."""
        return [each.path for each in self._by_depth.get(raw.count("/"), ()) if each.texts(raw) is not None]


class _Template:
    def __init__(self, path: str) -> None:
        self.path = path
        self.depth = path.count("/")
        self.methods: dict[str, Served] = {}
        self.names = 0
        self._parts = [self._part(part) for part in path.split("/")]
        self._whole = re.compile(
            "/".join(p.pattern if isinstance(p, re.Pattern) else re.escape(p) for p in self._parts)
        )

    def order(self) -> list[bool]:
        return [isinstance(part, re.Pattern) for part in self._parts]

    def texts(self, raw: str) -> Mapping[str, str] | None:
        """Of the parameters of a path that fits."""
        if "%" not in raw:
            match = self._whole.fullmatch(raw)
            return None if match is None else match.groupdict()
        texts: dict[str, str] = {}
        for part, given in zip(self._parts, raw.split("/"), strict=True):
            if isinstance(part, re.Pattern):
                match = part.fullmatch(given) or part.fullmatch(quote(unquote(given), safe=""))
                if match is None:
                    return None
                texts.update(match.groupdict())
            elif unquote(given) != part:
                return None
        return texts

    def _part(self, stated: str) -> "str | re.Pattern[str]":
        literals = _PARAMETER.split(stated)
        if len(literals) == 1:
            return unquote(stated)
        pattern = re.escape(quote(unquote(literals[0])))
        for literal in literals[1:]:
            pattern += f"(?P<p{self.names}>[^/]+)" + re.escape(quote(unquote(literal)))
            self.names += 1
        return re.compile(pattern)


def decoded(raw: bytes) -> str:
    """A path as it is looked up and shown, in which an encoded slash stays one."""
    return "/".join(unquote(part).replace("/", "%2F") for part in raw.decode("ascii", "replace").split("/"))
