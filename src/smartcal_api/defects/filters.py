"""FILT: filters that select what they shouldn't."""

import re
from collections.abc import Sequence
from typing import Any

import orjson

from smartcal_api.contract import Clause
from smartcal_api.contract.filters import EQUALS, ONE_OF
from smartcal_api.defects.defect import Defect, defect
from smartcal_api.defects.message import Asked
from smartcal_api.defects.subject import Page, Subject

Clauses = Sequence[Clause]


@defect("FILT 1", "On events, status and source are OR-ed: what fits either is listed.")
def two_filters_are_ored(subject: Subject) -> None:
    def either(page: Page, clauses: Clauses, *, limit: int, offset: int = 0, **rest: Any) -> Any:
        equal = [each for each in clauses if each.comparison == EQUALS]
        if len(equal) < 2:
            return page(clauses, limit=limit, offset=offset, **rest)
        others = [each for each in clauses if each not in equal]
        documents, _ = page(others, limit=1_000_000, **rest)
        found = [each for each in documents if any(orjson.loads(each)[c.field] == c.value for c in equal)]
        return found[offset : offset + limit], len(found)

    subject.listed("listEvents", either)


@defect("FILT 1", "start_after leaves out what starts at that very instant.", decided=True)
def start_after_excludes_its_instant(subject: Subject) -> None:
    _compare(subject, "listEvents", {"at_or_after": "after"})


@defect("FILT 1", "start_before lets in what starts at that very instant.", decided=True)
def start_before_includes_its_instant(subject: Subject) -> None:
    _compare(subject, "listEvents", {"before": "at_or_before"})


@defect("FILT 1", "The bounds of events are compared without their offset from UTC.")
def offsets_are_ignored(subject: Subject) -> None:
    def look(asked: Asked) -> None:
        if asked.get(subject.path("listEvents")):
            asked.query = {
                name: re.sub(r"[+-]\d\d:\d\d$", "Z", value) if name.startswith("start_") else value
                for name, value in asked.query.items()
            }

    subject.asked(look)


@defect("FILT 1", "Among the upcoming bookings are cancelled ones.", decided=True)
def upcoming_shows_cancelled_ones(subject: Subject) -> None:
    def widen(page: Page, clauses: Clauses, **rest: Any) -> Any:
        return page([each for each in clauses if each.comparison != ONE_OF], **rest)

    subject.listed("listBookings", widen)


@defect("FILT 1", "Among the upcoming bookings are none that wait for the host.", decided=True)
def upcoming_hides_pending_ones(subject: Subject) -> None:
    def narrow(page: Page, clauses: Clauses, **rest: Any) -> Any:
        kept = [Clause(each.field, ONE_OF, ("confirmed",)) if each.comparison == ONE_OF else each for each in clauses]
        return page(kept, **rest)

    subject.listed("listBookings", narrow)


@defect("FILT 2", "Bookings that are completed are listed among those that nobody came to, too.")
def completed_are_no_shows_too(subject: Subject) -> None:
    def widen(page: Page, clauses: Clauses, **rest: Any) -> Any:
        also = [
            Clause(each.field, ONE_OF, ("completed", "no_show")) if each.value == "no_show" else each
            for each in clauses
        ]
        return page(also, **rest)

    subject.listed("listBookings", widen)


@defect("FILT 3", "From the second page on, the filter source is forgotten.")
def later_pages_forget_a_filter(subject: Subject) -> None:
    def forget(page: Page, clauses: Clauses, *, offset: int = 0, **rest: Any) -> Any:
        kept = [each for each in clauses if each.field != "source"] if offset else clauses
        return page(kept, offset=offset, **rest)

    subject.listed("listEvents", forget)


@defect("FILT 3", "The total of a filtered list is that of the whole one.", decided=True)
def filtered_total_is_the_whole(subject: Subject) -> None:
    def count(page: Page, clauses: Clauses, *, owner: int, limit: int, **rest: Any) -> Any:
        return page(clauses, owner=owner, limit=limit, **rest)[0], page((), owner=owner, limit=1)[1]

    subject.listed("listBookings", count)


@defect("FILT 4", "What begins at this very second is still among the upcoming bookings.", decided=True)
def upcoming_ends_a_second_late(subject: Subject) -> None:
    _compare(subject, "listBookings", {"after": "at_or_after"})


@defect("FILT 5", "Among the bookings of a status, the filter upcoming is forgotten.")
def upcoming_is_forgotten_beside_a_status(subject: Subject) -> None:
    def look(asked: Asked) -> None:
        if asked.get(subject.path("listBookings")) and "status" in asked.query:
            asked.query = {name: value for name, value in asked.query.items() if name != "upcoming"}

    subject.asked(look)


def _compare(subject: Subject, operation: str, others: dict[str, str]) -> None:
    def compare(page: Page, clauses: Clauses, **rest: Any) -> Any:
        return page([Clause(c.field, others.get(c.comparison, c.comparison), c.value) for c in clauses], **rest)

    subject.listed(operation, compare)


DEFECTS: tuple[Defect, ...] = (
    two_filters_are_ored,
    start_after_excludes_its_instant,
    start_before_includes_its_instant,
    offsets_are_ignored,
    upcoming_shows_cancelled_ones,
    upcoming_hides_pending_ones,
    completed_are_no_shows_too,
    later_pages_forget_a_filter,
    filtered_total_is_the_whole,
    upcoming_ends_a_second_late,
    upcoming_is_forgotten_beside_a_status,
)
