"""HEADERS: answers that name their request wrongly, and HEAD that isn't GET."""

from collections.abc import Callable

from smartcal_api.defects.defect import Defect, defect
from smartcal_api.defects.message import Answered, Asked
from smartcal_api.defects.subject import Subject


@defect("HEADERS 1", "Two requests in a row have one id.", beside=("STATE 1",), decided=True)
def request_id_is_repeated(subject: Subject) -> None:
    turns, name = list[str](), subject.contract.policy.request_id_header

    def spoil(_: Asked, answer: Answered) -> None:
        turns.append(answer.header(name))
        if len(turns) == 2:
            answer.set(name, turns[0])
            turns.clear()

    subject.answered(spoil)


@defect("HEADERS 1", "What is missing is answered without naming the request.", beside=("ERR 3",), decided=True)
def missing_names_no_request(subject: Subject) -> None:
    def spoil(_: Asked, answer: Answered) -> None:
        if answer.status == 404:
            answer.set(subject.contract.policy.request_id_header, None)

    subject.answered(spoil)


@defect("HEADERS 1", "The id of a request is a number.", beside=("STATE 1",), decided=True)
def request_id_is_a_number(subject: Subject) -> None:
    count = iter(range(1, 10**9))
    name = subject.contract.policy.request_id_header
    subject.answered(lambda _, answer: answer.set(name, str(next(count))))


@defect("HEADERS 2", "HEAD of a list has no links.", decided=True)
def head_lacks_the_links(subject: Subject) -> None:
    _of_head(subject, lambda answer: answer.set("Link", None))


@defect("HEADERS 2", "HEAD says that there is nothing: its Content-Length is 0.")
def head_says_nothing_is_there(subject: Subject) -> None:
    _of_head(subject, lambda answer: answer.set("Content-Length", "0"))


@defect("HEADERS 2", "HEAD of the account is 405, as if only lists had it.")
def account_has_no_head(subject: Subject) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        if asked.method == "HEAD" and asked.path == subject.path("getAccount"):
            answer.status = 405

    subject.answered(spoil)


def _of_head(subject: Subject, edit: Callable[[Answered], None]) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        if asked.method == "HEAD":
            edit(answer)

    subject.answered(spoil)


DEFECTS: tuple[Defect, ...] = (
    request_id_is_repeated,
    missing_names_no_request,
    request_id_is_a_number,
    head_lacks_the_links,
    head_says_nothing_is_there,
    account_has_no_head,
)
