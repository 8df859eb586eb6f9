"""PAGE: pages that lose, repeat or miscount what is in a list."""

import re
from typing import Any

from smartcal_api.defects.defect import Defect, defect
from smartcal_api.defects.message import Answered, Asked
from smartcal_api.defects.subject import Page, Subject


@defect("PAGE 1", "The second and later pages of events begin one item early.")
def pages_overlap(subject: Subject) -> None:
    def early(page: Page, clauses: Any, *, offset: int = 0, **rest: Any) -> Any:
        return page(clauses, offset=max(0, offset - 1), **rest)

    subject.listed("listEvents", early)


@defect("PAGE 1", "The last page of bookings lacks its last item, where it isn't full.")
def last_page_is_cut(subject: Subject) -> None:
    def cut(page: Page, clauses: Any, *, limit: int, **rest: Any) -> Any:
        documents, total = page(clauses, limit=limit, **rest)
        return documents[:-1] if 1 < len(documents) < limit else documents, total

    subject.listed("listBookings", cut)


@defect("PAGE 2", "The total of events counts those of the other account, too.", decided=True)
def total_counts_the_other_account(subject: Subject) -> None:
    def count(page: Page, clauses: Any, *, owner: int, limit: int, **rest: Any) -> Any:
        documents, total = page(clauses, owner=owner, limit=limit, **rest)
        return documents, total + page(clauses, owner=3 - owner, limit=1)[1]

    subject.listed("listEvents", count)


@defect("PAGE 2", "A list whose pages come out even has one page more in its count.", decided=True)
def even_pages_count_one_more(subject: Subject) -> None:
    def spoil(_: Asked, answer: Answered) -> None:
        if stated := _pagination(answer):
            stated["total_pages"] = stated["total"] // stated["per_page"] + 1
            answer.json = answer.json | {"pagination": stated}

    subject.answered(spoil)


@defect("PAGE 2", "Past the end, a page of bookings is 404.", decided=True)
def past_the_end_is_missing(subject: Subject) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        stated = _pagination(answer)
        if asked.path == subject.path("listBookings") and stated and stated["page"] > max(1, stated["total_pages"]):
            answer.status = 404

    subject.answered(spoil)


@defect("PAGE 2", "On one list, booking pages, 100 a page means 99.", decided=True)
def hundred_means_99(subject: Subject) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        stated = _pagination(answer)
        if asked.path == subject.path("listBookingPages") and stated and stated["per_page"] == 100:
            answer.json = answer.json | {"pagination": stated | {"per_page": 99}}

    subject.answered(spoil)


@defect("PAGE 3", "The last of the links points one page too far.", decided=True)
def last_link_too_far(subject: Subject) -> None:
    _relink(subject, r'page=(\d+)>; rel="last"', lambda match: f'page={int(match[1]) + 1}>; rel="last"')


@defect("PAGE 3", "The link to the next page forgets the filters.", decided=True)
def next_link_forgets_the_filters(subject: Subject) -> None:
    _relink(subject, r'\?(?:[^>]*&)?((?:per_page=\d+&)?page=\d+>; rel="next")', lambda match: f"?{match[1]}")


@defect("PAGE 3", "There is a link to the next page on the last one.", decided=True)
def next_link_on_the_last_page(subject: Subject) -> None:
    _relink(subject, r'<([^>]*page=)(\d+)(>; rel="last")$', _and_next)


@defect("PAGE 4", "Events of one day come in another order on every second reading.", decided=True)
def a_day_in_any_order(subject: Subject) -> None:
    readings = 0

    def turn(page: Page, clauses: Any, *, order: Any = None, **rest: Any) -> Any:
        nonlocal readings
        readings += 1
        documents, total = page(clauses, order=order, **rest)
        if readings % 2:
            documents = sorted(documents, key=lambda each: _start(each) + bytes(255 - byte for byte in each))
        return documents, total

    subject.listed("listEvents", turn)


@defect("PAGE 4", "Bookings are listed in the order in which they were made.", decided=True)
def bookings_in_the_order_of_making(subject: Subject) -> None:
    def reorder(page: Page, clauses: Any, **rest: Any) -> Any:
        return page(clauses, **(rest | {"order": ("id",)}))

    subject.listed("listBookings", reorder)


@defect("PAGE 5", "Unasked, one list has 10 items a page, not what the contract says.", decided=True)
def ten_a_page_unasked(subject: Subject) -> None:
    def look(asked: Asked) -> None:
        if asked.get(subject.path("listBookings")) and "per_page" not in asked.query:
            asked.query = asked.query | {"per_page": "10"}

    subject.asked(look)


def _pagination(answer: Answered) -> dict[str, Any] | None:
    body = answer.json if answer.status == 200 else None
    return body.get("pagination") if isinstance(body, dict) else None


def _start(document: bytes) -> bytes:
    found = re.search(rb'"start_time":"([^"T]*)', document)
    return found[1] if found else b""


def _relink(subject: Subject, pattern: str, change: Any) -> None:
    def spoil(_: Asked, answer: Answered) -> None:
        if links := answer.header("Link"):
            answer.set("Link", re.sub(pattern, change, links))

    subject.answered(spoil)


def _and_next(match: re.Match[str]) -> str:
    if 'rel="next"' in match.string:
        return match[0]
    return f'{match[0]}, <{match[1]}{int(match[2]) + 1}>; rel="next"'


DEFECTS: tuple[Defect, ...] = (
    pages_overlap,
    last_page_is_cut,
    total_counts_the_other_account,
    even_pages_count_one_more,
    past_the_end_is_missing,
    hundred_means_99,
    last_link_too_far,
    next_link_forgets_the_filters,
    next_link_on_the_last_page,
    a_day_in_any_order,
    bookings_in_the_order_of_making,
    ten_a_page_unasked,
)
