"""The journal of a sandbox: read, followed, waited for, counted, exported, cleared (law SBX 6)."""

import asyncio
import operator
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any

from smartcal_api.control.choices import refusal
from smartcal_api.control.control import Control, ControlHandler
from smartcal_api.control.filters import Filters
from smartcal_api.errors import Invalid, Problem
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.journal import Entry, Journal
from smartcal_api.journal.document import Documents
from smartcal_api.journal.har import Archive

# Of what was seen instead of what was claimed, the latest that are told.
_SHOWN = 20
_CLAIMS: Mapping[str, Callable[[int, int], bool]] = MappingProxyType(
    {"count": operator.eq, "at_least": operator.ge, "at_most": operator.le}
)


def handlers(control: Control) -> dict[str, ControlHandler]:
    """A filter is the same wherever one is taken: in a query, or as members of a body."""
    default_patience: float = control.description.schema("Patience")["default"]

    async def list_journal(exchange: Exchange) -> Answer:
        journal, asked = exchange.sandbox.journal, exchange.parameters
        documents, most = documents_of(control, exchange), asked["limit"]
        wanted, notes = Filters(control.contract, exchange.sandbox, at="").journal(asked)
        matches, dropped = journal.find(wanted, asked.get("since", 1)), journal.dropped
        following = journal.next_serial

        def listed() -> Answer:
            # Who goes on from somewhere must not miss any; who only looks wants to see the latest.
            found = list(islice(matches, most)) if "since" in asked else list(deque(matches, most))
            whole = "since" not in asked or len(found) < most
            return json_answer(
                200,
                {
                    "data": [documents.document(entry) for entry in found],
                    "dropped": dropped,
                    "next": following if whole else found[-1].serial + 1,
                    **_told(notes),
                },
            )

        return await control.answer(exchange, listed)

    async def list_latest(exchange: Exchange) -> Answer:
        documents, registry, most = documents_of(control, exchange), control.registry, exchange.parameters["limit"]

        latest: list[tuple[str, bool, Iterable[Entry]]] = [(e.sandbox, True, e.entries) for e in registry.departed]
        latest += [(e.name, False, e.journal.since(e.journal.next_serial - most)) for e in registry]
        data = []
        for name, deleted, entries in latest:
            outlines = [documents.outline(entry) for entry in deque(entries, most)]
            data += [{"sandbox": name, "deleted": deleted, "requests": outlines}] if outlines else []
            await asyncio.sleep(0)  # there may be many, and others want to be served
        return json_answer(200, {"data": data, "forgotten": registry.departed.forgotten})

    async def get_journal_entry(exchange: Exchange) -> Answer:
        journal, serial = exchange.sandbox.journal, exchange.parameters["serial"]
        entry = next(journal.since(serial), None)
        if entry is None or entry.serial != serial:
            raise Problem(
                "not_found",
                f"The journal has no entry {serial}; it has those from {journal.first_serial} up to, but without, "
                f"{journal.next_serial}.",
            )
        documents = documents_of(control, exchange)
        return await control.answer(exchange, lambda: json_answer(200, documents.document(entry)))

    async def export_journal(exchange: Exchange) -> Answer:
        journal, asked = exchange.sandbox.journal, exchange.parameters
        wanted, notes = Filters(control.contract, exchange.sandbox, at="").journal(asked)
        entries = journal.find(wanted, asked.get("since", 1))
        info = control.description.data["info"]
        archive = Archive(
            control.contract, exchange.sandbox.secrets, exchange.sandbox.journal.masked, root=exchange.root
        )

        def exported() -> Answer:
            document = archive.document(entries, creator=info["title"], version=info["version"])
            if notes:
                document["log"]["comment"] = " ".join(notes)
            return json_answer(200, document)

        return await control.answer(exchange, exported)

    async def wait_for_request(exchange: Exchange) -> Answer:
        asked = exchange.body or {}
        wanted, notes = Filters(control.contract, exchange.sandbox, at="/").journal(asked)
        patience = asked.get("timeout_seconds", default_patience)
        journal, since = exchange.sandbox.journal, asked.get("since", 1)
        try:
            async with asyncio.timeout(patience):
                entry = await journal.wait(wanted, since)
        except TimeoutError:
            raise Problem(
                "timed_out",
                f"Nothing like {wanted} came within {patience} s. {_seen(journal, since)}"
                f"{_said(notes)}Send the request, or give a larger timeout_seconds.",
            ) from None
        documents = documents_of(control, exchange)
        return await control.answer(exchange, lambda: json_answer(200, documents.document(entry)))

    def assert_requests(exchange: Exchange) -> Answer:
        asked: Mapping[str, Any] = exchange.body or {}
        journal, since = exchange.sandbox.journal, asked.get("since", 1)
        wanted, notes = Filters(control.contract, exchange.sandbox, at="/").journal(asked)
        if since > journal.next_serial:
            raise refusal(f"The journal has no entry {since} yet; the next will be {journal.next_serial}.", "/since")
        count = sum(1 for _ in journal.find(wanted, since))
        claims = {name: asked[name] for name in _CLAIMS if name in asked} or {"at_least": 1}
        false = [name for name, number in claims.items() if not _CLAIMS[name](count, number)]
        # Of what was dropped nobody can say that it had no match.
        unknown = journal.missing(since) if claims.keys() != {"at_least"} else 0
        if not false and not unknown:
            return json_answer(200, {"ok": True, "count": count, **_told(notes)})
        claimed = " and ".join(f"{name.replace('_', ' ')} {number}" for name, number in claims.items())
        raise Problem(
            "assertion_failed",
            f"Claimed was {claimed} of {wanted}; the journal has {count}"
            f"{f', and has dropped {unknown} requests that may be more' if unknown else ''}. {_seen(journal, since)}"
            f"{_said(notes)}What was seen instead is in errors, oldest first.",
            errors=[
                Invalid(line, pointer=f"/{(false or list(claims))[0]}")
                for line in _lines(journal, since, documents_of(control, exchange))
            ],
        )

    def clear_journal(exchange: Exchange) -> Answer:
        exchange.sandbox.journal.clear()
        return Answer(204)

    return {
        "listJournal": list_journal,
        "listLatestRequests": list_latest,
        "getJournalEntry": get_journal_entry,
        "exportJournal": export_journal,
        "waitForRequest": wait_for_request,
        "assertRequests": assert_requests,
        "clearJournal": clear_journal,
    }


def documents_of(control: Control, exchange: Exchange) -> Documents:
    return Documents(control.contract, exchange.sandbox.secrets, exchange.sandbox.journal.masked, root=exchange.root)


def _told(notes: list[str]) -> dict[str, list[str]]:
    """Beside the result: what was asked for may be just so, or a slip."""
    return {"notes": notes} if notes else {}


def _said(notes: list[str]) -> str:
    return "".join(f"{each} " for each in notes)


def _seen(journal: Journal, since: int) -> str:
    number = sum(1 for _ in journal.since(since))
    return f"Since serial {since} there were {number} requests. " if number else "There was no request at all. "


def _lines(journal: Journal, since: int, documents: Documents) -> list[str]:
    seen = list(journal.since(since))
    return [documents.line(entry) for entry in seen[-_SHOWN:]]
