"""What is known of the deployment that is judged, from flags or from the ready file of `smartcal serve`."""

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.credential import Credential, Kind
from smartcal_api.errors import UsageError

_PRODUCT = "/api/v1"


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth client; without a secret it is a public one."""

    client_id: str
    secret: str | None
    redirect_uris: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`root` is scheme, host, port and the path before the contract's paths, without a slash at the end."""

    root: str
    credentials: tuple[Credential, ...] = ()
    clients: tuple[Client, ...] = ()
    control_url: str | None = None
    control_token: str | None = None
    receiver_url: str | None = None
    receiver_port: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cacert: Path | None = None
    client_cert: Path | None = None
    allow_writes: bool | None = None
    """Whether it may be changed; None: nobody said so."""
    restart: Callable[[], None] | None = None
    """Kills the target and starts it again with its data; only a mock of our own has it."""
    exclusive: bool = False
    """Whether nobody else knows the keys, or changes anything."""
    exhaust: bool = False
    """Whether the budget of a key may be used up, so that others who use it are refused for a while."""
    cancellable: tuple[str, ...] | None = None
    """Bookings that may be cancelled; None: any, which only a loopback target has by itself."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.root)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise UsageError(f"--url: {self.root!r} is no root URL; write it as https://host[:port][/path].")

    @property
    def loopback(self) -> bool:
        host = urlsplit(self.root).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")

    @property
    def writable(self) -> bool:
        """Whether it may be changed: where somebody allowed it, and where nobody spoke of it in a sandbox on loopback.
        Loopback alone says nothing, since tunnels and forwarded ports end there."""
        if self.allow_writes is not None:
            return self.allow_writes
        return self.exclusive or (self.loopback and self.control_url is not None)

    def lacks(self, needs: tuple[Capability, ...]) -> Capability | None:
        """The first of the needs that a target can be said to lack before anything is asked of it."""
        return next((need for need in needs if not self._has(need)), None)

    def _has(self, need: Capability) -> bool:
        own = [each for each in self.credentials if each.account == 0]
        match need:
            case Capability.KEY:
                return bool(own)
            case Capability.SECOND_KEY:
                return len(own) > 1
            case Capability.OTHER_ACCOUNT:
                return len(own) < len(self.credentials)
            case Capability.TOKEN:
                return any(each.kind is Kind.TOKEN for each in own)
            case Capability.CLIENT:
                return bool(self.clients)
            case Capability.CONTROL:
                return self.control_url is not None
            case Capability.EXHAUST:
                return self.exhaust or self.exclusive or self.control_url is not None
            case Capability.RESTART:
                return self.restart is not None
            case Capability.WRITES:
                return self.writable
            case Capability.RECEIVER:
                return self.receiver_port is not None or (self.loopback and self.control_url is not None)
            case Capability.LESSER_KEY | Capability.EXAMPLE | Capability.ELSEWHERE:
                return True  # it depends on the operation: the law asks for one


def root_of(url: str) -> str:
    """The root of a URL that may be the product's base."""
    return url.rstrip("/").removesuffix(_PRODUCT)


def from_ready_file(document: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a `Target` that the ready file of `smartcal serve` tells; more may be written into it by hand."""
    if not isinstance(document.get("root_url") or document.get("base_url"), str):
        raise UsageError("--target: the file has no root_url; it is what `smartcal serve --ready-file` writes.")
    try:
        return _members(document)
    except (LookupError, TypeError, AttributeError):
        raise UsageError(
            "--target: a member of the file is not what `smartcal serve --ready-file` writes there."
        ) from None


def _members(document: Mapping[str, Any]) -> dict[str, Any]:
    other = document.get("other", {})
    return {
        "root": root_of(document.get("root_url") or document["base_url"]),
        "credentials": (
            *_credentials(document.get("keys", {}), Kind.KEY, 0),
            *_credentials(document.get("tokens", {}), Kind.TOKEN, 0),
            *_credentials(other.get("keys", {}), Kind.KEY, 1),
        ),
        "clients": tuple(
            Client(each["client_id"], each.get("client_secret"), tuple(each.get("redirect_uris", ())))
            for each in document.get("oauth", {}).get("clients", ())
        ),
        "control_url": _text(document.get("control_url")),
        "control_token": _text(document.get("control_token")),
        "receiver_url": _text(document.get("receiver_url")),
        "receiver_port": document.get("receiver_port"),
        "headers": {str(name): str(value) for name, value in document.get("headers", {}).items()},
        "exclusive": bool(document.get("exclusive")),
        "cancellable": tuple(document["cancellable"]) if "cancellable" in document else None,
    }


def _text(value: Any) -> str | None:
    if not isinstance(value, str | None):
        raise TypeError
    return value


def _credentials(given: Mapping[str, Any], kind: Kind, account: int) -> Iterator[Credential]:
    """`{"read,write": "VALUE"}`; a list of values has several of the same scopes."""
    for scopes, values in given.items():
        for number, value in enumerate(values if isinstance(values, list) else [values]):
            yield credential(scopes, _text(value) or "", kind=kind, account=account, number=number)


def credential(scopes: str, value: str, *, kind: Kind, account: int, number: int = 0) -> Credential:
    """Labelled so that a report can name it: `key_read`, `other_key_read`, `key_read_2`."""
    names = [name for name in scopes.replace("+", ",").replace(" ", ",").split(",") if name]
    label = f"{'other_' if account else ''}{kind.value}_{'_'.join(names)}" + (f"_{number + 1}" if number else "")
    return Credential(label, value, frozenset(names), kind, account)
