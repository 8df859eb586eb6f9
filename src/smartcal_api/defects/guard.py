"""GUARD: what is too large is taken, or refused as something else."""

from smartcal_api.defects.defect import Defect, defect
from smartcal_api.defects.message import Answered, Asked
from smartcal_api.defects.subject import Subject


@defect("GUARD 1", "A query that makes the URL too long is forgotten, and the rest is answered.", decided=True)
def long_query_is_forgotten(subject: Subject) -> None:
    limit = subject.contract.policy.request_limits.url_bytes

    def look(asked: Asked) -> None:
        if len(asked.path) + sum(map(len, asked.query.values())) > limit - 10:
            asked.query = {}

    subject.asked(look)


@defect("GUARD 1", "A head with too many fields is told as a wrong parameter.", decided=True)
def large_head_is_a_bad_request(subject: Subject) -> None:
    _told_as(subject, "headers_too_large", "invalid_request")


@defect("GUARD 1", "A body that is too large is told as one that is not JSON.", decided=True)
def large_body_is_no_json(subject: Subject) -> None:
    _told_as(subject, "body_too_large", "invalid_body")


def _told_as(subject: Subject, right: str, wrong: str) -> None:
    problems = subject.contract.policy.problems

    def spoil(_: Asked, answered: Answered) -> None:
        if answered.status == problems[right].status:
            answered.status = problems[wrong].status
            answered.json = answered.json | {"code": wrong, "status": answered.status, "title": problems[wrong].title}

    subject.answered(spoil)


DEFECTS: tuple[Defect, ...] = (long_query_is_forgotten, large_head_is_a_bad_request, large_body_is_no_json)
