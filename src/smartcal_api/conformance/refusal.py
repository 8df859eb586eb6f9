"""How an app is refused by the token endpoint, in the JSON of RFC 6749."""

import re

from smartcal_api.conformance.basis import Ground
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.probe import Probe

_NUMBER = re.compile(r"\d+|'[^']*'|https?://\S+")
"""What of a reason is of one run."""


def error(answer: Exchange) -> str | None:
    """The error of a refusal in the JSON of RFC 6749."""
    found = answer.problem.get("error")
    return found if isinstance(found, str) else None


def told(answer: Exchange) -> str:
    """An answer and its error, in words."""
    return f"{answer} with {f'the error {error(answer)}' if error(answer) else 'no error'}"


def refuses(probe: Probe, answer: Exchange, due: str, why: str, *, status: int = 400, must: Ground | str = "") -> bool:
    """Whether an app was refused. That it `must` be ends the law where it wasn't; how it is told the contract says."""
    responses = f"{probe.operation.pointer}/responses"
    parameter = _NUMBER.sub("…", why)
    said = f"{told(answer)}; {why}, so {status} {due}."
    refused = probe.expect(
        not answer.ok, said, by=must or responses, at=answer, kind=f"{due} given", parameter=parameter
    )
    same = answer.status == status and error(answer) == due
    probe.expect(not refused or same, said, by=responses, at=answer, kind=due, parameter=parameter)
    return refused
