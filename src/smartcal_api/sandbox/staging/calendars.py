"""A calendar synced: what its service changed arrives, and then the news that it has been synced."""

from typing import Any

from smartcal_api.sandbox.staging.change import Change, Document
from smartcal_api.sandbox.staging.completion import Completion, Given
from smartcal_api.sandbox.staging.drafts import Drafts, other_text
from smartcal_api.sandbox.staging.events import EVENT, Events
from smartcal_api.sandbox.staging.refusal import Conflicting, unfit
from smartcal_api.webhooks import emission

CALENDAR = "Calendar"
_MOST = 50
_DEFAULT = {"created": 2, "updated": 1, "deleted": 1}


class Calendars:
    """`sync` takes members of a Calendar: its `source`, and how many events were created, updated and deleted."""

    def __init__(self, completion: Completion, drafts: Drafts, events: Events, sources: tuple[str, ...]) -> None:
        self._completion, self._drafts, self._events, self._sources = completion, drafts, events, sources

    def sync(self, change: Change, given: Given) -> Document:
        """First the events, then the calendar. What isn't asked for in numbers happens as far as there are events."""
        source = given.get("source") or change.rng.choice(self._sources)
        if source not in self._sources:
            raise unfit("/source", f"has no calendar to sync; there are {', '.join(self._sources)}.")
        named = given.get("id")
        identifier = named if isinstance(named, str) else change.calendar(source)
        calendar = {"id": identifier, "object": CALENDAR.lower(), "source": source, "synced_at": change.at}
        free = self._free(change, source)
        counts = {name: _count(given, name) for name in _DEFAULT}
        asked = [counts[name] for name in ("updated", "deleted") if name in given]
        if sum(asked) > len(free):
            raise Conflicting(
                f"The calendar at {source} has {len(free)} events to come that can change. Ask for fewer."
            )
        updated = free[: counts["updated"] if "updated" in given else min(counts["updated"], len(free) - sum(asked))]
        rest = free[len(updated) :]
        deleted = rest[: counts["deleted"]]
        made = [self._make(change, source, calendar["id"]) for _ in range(counts["created"])]
        changed = [self._change(change, event) for event in updated]
        for event in deleted:
            change.delete(EVENT, event["id"])
        calendar |= {"created": len(made), "updated": len(changed), "deleted": len(deleted)}
        drafted = self._completion.drafted(CALENDAR, calendar, salt=change.salt)
        document = self._completion.laid_over(CALENDAR, drafted, given)
        self._completion.check(CALENDAR, document)
        emission.calendar_synced(
            change, document, created=made, updated=changed, deleted=deleted, owner=change.owner, now=change.now
        )
        return document

    def _make(self, change: Change, source: str, calendar: str) -> Document:
        draft = self._drafts.event(change, source=source) | {"calendar_id": calendar}
        return self._events.store(
            change, self._completion.drafted(EVENT, draft, salt=f"{change.salt} {draft['id']}"), {}
        )

    def _change(self, change: Change, event: Document) -> Document:
        text = other_text(change.rng, event.get("description", ""))
        return self._events.store(change, event | {"updated_at": change.at}, {"description": text})

    def _free(self, change: Change, source: str) -> list[Document]:
        """The next events to come that the sync may change."""
        return change.some(
            EVENT,
            "{booking_id} IS NULL AND {source} = ? AND {start_time} > ?",
            source,
            change.at,
            order=("start_time", "id"),
            most=2 * _MOST,
        )


def _count(given: Given, name: str) -> int:
    value: Any = given.get(name, _DEFAULT[name])
    if type(value) is not int or not 0 <= value <= _MOST:
        raise unfit(f"/{name}", f"must be a whole number from 0 to {_MOST}.")
    return value
