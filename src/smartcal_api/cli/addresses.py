"""Origins and root URLs, as flags give them."""

import re
from urllib.parse import SplitResult, urlsplit

from smartcal_api.errors import UsageError

# RFC 3986 section 2: what a URL may consist of.
_URL = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+", re.ASCII)


def origins(given: tuple[str, ...]) -> tuple[str, ...]:
    """Of `--cors`: `loopback` where none is given, none for `off`. Raises `UsageError`."""
    if not given:
        return ("loopback",)
    if "off" in given:
        if len(given) > 1:
            raise UsageError("--cors: give origins or off, not both.")
        return ()
    for origin in given:
        parts = _parts(origin)
        if origin not in ("*", "loopback") and (parts is None or parts.path.strip("/")):
            raise UsageError(
                f"--cors: {origin!r} is not an origin; write scheme, host and port, such as https://app.example.com."
            )
    return given


def root(url: str) -> str:
    """Of `--public-url`, without a slash at its end. Raises `UsageError`."""
    parts = _parts(url)
    if parts is None or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise UsageError(f"--public-url: {url!r} is not a root URL; write it as https://host[:port][/path].")
    return url.rstrip("/")


def _parts(url: str) -> SplitResult | None:
    """The parts of an absolute URL that may stand in a header as it is, else None."""
    try:
        parts = urlsplit(url)
        sound = bool(parts.scheme and parts.hostname) and (parts.port or 0) >= 0
    except ValueError:
        return None
    return parts if sound and _URL.fullmatch(url) else None
