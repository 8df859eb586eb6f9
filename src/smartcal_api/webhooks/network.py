"""Which addresses may be dialled: decided on the address itself, after resolution, for each attempt (law DELV 6)."""

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from smartcal_api.errors import UsageError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Never dialled, whatever was allowed: what answers there gives credentials of a machine away, or is no one host.
_NEVER = {
    kind: tuple(ipaddress.ip_network(network) for network in networks)
    for kind, networks in (
        ("link-local", ("169.254.0.0/16", "fe80::/10", "fec0::/10")),
        (
            "of a cloud's metadata service",
            ("100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32", "fd00:ec2::/32", "fd20:ce::254/128"),
        ),
        ("unspecified", ("0.0.0.0/8", "::/128")),
        ("multicast", ("224.0.0.0/4", "ff00::/8")),
        ("broadcast or reserved", ("240.0.0.0/4",)),
    )
}
# Prefixes of translators and tunnels, and how far an IPv4 address in them stands from the right: NAT64 (RFC 6052, RFC
# 8215), IPv4-translated, IPv4-compatible, 6to4.
_WRAPPING = {
    ipaddress.ip_network(network): shift
    for network, shift in (
        *(("64:ff9b::/96", 0), ("64:ff9b:1::/48", 0), ("::ffff:0:0:0/96", 0), ("::/96", 0)),
        ("2002::/16", 80),
    )
}


@dataclass(frozen=True, slots=True)
class Receivers:
    """The receivers that may be delivered to: loopback, and what `--allow-receiver` names besides."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()
    public: bool = False

    @classmethod
    def read(cls, allowed: Iterable[str]) -> "Receivers":
        """`CIDR`, `HOST` or `public`, each; raises `UsageError`."""
        networks: list[Network] = []
        hosts = set()
        public = False
        for text in allowed:
            try:
                networks.append(ipaddress.ip_network(text.strip("[]")))
                continue
            except ValueError:
                pass
            if text == "public":
                public = True
            elif is_name(text):
                hosts.add(_folded(text))
            else:
                raise UsageError(
                    f"--allow-receiver: {text!r} is neither a network such as 172.17.0.0/16, nor a host, nor public."
                )
        return cls(tuple(networks), frozenset(hosts), public)

    def refusal(self, host: str, address: Address) -> str | None:
        """Why this address of `host` may not be dialled, or None. Every address inside of it counts as well."""
        address = plain(address)
        fault = self._fault(host, address, loopback=True)
        if fault is not None:
            return f"{host} is at {address}: {fault}"
        for each in _wrapped(address):
            # Whoever unwraps it would dial it, and loopback is not this machine's there.
            fault = self._fault(host, each, loopback=False)
            if fault is not None:
                return f"{host} is at {address}, which stands for {each}: {fault}"
        return None

    def doubt(self, host: str) -> str | None:
        """Why deliveries to a host will be refused, as far as can be told without resolving its name."""
        address = literal(host)
        if address is not None:
            return self.refusal(host, address)
        if is_local(host) or self.public or self.networks or _folded(host) in self.hosts:
            return None
        return (
            f"{host} gets deliveries only if its address is loopback; for any other, start the server with "
            f"--allow-receiver {host}, or public"
        )

    def takes_plain_http(self, host: str) -> bool:
        """Whether what is sent there stays on this machine, or goes where somebody said so by name."""
        address = literal(host)
        if address is None:
            return is_local(host) or _folded(host) in self.hosts
        return address.is_loopback or any(address in network for network in self.networks)

    def _fault(self, host: str, address: Address, *, loopback: bool) -> str | None:
        for kind, networks in _NEVER.items():
            if any(address in network for network in networks):
                return f"the address is {kind}, and never delivered to"
        if getattr(address, "scope_id", None):
            return "the address has a scope, and never leaves its link"
        if address.is_loopback:
            return None if loopback else "loopback behind a translator is never delivered to"
        if _folded(host) in self.hosts or any(address in network for network in self.networks):
            return None
        if self.public and address.is_global:
            return None
        hint = "public" if address.is_global else f"{address} or {host}"
        return f"only loopback is delivered to; allow more with --allow-receiver {hint}"


LOOPBACK = Receivers()


def literal(host: str) -> Address | None:
    """The address that a URL's host is, in the one way to write it, or None for what has to be resolved."""
    try:
        return plain(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return None


def plain(address: Address) -> Address:
    """An IPv4 address that came in an IPv6 one is dialled as what it is."""
    return getattr(address, "ipv4_mapped", None) or address


def is_local(host: str) -> bool:
    """Whether a name is this machine's loopback by definition (RFC 6761 section 6.3)."""
    name = _folded(host)
    return name == "localhost" or name.endswith(".localhost")


def is_name(text: str) -> bool:
    """Whether a text can be a host's name (RFC 1123); an odd way to write an IPv4 address is none."""
    parts = _folded(text).split(".")
    sound = all(part and len(part) <= 63 and part.replace("-", "").replace("_", "").isalnum() for part in parts)
    return text.isascii() and sound and len(text) <= 253 and not parts[-1].isdigit() and not parts[-1].startswith("0x")


def _folded(host: str) -> str:
    return host.rstrip(".").lower()


def _wrapped(address: Address) -> Iterator[Address]:
    """The IPv4 addresses that an IPv6 one leads to by way of a translator or a tunnel."""
    if isinstance(address, IPv4Address) or address.is_loopback:
        return
    if address.teredo is not None:
        yield from address.teredo
    for network, shift in _WRAPPING.items():
        if address in network:
            yield IPv4Address(int(address) >> shift & 0xFFFF_FFFF)
    if int(address) >> 32 & 0xFDFF_FFFF == 0x5EFE:  # ISATAP, RFC 5214 section 6.1
        yield IPv4Address(int(address) & 0xFFFF_FFFF)
