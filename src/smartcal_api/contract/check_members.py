"""Our own x- members: the shape of each, and its place (law SRC 4)."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from smartcal_api.contract.check_kinds import Anything, Choice, Items, Maybe, Member, Number, Reference, Table, Text
from smartcal_api.contract.check_shape import OrFlag, Shape, Variants
from smartcal_api.contract.filters import COMPARISONS, ONE_OF
from smartcal_api.contract.named import WAS
from smartcal_api.contract.pagination import FIELDS, PAGE, PARAMETERS, STYLES

NAME = Text("text that isn't empty", re.compile(r"."))
HEADER = Text("the name of a header", re.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z"))
PREFIX = Text("a prefix such as 'evt_'", re.compile(r"^[A-Za-z0-9]+_\Z"))
BASIS = Choice(("decision", "documented"))
SOURCE = Text("the title of a section of the product document", re.compile(r"."))
# What a clause rests on can be said anywhere. `x-sources` says it of members that have no room: null is a decision.
MARKS: Mapping[str, Member] = {"x-basis": BASIS, "x-source": SOURCE, "x-sources": Table(Maybe(SOURCE))}
COUNT, SECONDS = Number(1), Number(0)
STATUS = Number(100, 599)

SECRETS = ("api_key", "webhook_secret", "client_secret", "authorization_code", "access_token", "refresh_token")
PREFIXES = (
    *("event", "booking", "booking_page", "webhook", "account"),
    *("calendar", "delivery", "webhook_event", "request", "sandbox"),
)


def _all(names: tuple[str, ...], kind: Member) -> Mapping[str, Member]:
    return {f"{name}!": kind for name in names}


def _style(stated: Mapping[str, Any]) -> str:
    style = stated.get("style", PAGE)
    return style if isinstance(style, str) and style in STYLES else PAGE


_SIGNED = Text("text without braces but {id} and {timestamp}", re.compile(r"^(?:[^{}]|\{(?:id|timestamp)\})*\Z"))
_WITH_BODY = re.compile(r"^(?:[^{}]|\{(?:id|timestamp)\})*\{body\}(?:[^{}]|\{(?:id|timestamp)\})*\Z")
# Members at the top level; what a document leaves out has its default (`defaults`).
TOP: Mapping[str, Member] = {
    "x-rate-limits": Items("rate limit", least=1),
    "x-rate-limit-headers": Shape(
        "x-rate-limit-headers",
        {**_all(("limit", "remaining", "retry_after"), HEADER), "state": HEADER, "policy": HEADER},
    ),
    "x-request-id": Shape("x-request-id", {"header!": HEADER}),
    "x-scope-implies": Table(Items(NAME, unique=True), open=True),
    "x-webhook-signature": Shape(
        "x-webhook-signature",
        {
            "header!": HEADER,
            "algorithm!": Choice(("hmac-sha256",)),
            "prefix!": _SIGNED,
            "encoding": Choice(("hex", "base64")),
            "signed": Text("{body}, with {id} and {timestamp} beside it at most", _WITH_BODY),
            "key": Choice(("text", "base64")),
        },
    ),
    "x-pagination": Variants(lambda stated: f"x-pagination by {_style(stated)}"),
    "x-lifetimes": Shape("x-lifetimes", _all(("authorization_code", "access_token", "refresh_token"), COUNT)),
    "x-retry-schedule": Shape(
        "x-retry-schedule",
        {
            "delays_seconds!": Items(SECONDS, least=1),
            "jitter_percent!": Number(0, 100),
            "attempt_timeout_seconds!": COUNT,
            "disable_after_exhausted!": COUNT,
            "disable_on_status!": Items(STATUS, unique=True),
        },
    ),
    "x-request-limits": Shape(
        "x-request-limits",
        {
            **_all(("body_bytes", "url_bytes", "header_bytes", "header_count", "json_depth"), COUNT),
            # Without them nobody is hurried.
            "head_seconds": COUNT,
            "body_seconds": COUNT,
        },
    ),
    "x-resource-limits": Shape("x-resource-limits", {"webhooks!": COUNT}),
    "x-cors": Shape("x-cors", {"expose!": Items(HEADER, unique=True), "max_age_seconds!": SECONDS}),
    "x-ids": Shape(
        "x-ids",
        {
            # One byte of a digest picks a letter, and a digest has at most 64 of them (`ids.py`).
            "alphabet!": Text("ASCII letters and digits, none twice", re.compile(r"^(?:([0-9A-Za-z])(?!.*\1))+\Z")),
            "length!": Number(1, 64),
            "prefixes!": Table(PREFIX, required=PREFIXES),
        },
    ),
    "x-secrets": Shape("x-secrets", _all(SECRETS, PREFIX)),
    "x-problems": Table("problem", open=True),
    "x-unrouted-responses": "unrouted responses",
}
KINDS = (
    Shape("rate limit", {"name!": NAME, "limit!": COUNT, "window_seconds!": COUNT}, closed=True),
    *(
        Shape(
            f"x-pagination by {style}",
            {
                "style": Choice(STYLES),
                "parameters!": Shape(f"parameters of pagination by {style}", _all(PARAMETERS[style], NAME)),
                "fields!": Shape(
                    f"fields of pagination by {style}",
                    {**_all(FIELDS[style][0], NAME), **dict.fromkeys(FIELDS[style][1], NAME)},
                ),
                "link_header": HEADER,
            },
        )
        for style in STYLES
    ),
    Shape("problem", {"status!": Number(400, 599), "title!": NAME}),
    Shape("filter", {"field!": NAME, "comparison!": Choice(tuple(c for c in COMPARISONS if c != ONE_OF))}),
    Shape("compound filter", {"when!": Anything(), "all!": Items("clause", least=1)}),
    Shape("resource", {"schema": Reference("schema"), "id": NAME, "unique": Items(NAME, unique=True)}, closed=True),
    Shape("action", {"set!": Table(Anything(), least=1), "when": Table(Anything()), "else": NAME}, closed=True),
    Shape("clause", {"field!": NAME, "comparison!": Choice(COMPARISONS), "value!": Anything()}),
)
DAY = Text(
    "a day such as 2027-01-31, or a time such as 2027-01-31T00:00:00Z",
    re.compile(r"^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T[0-2]\d:[0-5]\d:[0-5]\d(?:Z|[+-]\d\d:\d\d))?\Z"),
)
IN_PATH: Mapping[str, Member] = {"x-resource": OrFlag("resource"), "x-parent": Table(NAME)}
ORDER = Items(NAME, least=1, unique=True)
IN_OPERATION: Mapping[str, Member] = {
    "x-order": ORDER,
    "x-action": "action",
    "x-rate-limits": Items("rate limit", least=1),
    "x-sunset": DAY,
    "x-deprecated-since": DAY,
}
FILTER = Variants(lambda stated: "compound filter" if {"all", "when"} & stated.keys() else "filter")

PLACES = {
    **dict.fromkeys(TOP, "at the top level"),
    "x-order": "in an operation",
    "x-rate-limits": "at the top level, or in an operation",
    "x-sunset": "in an operation",
    "x-deprecated-since": "in an operation that is deprecated",
    "x-action": "in an operation",
    "x-resource": "in a path",
    "x-parent": "in a path",
    "x-filter": "in a parameter",
    "x-value": "in a header parameter of a delivery",
    "x-about": "in the operation of a delivery",
    WAS: "in the schema of a property, or of a resource",
}
_PLAIN = {re.sub(r"[^a-z]", "", name[2:]): name for name in (*PLACES, *MARKS)}


def misnamed(key: str) -> str | None:
    """What is wrong with the name of an x- member that nothing in its place knows; None: it is foreign."""
    if key in PLACES:
        return f"{key} has no effect here; it belongs {PLACES[key]}"
    near = get_close_matches(re.sub(r"[^a-z]", "", key[2:].lower()), _PLAIN, 1, 0.8)
    if near:
        right = _PLAIN[near[0]]
        place = f" ({PLACES[right]})" if right in PLACES else ""
        return f"{key} looks like {right}{place}: write it so, or take another name if it is your own"
    return (
        None if key.startswith("x-") else f"{key} is not a member that OpenAPI knows; those of one's own begin with x-"
    )
