"""The control plane of the server that delivers, which no delivery may reach: it trusts whoever is on this machine, and
a subscriber is somebody else (law DELV 6)."""

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from smartcal_api.webhooks.network import Address, literal, plain

# A proxy may decode a path before this server does, and once more.
_DECODED = 3


@dataclass(frozen=True, slots=True)
class OwnPlane:
    """Where it is: the first segment of its paths, the port that is listened on, and the names that lead to it from
    elsewhere, on whatever port."""

    segment: str
    port: int
    hosts: frozenset[str]

    @classmethod
    def of(cls, prefix: str, port: int, *, public_url: str | None, allowed_hosts: Iterable[str]) -> "OwnPlane":
        places = [f"//{each}" for each in allowed_hosts] + ([public_url] if public_url else [])
        return cls(prefix.strip("/"), port, frozenset(filter(None, map(_host, places))))

    def holds(self, path: str) -> bool:
        """Whether a URL's path may be one of its own, also behind a proxy that decodes paths and takes dots and
        slashes out of them."""
        for _ in range(_DECODED):
            if any(part.partition(";")[0] == self.segment for part in re.split(r"[/\\]", path)):
                return True
            path = unquote(path)
        return False

    def is_named(self, host: str) -> bool:
        """Whether a name leads to it that somebody gave it from outside."""
        return _folded(host) in self.hosts

    def is_at(self, address: Address, port: int) -> bool:
        """Whether it answers there: on loopback, or on any other address of this machine."""
        return port == self.port and (plain(address).is_loopback or _is_of_this_machine(plain(address)))


def _host(url: str) -> str | None:
    try:
        return _folded(urlsplit(url).hostname or "")
    except ValueError:
        return None


def _folded(host: str) -> str:
    return str(literal(host) or host.rstrip(".").lower())


def _is_of_this_machine(address: Address) -> bool:
    """Whoever talks to an address of its own does so from that address. Nothing is sent."""
    family = socket.AF_INET if isinstance(address, ipaddress.IPv4Address) else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(address), 9))
            return bool(probe.getsockname()[0] == str(address))
    except OSError:
        return False
