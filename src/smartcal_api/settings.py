"""What `smartcal serve` was asked for, checked."""

from dataclasses import dataclass
from pathlib import Path

from smartcal_api.clock import parse_rfc3339
from smartcal_api.errors import UsageError

# Data sets reach two years around their instant, and times on the wire lie in the years 1 to 9998.
_YEARS = range(1900, 9900)


@dataclass(frozen=True, slots=True)
class GivenKey:
    """`--key SCOPES=VALUE`."""

    scopes: tuple[str, ...]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One field for each flag; None where it was not given and that makes a difference."""

    host: str = "127.0.0.1"
    port: int = 8080
    store: Path | None = None
    seed: int | None = None
    now: int | None = None
    freeze: bool = False
    events: int | None = None
    bookings: int | None = None
    spec: Path | None = None
    draft: bool = False
    rate_limits: bool = True
    refuse_unknown_parameters: bool = True
    keys: tuple[GivenKey, ...] = ()
    origins: tuple[str, ...] = ("loopback",)
    allowed_hosts: tuple[str, ...] = ()
    public_url: str | None = None
    reload: bool = False
    ready_file: Path | None = None

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
