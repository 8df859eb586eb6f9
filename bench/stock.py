"""Connexion as it comes, on the same contract and the same data: routing, security and validation are its own.

Run as `python -m bench.stock PORT CONTRACT DATA`. It keeps no request ids and no limits, which the server has to.
"""

import json
import sys
import warnings
from pathlib import Path
from typing import Any

from bench.downgrade import downgrade
from bench.listen import listen

_FUNCTIONS = {"http": "bench.stock.key_info", "apiKey": "bench.stock.key_info", "oauth2": "bench.stock.token_info"}
_HEADERS = {
    "Content-Type": "application/json",
    "X-Request-Id": "req_00000000000000000000",
    "X-RateLimit-Limit": "100",
    "X-RateLimit-Remaining": "99",
    "Link": '<http://127.0.0.1/api/v1/events?page=1>; rel="first"',
}


class Data:
    """The events in memory, and the handlers of the two operations that are measured."""

    def __init__(self, events: list[dict[str, Any]]) -> None:
        self._events = events
        self._by_id = {event["id"]: event for event in events}

    async def list_events(self, page: int = 1, per_page: int = 20, **filters: str) -> Any:
        found = [event for event in self._events if selects(event, filters)] if filters else self._events
        pages = -(-len(found) // per_page)
        pagination = {"page": page, "per_page": per_page, "total": len(found), "total_pages": pages}
        return {"data": found[(page - 1) * per_page : page * per_page], "pagination": pagination}, 200, _HEADERS

    async def get_event(self, event_id: str) -> Any:
        return self._by_id[event_id], 200, _HEADERS


def selects(event: dict[str, Any], filters: dict[str, str]) -> bool:
    """Whether the filters select the event. Times are compared as texts: both are UTC to the second here."""
    return (
        filters.get("status") in (None, event["status"])
        and filters.get("source") in (None, event["source"])
        and filters.get("start_after", "") <= event["start_time"]
        and event["start_time"] < filters.get("start_before", "~")
    )


async def key_info(key: str) -> dict[str, Any] | None:
    """What Connexion asks about an API key, wherever it came."""
    return {"sub": 1, "scope": ["read"]} if key == "scp_demo_read" else None


async def token_info(token: str) -> dict[str, Any] | None:
    """And about an OAuth token; this server takes the same one key as one."""
    return await key_info(token)


async def other() -> Any:
    """Any operation that is not measured."""
    return None, 501


def application(contract: dict[str, Any], events: list[dict[str, Any]]) -> Any:
    """Connexion's own application with its default middleware."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from connexion import AsyncApp
        from connexion.resolver import Resolver

        data = Data(events)
        handlers = {"listEvents": data.list_events, "getEvent": data.get_event}
        app = AsyncApp("bench")
        app.add_api(
            downgrade(contract, functions=_FUNCTIONS),
            resolver=Resolver(lambda operation_id: handlers.get(operation_id, other)),
            validate_responses=True,
        )
    return app


def main() -> None:
    import yaml

    port, contract, data = sys.argv[1:]
    # The parser in C, which is what anybody in a hurry to start would take.
    document = yaml.load(Path(contract).read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    listen(application(document, json.loads(Path(data).read_bytes())), int(port))


if __name__ == "__main__":
    main()
