"""What `smartcal serve` was asked for, checked."""

import re
from dataclasses import dataclass
from pathlib import Path

from smartcal_api.clock import parse_rfc3339
from smartcal_api.errors import UsageError

# Data sets reach two years around their instant, and times on the wire lie in the years 1 to 9998.
_YEARS = range(1900, 9900)
# The colon ends it in HTTP Basic.
_CLIENT_ID = re.compile(r"[!-9;-~]{1,255}", re.ASCII)
_CLIENT = re.compile(r"(?P<id>[^:=]*)(?::(?P<secret>.*?))?=(?P<uris>[A-Za-z][A-Za-z0-9+.-]*:.*)", re.ASCII | re.DOTALL)

# A URL may hold `=` as well; what follows the last one is a list of event types only if it looks like one.
_WEBHOOK = re.compile(r"(?P<url>.*?)(?:=(?P<events>[a-z_]+\.[a-z_]+(?:,[a-z_]+\.[a-z_]+)*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class GivenKey:
    """`--key SCOPES=VALUE`."""

    scopes: tuple[str, ...]
    value: str


@dataclass(frozen=True, slots=True)
class GivenClient:
    """`--oauth-client ID[:SECRET]=URI[,URI]`; without a secret it is a public one."""

    client_id: str
    secret: str | None
    redirect_uris: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GivenWebhook:
    """`--webhook URL[=EVENTS]`; without events it is for all that there are."""

    url: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One field for each flag; None where it was not given and that makes a difference."""

    host: str = "127.0.0.1"
    port: int = 8080
    store: Path | None = None
    bundle: Path | None = None
    data: Path | None = None
    seed: int | None = None
    now: int | None = None
    freeze: bool = False
    events: int | None = None
    bookings: int | None = None
    spec: Path | None = None
    overlays: tuple[Path, ...] = ()
    handlers: Path | None = None
    draft: bool = False
    rate_limits: bool = True
    refuse_unknown_parameters: bool = True
    keys: tuple[GivenKey, ...] = ()
    oauth_clients: tuple[GivenClient, ...] = ()
    webhooks: tuple[GivenWebhook, ...] = ()
    webhook_secret: str | None = None
    receivers: tuple[str, ...] = ()
    receiver_ca: Path | None = None
    pkce_required: bool = False
    auto_consent: bool = False
    origins: tuple[str, ...] = ("loopback",)
    allowed_hosts: tuple[str, ...] = ()
    public_url: str | None = None
    control_token: str | None = None
    metrics_token: str | None = None
    log_format: str = "text"
    head_timeout: int | None = None
    body_timeout: int | None = None
    max_connections: int | None = None
    max_sandboxes: int = 2_000
    max_snapshots: int = 1_000
    max_memory: int = 2_000
    reload: bool = False
    ready_file: Path | None = None
    replace: bool = False
    stop_with: int | None = None

    @property
    def seeding(self) -> bool:
        """Whether a data set of one's own was asked for."""
        return any(each is not None for each in (self.seed, self.events, self.bookings))


def parse_now(text: str) -> int:
    """Nanoseconds since 1970; raises `UsageError`."""
    try:
        instant = parse_rfc3339(text)
    except ValueError as error:
        raise UsageError(f"--now: {error}.") from None
    if int(text[:4]) not in _YEARS:
        raise UsageError(f"--now: {text} is outside of the years {_YEARS.start} to {_YEARS.stop - 1}.")
    return instant


def parse_key(text: str) -> GivenKey:
    """`read,write=VALUE`; raises `UsageError` without repeating the value."""
    scopes, separator, value = text.partition("=")
    names = tuple(scope for scope in scopes.replace("+", ",").split(",") if scope)
    if not separator or not names or not value:
        raise UsageError("--key: write it as SCOPES=VALUE, such as read,write=my_key.")
    if not value.isascii() or not value.isprintable() or " " in value:
        raise UsageError(
            f"--key: the value for {scopes} must be printable ASCII without spaces, as it goes into a header."
        )
    return GivenKey(names, value)


def parse_client(text: str) -> GivenClient:
    """`my_app:my_secret=http://127.0.0.1/callback`; raises `UsageError` without repeating the secret."""
    match = _CLIENT.fullmatch(text)
    if match is None:
        raise UsageError(
            "--oauth-client: write it as ID[:SECRET]=URI[,URI], such as my_app:my_secret=http://127.0.0.1/callback."
        )
    check_client_id(match["id"])
    secret: str | None = match["secret"]
    if secret is not None and not (secret.isascii() and secret.isprintable() and 0 < len(secret) <= 255):
        raise UsageError(f"--oauth-client: the secret of {match['id']} must be 1 to 255 characters of printable ASCII.")
    return GivenClient(match["id"], secret, tuple(match["uris"].split(",")))


def parse_webhook(text: str) -> GivenWebhook:
    """`http://127.0.0.1:3000/hook=booking.created,booking.cancelled`."""
    match = _WEBHOOK.fullmatch(text)
    assert match is not None  # it takes anything
    return GivenWebhook(match["url"], tuple((match["events"] or "").split(",")) if match["events"] else ())


def check_client_id(text: str) -> None:
    """Raises `UsageError`."""
    if not _CLIENT_ID.fullmatch(text):
        raise UsageError(
            f"{text[:64]!r} can't be a client id: it is 1 to 255 characters of printable ASCII, no colon and no space."
        )
