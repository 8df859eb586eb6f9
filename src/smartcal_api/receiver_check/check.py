"""Sends the cases one after the other, and judges each answer."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.receiver_check.cases import Case
from smartcal_api.webhooks.attempt import Request, Sender
from smartcal_api.webhooks.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a case; `fault` is what is wrong with that and why it matters, or None."""

    case: Case
    answered: str
    fault: str | None


async def check(contract: Contract, url: str, tried: Iterable[Case], sender: Sender) -> AsyncIterator[Verdict]:
    """A verdict for each case, as it comes; raises `UsageError` where nobody is there in the first place."""
    policy = contract.policy
    media_type = contract.webhook_media_type(next(iter(contract.data["webhooks"])))
    for number, case in enumerate(tried):
        signature = () if case.signature is None else ((policy.webhook_signature.header, case.signature),)
        request = Request(url, case.body, (("Content-Type", media_type), *signature, *case.headers))
        outcome = await sender.send(request, timeout=policy.retry_schedule.attempt_timeout_seconds)
        if number == 0 and outcome.status is None:
            raise UsageError(f"{url}: no answer: {outcome.error}: {outcome.detail}.")
        answered = str(outcome.status) if outcome.status is not None else str(outcome.error)
        yield Verdict(case, answered, _fault(case, outcome))


def _fault(case: Case, outcome: Outcome) -> str | None:
    status = outcome.status
    if status is None:
        # Hanging up on what is too large, before all of it has come, is a refusal as well.
        hung_up = not case.take and outcome.error in ("connection_lost", "no_http")
        return None if hung_up else f"gave no answer ({outcome.error}): {case.why}"
    if case.take:
        return None if outcome.success else f"refused with {status}, which must be taken: {case.why}"
    if outcome.success:
        return f"taken with {status}, which must be refused: {case.why}"
    return None if 400 <= status < 500 else f"answered {status}, which is not a refusal: {case.why}"
