"""Redirect URIs: which may be registered, which match, and how an answer is put into one."""

import re
from collections.abc import Iterable
from urllib.parse import quote_from_bytes, urlsplit

_LONGEST = 2048
_ABSOLUTE = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):[!$-;=?-\[\]_a-z~]+", re.ASCII)
# They would run or show what their address says instead of leading to an app.
_NO_PLACE = frozenset({"about", "blob", "data", "file", "javascript", "vbscript"})
_LOOPBACK = re.compile(r"http://(?P<host>127\.0\.0\.1|\[::1\]|localhost)(?P<port>:[0-9]{1,5})?(?P<rest>[/?].*)?")


def check_redirect_uri(uri: str) -> None:
    """Raises `ValueError`, whose message ends a sentence, for what can't be registered (RFC 6749 section 3.1.2)."""
    match = _ABSOLUTE.fullmatch(uri)
    if match is None or len(uri) > _LONGEST:
        raise ValueError("is not an absolute URI without a fragment; write one such as http://127.0.0.1/callback")
    try:
        parts = urlsplit(uri)
        sound = parts.port is None or parts.port > 0
    except ValueError:
        raise ValueError("has no valid host or port") from None
    if match["scheme"].lower() in _NO_PLACE:
        raise ValueError(f"leads to no app: {match['scheme']} is not a scheme for that")
    if parts.scheme in ("http", "https") and (not parts.hostname or not sound or "@" in parts.netloc):
        raise ValueError("needs a host, and must not name a user")


def matches(registered: str, asked: str, *, development: bool) -> bool:
    """Byte for byte; only the port of a loopback address is free (RFC 8252 section 7.3), `localhost` being one for
    development clients alone: what that name leads to is up to the machine."""
    if registered == asked:
        return True
    ours, theirs = _LOOPBACK.fullmatch(registered), _LOOPBACK.fullmatch(asked)
    if ours is None or theirs is None or (ours["host"] == "localhost" and not development):
        return False
    port = theirs["port"]
    if port is not None and (port[1] == "0" or int(port[1:]) > 65535):
        return False
    return ours.group("host", "rest") == theirs.group("host", "rest")


def answered(uri: str, parameters: Iterable[tuple[str, bytes]]) -> str:
    """The URI with the parameters added to its query, which stays as it is (RFC 6749 section 3.1.2)."""
    query = "&".join(f"{name}={quote_from_bytes(value, safe='')}" for name, value in parameters)
    joint = "" if uri.endswith(("?", "&")) else "&" if "?" in uri else "?"
    return f"{uri}{joint}{query}"


def form_action(uri: str) -> str:
    """The CSP source (CSP level 3, section 2.3.1) that lets a form's answer lead to this URI, and to little else."""
    parts = urlsplit(uri)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[a-z0-9.-]+", host):
        return f"{parts.scheme}:"  # no host, or one that the grammar of sources lacks, such as [::1]
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
