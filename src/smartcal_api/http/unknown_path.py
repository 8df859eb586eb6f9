"""What a request may have meant whose path the document doesn't have: the slips that are made most, by their names."""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from smartcal_api.errors import Problem, shortened
from smartcal_api.http.exchange import Exchange

_SLASHES = re.compile(r"//+")
# A longer path is nobody's slip, and comparing it would take its time.
_LONGEST = 300
# How alike two segments have to be for the one to be the other misspelt.
_ALIKE = 0.7
_OPENID = "/.well-known/openid-configuration"


class UnknownPaths:
    """The paths of a document, all but a few of which begin with `base`, the path of SMARTCAL_BASE_URL.

    `served_at` is where the document itself is, `control` what the control plane is below, `metadata` where OAuth
    describes itself, if it does (RFC 8414).
    """

    def __init__(
        self, paths: Iterable[str], *, base: str, served_at: str, control: str, metadata: str | None = None
    ) -> None:
        self._templates = [path.split("/") for path in paths]
        self._base = base
        self._served_at = served_at
        self._control = control
        self._metadata = metadata

    def refusal(self, exchange: Exchange) -> Problem:
        """404, with what the path may have meant as it would be asked of the same sandbox."""
        return Problem("not_found", self._detail(exchange.scope["path"], exchange.root, exchange.prefix))

    def _detail(self, path: str, root: str, prefix: str) -> str:
        if path.rstrip("/") == _OPENID and self._metadata is not None:
            return (
                f"This server speaks OAuth 2.0, not OpenID Connect: its metadata (RFC 8414) is at {root}"
                f"{self._metadata}. Tell the library so; for openid-client and oauth4webapi the algorithm is oauth2."
            )
        meant = self.meant(path)
        if meant is not None and meant[1]:
            return f"There is nothing at this path: {' and '.join(meant[1])}. Ask for {shortened(root + meant[0])}."
        if meant is not None:
            return f"There is nothing at this path. Did you mean {shortened(root + meant[0])}?"
        server = root.removesuffix(prefix)
        return (
            f"There is nothing at this path. The contract is at {server}{self._served_at}: compare it, letter by "
            f"letter, with the paths there. {server}{self._control}/docs lists them, and those of the control plane, "
            f"which is below {server}{self._control}."
        )

    def meant(self, path: str) -> tuple[str, list[str]] | None:
        """The path that this one may have meant, and the slips that it has; without any it is misspelt."""
        if len(path) > _LONGEST:
            return None
        mended = list(self._mended(path))
        for whole, slips in mended:
            if self._has(whole):
                return whole, slips
        alike = (self._alike(each) for each in (path, *(whole for whole, _ in mended)))
        return next(((each, []) for each in alike if each is not None), None)

    def _mended(self, path: str) -> Iterator[tuple[str, list[str]]]:
        """The path without its slips, and what they are; one that has several is mended of all."""
        base, slips = self._base, []
        whole = _SLASHES.sub("/", path)
        if whole != path:
            slips.append("it has two slashes in a row")
        if len(whole) > 1 and whole.endswith("/"):
            whole = whole.rstrip("/")
            slips.append("it ends in a slash")
        if slips:
            yield whole, slips
        if not base:
            return
        if whole.startswith(f"{base}{base}/"):
            twice = f"{base} stands in it twice (SMARTCAL_BASE_URL ends in it, and the contract's paths begin with it)"
            once = whole
            while once.startswith(f"{base}{base}/"):
                once = once.removeprefix(base)
            yield once, [*slips, twice]
        elif whole.startswith(f"{base}/"):
            yield whole.removeprefix(base), [*slips, f"it isn't below {base}"]
        elif whole != base:
            yield base + whole, [*slips, f"{base} is missing from its beginning"]

    def _has(self, path: str) -> bool:
        parts = path.split("/")
        return any(
            len(template) == len(parts) and all(map(_fits, template, parts)) and "" not in parts[1:]
            for template in self._templates
        )

    def _alike(self, path: str) -> str | None:
        """The path that this one is likest, if it is much like it, with the values that stand in it for parameters."""
        parts, best, found = path.split("/"), 0.0, None
        for template in self._templates:
            if len(template) != len(parts) or "" in parts[1:]:
                continue
            likeness = [1.0 if _fits(*pair) else _likeness(*pair) for pair in zip(template, parts, strict=True)]
            if min(likeness) >= _ALIKE and sum(likeness) > best:
                best = sum(likeness)
                found = [given if "{" in stated else stated for stated, given in zip(template, parts, strict=True)]
        return None if found is None else "/".join(found)


def _fits(stated: str, given: str) -> bool:
    return stated == given or "{" in stated


def _likeness(stated: str, given: str) -> float:
    return SequenceMatcher(None, stated, given.lower()).ratio()
