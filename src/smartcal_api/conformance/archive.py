"""HTTP Archives, as browsers and proxies write them: what was asked of a deployment, and what can't be judged of it."""

from base64 import b64decode
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from smartcal_api.conformance.exchange import Exchange, Fields
from smartcal_api.conformance.report.har import CREATOR
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.input import Unreadable, read_json

NOT_KEPT = "the recording kept no body of the answer"
_UNANSWERED, _ODD = "never answered", "not an exchange of HTTP"
_BODILESS = (204, 304)
_MOST_BYTES = 1024 * 1024 * 1024


class Entry(NamedTuple):
    """`unread` says why the answer's body can't be judged, where it can't."""

    exchange: Exchange
    unread: str = ""


@dataclass(frozen=True)
class Archive:
    """`left_out` has why, and the numbers of the entries, counted from 1."""

    root: str
    entries: tuple[Entry, ...]
    left_out: Mapping[str, tuple[int, ...]]


def read_archive(path: Path, contract: Contract, root: str | None = None) -> Archive:
    """What went to the root, which may have a path; to the one that most requests went to, where none is given.

    Raises `UsageError` where there is nothing of the contract's in it; an entry that is odd is left out, and no more.
    """
    left_out: dict[str, list[int]] = {}
    found: list[tuple[int, str, Entry]] = []
    for number, entry in enumerate(_entries(path), 1):
        try:
            origin, target = _place(entry, root)
            if not _ours(target, contract):
                continue
            if not entry.get("response") or entry["response"]["status"] == 0:
                left_out.setdefault(_UNANSWERED, []).append(number)
                continue
            found.append((number, origin, _entry(number, entry, target)))
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError):
            left_out.setdefault(_ODD, []).append(number)
    roots = Counter(origin for _, origin, _ in found)
    wanted = root or next((each for each, _ in roots.most_common(1)), "")
    if wanted not in roots and (root or not left_out):
        elsewhere = f" to {root}" if root else ""
        others = f"; it has some to {', '.join(sorted(roots))}" if roots else ""
        raise UsageError(f"--har: {path} has no request{elsewhere} to a path of the contract{others}.")
    for number, origin, _ in found:
        if origin != wanted:
            left_out.setdefault(f"to {origin}, which --url URL would select", []).append(number)
    kept = tuple(entry for _, origin, entry in found if origin == wanted)
    return Archive(wanted, kept, {why: tuple(numbers) for why, numbers in left_out.items()})


def _entries(path: Path) -> list[Any]:
    try:
        log = read_json(path, most=_MOST_BYTES)["log"]
        creator, entries = log.get("creator") or {}, log["entries"]
        own = creator.get("name") == CREATOR
    except Unreadable as error:
        raise UsageError(f"--har: {error}") from None
    except (LookupError, TypeError, AttributeError):
        entries = None
    if not isinstance(entries, list):
        raise UsageError(f"--har: {path} is not an HTTP Archive; a browser's network panel saves one.")
    if own:
        raise UsageError(f"--har: {path} is a report of this command, in which values are masked; judge a recording.")
    return entries


def _place(entry: Any, root: str | None) -> tuple[str, str]:
    """The root that a request went to, and its target below that."""
    url = entry["request"]["url"]
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    origin = f"{parts.scheme}://{parts.netloc}"
    if root is not None and url.startswith(f"{root}/") and root.startswith(origin):
        return root, target[len(root) - len(origin) :]
    return origin, target


def _ours(target: str, contract: Contract) -> bool:
    """Pages and scripts beside the API are nobody's breach."""
    path = target.partition("?")[0]
    first = {"/".join(each.path.split("/")[:3]) for each in contract.operations.values()}
    return any(path == each or path.startswith(f"{each}/") for each in first)


def _entry(number: int, entry: Mapping[str, Any], target: str) -> Entry:
    request, response = entry["request"], entry["response"]
    content = response.get("content") or {}
    text = content.get("text") or ""
    body = b64decode(text) if content.get("encoding") == "base64" else text.encode("utf-8", "surrogatepass")
    began = 0.0
    with suppress(KeyError, TypeError, ValueError):
        began = datetime.fromisoformat(entry["startedDateTime"]).timestamp()
    exchange = Exchange(
        number,
        "recorded",
        None,
        str(request["method"]),
        target,
        tuple(_fields(request)),
        _sent(request.get("postData") or {}),
        None,
        int(response["status"]),
        tuple(_fields(response)),
        body,
        began,
        float(entry.get("time") or 0) / 1000,
    )
    bodiless = exchange.method == "HEAD" or exchange.status in _BODILESS
    kept = bodiless or ("text" in content and (bool(text) or not (content.get("size") or 0) > 0))
    return Entry(exchange, "" if kept else NOT_KEPT)


def _sent(posted: Mapping[str, Any]) -> bytes:
    """A form can stand there as its fields alone."""
    text = posted.get("text")
    if not text and posted.get("params"):
        return urlencode([(each["name"], each.get("value") or "") for each in posted["params"]]).encode()
    return (text or "").encode("utf-8", "surrogatepass")


def _fields(message: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Headers without those of HTTP/2 that begin with a colon."""
    fields: Fields = tuple((str(each["name"]), str(each["value"])) for each in message.get("headers") or ())
    return (field for field in fields if not field[0].startswith(":"))
