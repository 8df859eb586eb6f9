"""Lists: filtered, the newest first, a page of them."""

import random
import re
import time
from collections.abc import Mapping
from datetime import date, datetime

from .message import Refusal
from .site import ZONE, Account, Row, Site

_MOST, _USUAL = 100, 10
_FILTERS = {"events": {"status", "source", "start_after", "start_before"}, "bookings": {"status", "upcoming"}}


def listed(site: Site, account: Account, name: str, query: Mapping[str, str], envelope: str) -> Row:
    bugs = site.bugs
    page, size = _number(query, "page", 1, 10**9), _number(query, "per_page", _USUAL, _MOST)
    wanted = {key: value for key, value in query.items() if key in _FILTERS.get(name, ())}
    if "status" in wanted:
        for bug, filter_name in (
            ("source-forgotten-beside-status", "source"),
            ("upcoming-forgotten-beside-status", "upcoming"),
        ):
            if bug in bugs:
                wanted.pop(filter_name, None)
    rows: list[Row] = [site.lagging.get(each["id"], each) for each in getattr(account, name).values()]
    if name == "hooks" and "webhooks-of-everybody-listed" in bugs:
        rows = [row for each in site.accounts for row in each.hooks.values()]
    for key, value in wanted.items():
        fits = _test(key, value, bugs)
        rows = [row for row in rows if fits(row)]
    ties = "equals-in-any-order" in bugs
    rows.sort(key=lambda row: (_start(row), random.random() if ties else row["id"]), reverse=True)
    if "page-4-is-page-3" in bugs and page == 4:
        page = 3
    first = (page - 1) * size
    shown = rows[first : first + size]
    if page == 2 and name == "bookings" and "second-page-shows-others" in bugs:
        shown = [*shown[:-1], *(list(site.accounts[1].bookings.values())[:1])]
    pages = -(-len(rows) // size)
    if envelope == "results":
        return {"results": shown, "count": len(rows), "next": page + 1 if page < pages else None}
    return {"data": shown, "pagination": {"page": page, "per_page": size, "total": len(rows), "total_pages": pages}}


def _test(name: str, value: str, bugs: frozenset[str]):
    if name in ("status", "source"):
        return lambda row: row[name] == value
    if name == "upcoming":
        if value not in ("true", "false"):
            raise Refusal(400, "upcoming is true or false.")
        return lambda row: value == "false" or (_end(row) > time.time() and row["status"] != "cancelled")
    at = _instant(name, value)
    if name == "start_after":
        return lambda row: _start(row) > at
    if "start-before-by-day" in bugs:
        day = datetime.fromtimestamp(at, ZONE).date()
        return lambda row: _day(row) < day
    return lambda row: _start(row) < at


def _number(query: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = query.get(name)
    if text is None:
        return usual
    if not re.fullmatch(r"[0-9]{1,10}", text) or not 1 <= int(text) <= most:
        raise Refusal(400, f"{name} is a number from 1 to {most}.")
    return int(text)


def _instant(name: str, text: str) -> float:
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=ZONE)).timestamp()
    except (ValueError, OverflowError):
        raise Refusal(400, f"{name} is a date and a time with an offset.") from None


def _start(row: Row) -> float:
    return datetime.fromisoformat(row["start_time"]).timestamp() if "start_time" in row else 0.0


def _end(row: Row) -> float:
    return datetime.fromisoformat(row["end_time"]).timestamp()


def _day(row: Row) -> date:
    return datetime.fromisoformat(row["start_time"]).date()
