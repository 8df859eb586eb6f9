"""RATE: budgets that are larger, smaller or somebody else's, and headers that tell of others."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from smartcal_api.contract import RateLimit
from smartcal_api.defects.defect import Defect, defect
from smartcal_api.defects.message import Answered, Asked
from smartcal_api.defects.subject import Subject


@defect("RATE 1", "The hour's window refills a second early.", decided=True)
def hour_refills_early(subject: Subject) -> None:
    _edit(subject, "hour", lambda each: replace(each, window_seconds=each.window_seconds - 1))


@defect("RATE 1", "The minute's window refills a second late.")
def minute_refills_late(subject: Subject) -> None:
    _edit(subject, "minute", lambda each: replace(each, window_seconds=each.window_seconds + 1))


@defect("RATE 1", "There is no limit for the hour.")
def hour_without_limit(subject: Subject) -> None:
    _edit(subject, "hour", lambda each: replace(each, limit=1_000_000))


@defect("RATE 1", "One request more is admitted in a minute than the limit says.")
def minute_admits_one_more(subject: Subject) -> None:
    _edit(subject, "minute", lambda each: replace(each, limit=each.limit + 1))
    names = subject.contract.policy.rate_limit_headers

    def spoil(_: Asked, answer: Answered) -> None:
        stated = next(each.limit for each in subject.contract.policy.rate_limits if each.name == "minute")
        if answer.header(names.limit) == str(stated + 1):
            answer.set(names.limit, str(stated))
            answer.set(names.remaining, str(max(0, int(answer.header(names.remaining)) - 1)))

    subject.answered(spoil)


@defect("RATE 2", "A request that is refused for what it says isn't counted.")
def refusals_are_free(subject: Subject) -> None:
    refunds: dict[str, int] = {}

    def admit(right: Any, budget: str, now: int) -> Any:
        admission = right(budget, now)
        left = admission.remaining + refunds.get("refunds", 0)
        return admission._replace(remaining=left) if admission.retry_after is None else admission

    def spoil(_: Asked, answer: Answered) -> None:
        if answer.status == 400:
            refunds["refunds"] = refunds.get("refunds", 0) + 1

    subject.replaced(subject.sandbox.limits, "admit", admit)
    subject.answered(spoil)


@defect("RATE 2", "Remaining doesn't count the request that it answers.")
def remaining_lags_at_first(subject: Subject) -> None:
    """So the first two answers of a burst say the same."""
    names = subject.contract.policy.rate_limit_headers

    def spoil(_: Asked, answer: Answered) -> None:
        limit, remaining = answer.header(names.limit), answer.header(names.remaining)
        if limit.isdigit() and remaining == str(int(limit) - 2):
            answer.set(names.remaining, str(int(limit) - 1))

    subject.answered(spoil)


@defect("RATE 3", "A 429 says to come back a second too soon.", decided=True)
def retry_after_is_short(subject: Subject) -> None:
    def admit(right: Any, budget: str, now: int) -> Any:
        admission = right(budget, now)
        late = admission.retry_after
        return admission if late is None else admission._replace(retry_after=max(1, late - 1))

    subject.replaced(subject.sandbox.limits, "admit", admit)


@defect("RATE 3", "A 429 is no problem of the contract's: its body is an empty object.", decided=True)
def refusal_is_no_problem(subject: Subject) -> None:
    def spoil(_: Asked, answer: Answered) -> None:
        if answer.status == 429:
            answer.json = {}

    subject.answered(spoil)


@defect("RATE 3", "What was refused is counted, so that knocking keeps the door shut.")
def refused_requests_count(subject: Subject) -> None:
    shut: dict[str, int] = {}

    def admit(right: Any, budget: str, now: int) -> Any:
        if now < shut.get(budget, 0):
            shut[budget] += 10**9
            return refusal[budget]
        admission = right(budget, now)
        if admission.retry_after is not None:
            shut[budget], refusal[budget] = now + admission.retry_after * 10**9, admission
        return admission

    refusal: dict[str, Any] = {}
    subject.replaced(subject.sandbox.limits, "admit", admit)


@defect("RATE 4", "In its own header a key has a second budget.")
def header_has_a_second_budget(subject: Subject) -> None:
    carriers: list[str] = []

    def look(asked: Asked) -> None:
        carriers[:] = ["header"] if asked.header(subject.key_header) else ["bearer"]

    subject.asked(look)
    limits = subject.sandbox.limits
    subject.replaced(limits, "admit", lambda right, budget, now: right(f"{budget} {carriers[0]}", now))


@defect("RATE 4", "All keys use up one budget.")
def keys_share_a_budget(subject: Subject) -> None:
    subject.replaced(subject.sandbox.limits, "admit", lambda right, _, now: right("everybody", now))


@defect("RATE 5", "An unknown path is answered without the headers of the limits.")
def unknown_path_lacks_the_limits(subject: Subject) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        if answer.status == 404 and asked.path.endswith("/nothing"):
            answer.set(subject.contract.policy.rate_limit_headers.remaining, None)

    subject.answered(spoil)


@defect("RATE 5", "A 429, and nothing else, lacks the header that says what remains.", beside=("RATE 3",))
def refusal_lacks_what_remains(subject: Subject) -> None:
    def spoil(_: Asked, answer: Answered) -> None:
        if answer.status == 429:
            answer.set(subject.contract.policy.rate_limit_headers.remaining, None)

    subject.answered(spoil)


def _edit(subject: Subject, name: str, edit: Callable[[RateLimit], RateLimit]) -> None:
    stated = subject.contract.policy.rate_limits
    subject.sandbox.limits.adopt([edit(each) if each.name == name else each for each in stated])


DEFECTS: tuple[Defect, ...] = (
    hour_refills_early,
    minute_refills_late,
    hour_without_limit,
    minute_admits_one_more,
    refusals_are_free,
    remaining_lags_at_first,
    retry_after_is_short,
    refusal_is_no_problem,
    refused_requests_count,
    header_has_a_second_budget,
    keys_share_a_budget,
    unknown_path_lacks_the_limits,
    refusal_lacks_what_remains,
)
