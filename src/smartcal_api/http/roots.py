"""Which root the absolute URLs of an answer start with, by the Host that was asked."""

import ipaddress
import re
from collections.abc import Iterable

# So many Hosts of that many bytes, the length of a domain name; others are looked at each time.
_REMEMBERED, _LONGEST = 256, 255
# A host with an optional port, of the characters that a URL takes as they are (RFC 3986 section 3.2.2).
_HOST = re.compile(r"(?P<name>\[[0-9a-f.]*:[0-9a-f:.]*\]|[a-z0-9._-]+)(?::(?P<port>[0-9]{0,5}))?", re.ASCII)


class Roots:
    """Loopback names on any port, the bound host and the allowed ones are taken at their word; for any other Host it is
    the public URL, so that nobody can have links written to a place of their own."""

    def __init__(self, public_url: str, *, allowed_hosts: Iterable[str] = ()) -> None:
        self.public_url = public_url.rstrip("/")
        self._allowed = {host.lower() for host in allowed_hosts}
        self._known: dict[bytes | None, str] = {None: self.public_url}

    def of(self, host: bytes | None) -> str:
        root = self._known.get(host)
        if root is None and host is not None:
            root = f"http://{host.decode('ascii')}" if self.knows(host) else self.public_url
            if len(self._known) < _REMEMBERED and len(host) <= _LONGEST:
                self._known[host] = root
        return root or self.public_url

    def knows(self, host: bytes) -> bool:
        """Whether a Host header names this server."""
        try:
            text = host.decode("ascii").lower()
        except UnicodeDecodeError:
            return False
        if text in self._allowed:
            return True
        match = _HOST.fullmatch(text)
        if match is None or int(match["port"] or 0) > 65535:
            return False
        return not self._allowed.isdisjoint((match["name"], match["name"].strip("[]"))) or is_loopback(match["name"])


def is_loopback(host: str) -> bool:
    """Whether a host name or an address literal is this machine's own loopback (RFC 6761 section 6.3)."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return all(part and part.replace("-", "").isalnum() for part in name.split("."))
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
