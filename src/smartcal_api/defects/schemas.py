"""SCHEMA: answers that the contract doesn't have."""

from collections.abc import Callable
from typing import Any

from smartcal_api.defects.defect import Defect, defect
from smartcal_api.defects.message import Answered, Asked
from smartcal_api.defects.subject import Subject


@defect(
    "SCHEMA 1", "Events have a source that is none of the enum's, in the list alone.", beside=("PAGE 1",), decided=True
)
def source_outside_of_its_enum(subject: Subject) -> None:
    _each(subject, "listEvents", lambda item: {"source": "exchange"} if item["source"] == "outlook" else {})


@defect(
    "SCHEMA 1",
    "A booking that wasn't cancelled lacks its cancellation, which is to be null.",
    beside=("STATE 1",),
    decided=True,
)
def null_is_left_out(subject: Subject) -> None:
    def edit(item: dict[str, Any]) -> None:
        if item.get("cancellation") is None:
            item.pop("cancellation", None)

    _one(subject, "listBookings", edit)


@defect("SCHEMA 1", "The times of an event have no offset.", beside=("STATE 1",), decided=True)
def times_without_offset(subject: Subject) -> None:
    _one(subject, "listEvents", lambda item: item.update(start_time=item["start_time"].rstrip("Z")))


@defect("SCHEMA 1", "The account has another word for a key than the contract.", decided=True)
def account_has_another_word(subject: Subject) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        if asked.get(subject.path("getAccount")) and answer.status == 200:
            answer.json = answer.json | {"auth_method": "apikey"}

    subject.answered(spoil)


@defect("SCHEMA 1", "Numbers of pages are text.", beside=("PAGE 5",), decided=True)
def numbers_are_text(subject: Subject) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        if asked.get(subject.path("listWebhooks")) and answer.status == 200:
            body = answer.json
            answer.json = body | {"pagination": body["pagination"] | {"total": str(body["pagination"]["total"])}}

    subject.answered(spoil)


@defect("SCHEMA 1", "A new webhook is 200, not 201.", decided=True)
def created_is_200(subject: Subject) -> None:
    def spoil(_: Asked, answer: Answered) -> None:
        if answer.status == 201:
            answer.status = 200

    subject.answered(spoil)


@defect("SCHEMA 1", "A new webhook has no Location.", decided=True)
def created_has_no_place(subject: Subject) -> None:
    def spoil(_: Asked, answer: Answered) -> None:
        if answer.status == 201:
            answer.set("Location", None)

    subject.answered(spoil)


@defect("SCHEMA 1", "A refused parameter is answered as application/json.", beside=("ERR 2",), decided=True)
def problem_is_called_json(subject: Subject) -> None:
    def spoil(_: Asked, answer: Answered) -> None:
        if answer.status == 400:
            answer.set("Content-Type", "application/json")

    subject.answered(spoil)


@defect("SCHEMA 2", "An unknown path is answered with a page of HTML.", decided=True)
def unknown_path_is_a_page(subject: Subject) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        if answer.status == 404 and asked.path.endswith("/nothing"):
            answer.body = b"<h1>Not found</h1>"
            answer.set("Content-Type", "text/html")
            answer.set("Content-Length", str(len(answer.body)))

    subject.answered(spoil)


def _each(subject: Subject, listing: str, edit: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        if asked.get(subject.path(listing)) and answer.status == 200:
            body = answer.json
            answer.json = body | {"data": [item | edit(item) for item in body["data"]]}

    subject.answered(spoil)


def _one(subject: Subject, listing: str, edit: Callable[[dict[str, Any]], None]) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        if asked.method == "GET" and asked.below(subject.path(listing)) and answer.status == 200:
            item = answer.json
            edit(item)
            answer.json = item

    subject.answered(spoil)


DEFECTS: tuple[Defect, ...] = (
    source_outside_of_its_enum,
    null_is_left_out,
    times_without_offset,
    account_has_another_word,
    numbers_are_text,
    created_is_200,
    created_has_no_place,
    problem_is_called_json,
    unknown_path_is_a_page,
)
