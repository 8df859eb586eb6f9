"""The policy that the contract states in its `x-` members, as typed values. Nothing here has a default."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from smartcal_api.contract.pagination import Pagination


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `limit` admitted requests in any `window_seconds`."""

    name: str
    limit: int
    window_seconds: int


@dataclass(frozen=True, slots=True)
class RateLimitHeaders:
    """`state` and `policy` are RateLimit and RateLimit-Policy, or what a contract calls them; None: not sent."""

    limit: str
    remaining: str
    retry_after: str
    state: str | None = None
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Bounds of a request in bytes, headers, levels of JSON, and seconds to arrive in: None where there is no bound."""

    body_bytes: int
    url_bytes: int
    header_bytes: int
    header_count: int
    json_depth: int
    head_seconds: int | None = None
    body_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """What a problem with this code always has (RFC 9457 section 3.1)."""

    code: str
    status: int
    title: str


@dataclass(frozen=True, slots=True)
class WebhookSignature:
    """The header that a delivery is signed in: `prefix`, then `algorithm` over what is `signed`, in an `encoding`.

    In both, `{id}` stands for the delivery's id and `{timestamp}` for when it is sent, in seconds since 1970; in what
    is signed, `{body}` for the bytes that are sent. The `key` is the secret as UTF-8, or what it says in base64 behind
    its own prefix.
    """

    header: str
    algorithm: str
    prefix: str
    encoding: str = "hex"
    signed: str = "{body}"
    key: str = "text"

    @property
    def timed(self) -> bool:
        """Whether each attempt has a signature of its own."""
        return "{timestamp}" in self.signed + self.prefix


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """When a delivery is tried, each delay counted from the failure before it and up to `jitter_percent` shorter."""

    delays_seconds: tuple[int, ...]
    jitter_percent: int
    attempt_timeout_seconds: int
    disable_after_exhausted: int
    disable_on_status: frozenset[int]


@dataclass(frozen=True, slots=True)
class Policy:
    """All that the server, the tests and the docs ask for; `read_policy` makes it."""

    rate_limits: tuple[RateLimit, ...]
    rate_limit_headers: RateLimitHeaders
    request_id_header: str
    scope_implies: Mapping[str, frozenset[str]]
    request_limits: RequestLimits
    resource_limits: Mapping[str, int]
    pagination: Pagination
    lifetimes: Mapping[str, int]
    problems: Mapping[str, ProblemKind]
    ids: Mapping[str, Any]
    secrets: Mapping[str, str]
    cors_expose: tuple[str, ...]
    cors_max_age_seconds: int
    webhook_signature: WebhookSignature
    retry_schedule: RetrySchedule

    def specimen_id(self, kind: str) -> str:
        """An id of the form that `x-ids` states for a kind."""
        return f"{self.ids['prefixes'][kind]}{self.ids['alphabet'][0] * self.ids['length']}"


def read_rate_limits(stated: Iterable[Mapping[str, Any]]) -> Iterator[RateLimit]:
    return (RateLimit(**_own(limit)) for limit in stated)


def read_policy(document: Mapping[str, Any]) -> Policy:
    """The policy of a document that `contract.check` found sound."""
    return Policy(
        rate_limits=tuple(read_rate_limits(document["x-rate-limits"])),
        rate_limit_headers=RateLimitHeaders(**_own(document["x-rate-limit-headers"])),
        request_id_header=document["x-request-id"]["header"],
        scope_implies={scope: frozenset(implied) for scope, implied in _own(document["x-scope-implies"]).items()},
        request_limits=RequestLimits(**_own(document["x-request-limits"])),
        resource_limits=_own(document["x-resource-limits"]),
        pagination=Pagination.read(document["x-pagination"]),
        lifetimes=_own(document["x-lifetimes"]),
        problems={code: ProblemKind(code, **_own(kind)) for code, kind in _own(document["x-problems"]).items()},
        ids=_own(document["x-ids"]),
        secrets=_own(document["x-secrets"]),
        cors_expose=tuple(document["x-cors"]["expose"]),
        cors_max_age_seconds=document["x-cors"]["max_age_seconds"],
        webhook_signature=WebhookSignature(**_own(document["x-webhook-signature"])),
        retry_schedule=_retry_schedule(_own(document["x-retry-schedule"])),
    )


def _retry_schedule(stated: Mapping[str, Any]) -> RetrySchedule:
    lists = {
        "delays_seconds": tuple(stated["delays_seconds"]),
        "disable_on_status": frozenset(stated["disable_on_status"]),
    }
    return RetrySchedule(**{**stated, **lists})


def _own(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if not name.startswith("x-")}
