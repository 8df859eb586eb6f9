"""ERR: what is wrong is taken, what is refused is refused in other words, and some of it makes the server fail."""

from typing import Any

import orjson

from smartcal_api.defects.defect import Defect, defect
from smartcal_api.defects.message import Answered, Asked
from smartcal_api.defects.subject import Subject
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.served import Handler


@defect("ERR 1", "A 404 has a title of its own.", beside=("ERR 3",), decided=True)
def missing_has_another_title(subject: Subject) -> None:
    _edit(subject, 404, lambda _: {"title": "Nothing here"})


@defect("ERR 1", "A 400 says in its body that it is a 422.", beside=("ERR 2",), decided=True)
def bad_request_says_422(subject: Subject) -> None:
    _edit(subject, 400, lambda _: {"status": 422})


@defect("ERR 1", "A problem names another request than its header does.", beside=("ERR 3",), decided=True)
def problem_names_another_request(subject: Subject) -> None:
    _edit(subject, 404, lambda problem: {"request_id": problem["request_id"][:-1] + "0"})


@defect("ERR 2", "The list of bookings ignores parameters that it doesn't know.", decided=True)
def unknown_parameter_is_ignored(subject: Subject) -> None:
    operation = subject.contract.operations["listBookings"]
    known = {each.name for each in operation.parameters}

    def look(asked: Asked) -> None:
        if asked.get(operation.path):
            asked.query = {name: value for name, value in asked.query.items() if name in known}

    subject.asked(look)


@defect("ERR 2", "On one list, booking pages, more than the most a page are taken, and cut down.", decided=True)
def too_many_a_page_are_cut_down(subject: Subject) -> None:
    def look(asked: Asked) -> None:
        size = asked.query.get("per_page", "")
        if asked.get(subject.path("listBookingPages")) and size.isdigit() and int(size) > 100:
            asked.query = asked.query | {"per_page": "100"}

    subject.asked(look)


@defect("ERR 2", "An event status that there isn't selects nothing, instead of being refused.", decided=True)
def unknown_status_selects_nothing(subject: Subject) -> None:
    operation = subject.contract.operations["listEvents"]
    values = next(each.schema["enum"] for each in operation.parameters if each.name == "status")

    def look(asked: Asked) -> None:
        if asked.get(operation.path) and asked.query.get("status", values[0]) not in values:
            asked.query = {"start_after": "9000-01-01T00:00:00Z"}

    subject.asked(look)


@defect("ERR 2", "A refusal of a parameter doesn't say which it is about.", decided=True)
def refusal_names_no_parameter(subject: Subject) -> None:
    _edit(subject, 400, lambda problem: {"errors": [{"detail": each["detail"]} for each in problem.get("errors", ())]})


@defect("ERR 3", "An id that isn't in the form of an event's is 400.", decided=True)
def malformed_id_is_a_bad_request(subject: Subject) -> None:
    prefix = subject.contract.policy.ids["prefixes"]["event"]

    def spoil(asked: Asked, answer: Answered) -> None:
        identifier = asked.below(subject.path("listEvents"))
        if answer.status == 404 and identifier and not identifier.startswith(prefix):
            answer.status = 400

    subject.answered(spoil)


@defect("ERR 4", "A method that a path lacks is 404.", decided=True)
def wrong_method_is_missing(subject: Subject) -> None:
    def spoil(_: Asked, answer: Answered) -> None:
        if answer.status == 405:
            answer.status = 404

    subject.answered(spoil)


@defect("ERR 4", "Allow forgets HEAD.", decided=True)
def allow_forgets_head(subject: Subject) -> None:
    def spoil(_: Asked, answer: Answered) -> None:
        if allowed := answer.header("Allow"):
            answer.set("Allow", allowed.replace(", HEAD", "").replace("HEAD, ", ""))

    subject.answered(spoil)


@defect("ERR 4", "Without a credential an unknown path is 401.", decided=True)
def unknown_path_wants_a_key(subject: Subject) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        if answer.status == 404 and not asked.header("authorization"):
            answer.status = 401

    subject.answered(spoil)


@defect("ERR 5", "A new webhook may have members that there aren't: they are dropped.", decided=True)
def unknown_member_is_dropped(subject: Subject) -> None:
    """Only what is known gets to the schema."""
    served = subject.served("createWebhook")

    def read(right: Any, exchange: Exchange, received: bytes) -> Any:
        try:
            return right(exchange, received)
        except Exception:
            value = orjson.loads(received)
            known = {name: value[name] for name in ("url", "events", "description") if name in value}
            if known == value:
                raise
            return right(exchange, orjson.dumps(known))

    subject.replaced(served.body, "read", read)


@defect("ERR 5", "A body is read as JSON, whatever media type it says it has.", decided=True)
def any_media_type_is_json(subject: Subject) -> None:
    def look(asked: Asked) -> None:
        if asked.method == "POST" and asked.path == subject.path("createWebhook"):
            asked.set("content-type", "application/json")

    subject.asked(look)


@defect("ERR 6", "JSON that is nested deeply makes the server fail.", decided=True)
def deep_json_fails(subject: Subject) -> None:
    _fail(subject, "createWebhook", b"[[[[[[[[")


@defect("ERR 6", "A body that is not UTF-8 makes the server fail.", decided=True)
def stray_bytes_fail(subject: Subject) -> None:
    _fail(subject, "createWebhook", b"\xff")


@defect("ERR 7", "Every fiftieth request is answered with a 500.", beside=("PAGE 1", "FILT 1", "AUTH 1", "SCOPE 1"))
def now_and_then_a_500(subject: Subject) -> None:
    count = iter(range(1, 10**9))

    def spoil(_: Asked, answer: Answered) -> None:
        if next(count) % 50 == 0:
            answer.status = 500

    subject.answered(spoil)


@defect("ERR 8", "A reason that is as long as can be makes the server fail.")
def longest_reason_fails(subject: Subject) -> None:
    def handler(right: Handler, exchange: Exchange) -> Answer:
        if len((exchange.body or {}).get("reason") or "") > 400:
            raise RecursionError("as a column that is too narrow would")
        return right(exchange)

    subject.handled("cancelBooking", handler)


def _edit(subject: Subject, status: int, edit: Any) -> None:
    def spoil(_: Asked, answer: Answered) -> None:
        if answer.status == status and isinstance(problem := answer.json, dict):
            answer.json = problem | edit(problem)

    subject.answered(spoil)


def _fail(subject: Subject, operation: str, what: bytes) -> None:
    def read(right: Any, exchange: Exchange, received: bytes) -> Any:
        if what in received:
            raise RecursionError("as a parser would, or a decoder")
        return right(exchange, received)

    subject.replaced(subject.served(operation).body, "read", read)


DEFECTS: tuple[Defect, ...] = (
    missing_has_another_title,
    bad_request_says_422,
    problem_names_another_request,
    unknown_parameter_is_ignored,
    too_many_a_page_are_cut_down,
    unknown_status_selects_nothing,
    refusal_names_no_parameter,
    malformed_id_is_a_bad_request,
    wrong_method_is_missing,
    allow_forgets_head,
    unknown_path_wants_a_key,
    unknown_member_is_dropped,
    any_media_type_is_json,
    deep_json_fails,
    stray_bytes_fail,
    now_and_then_a_500,
    longest_reason_fails,
)
