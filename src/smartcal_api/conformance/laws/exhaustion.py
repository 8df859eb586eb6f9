"""RATE 3: what happens to who uses a budget up. A log, a fixed window and a bucket all keep what is documented."""

import math

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.credential import Carrier, Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.laws.rates import cheapest, fresh_key
from smartcal_api.conformance.laws.windows import LIMITS, MORE, frozen, windows
from smartcal_api.conformance.probe import Probe
from smartcal_api.contract import Operation, RateLimit

_REFUSAL = "/components/responses/RateLimited"
_AT_ONCE = 10
_SLACK = 2


class _Spent:
    """A key that is used until it is refused: how many requests were admitted, in how long."""

    def __init__(self, probe: Probe, operation: Operation, key: Credential, window: RateLimit) -> None:
        self._probe, self._operation, self._key, self._window = probe, operation, key, window
        self.admitted: list[Exchange] = []
        self.refusal: Exchange | None = None
        began = probe.session.pacing.now()
        while self.refusal is None and len(self.admitted) <= self.most:
            for answer in self._some():
                if answer.status == 429:
                    self.refusal = self.refusal or answer
                else:
                    self.admitted.append(answer)
            self.seconds = probe.session.pacing.now() - began

    @property
    def refilled(self) -> int:
        """What a bucket gives back meanwhile."""
        return 0 if self._probe.has_control else math.ceil(self._rate * self.seconds) + _SLACK

    @property
    def most(self) -> int:
        """More than that no form of the limit admits: a fixed window may end meanwhile, a bucket refill once."""
        return 2 * self._window.limit + _SLACK

    seconds: float = 0.0

    @property
    def _rate(self) -> float:
        return self._window.limit / self._window.window_seconds

    def _some(self) -> list[Exchange]:
        """One after the other by a clock that stands; else many at once, as an answer can take longer than a refill."""
        if self._probe.has_control:
            return [self._probe.call(self._operation, credential=self._key, take_429=True)]
        sending = self._probe.sending(self._operation, credential=self._key)
        return self._probe.session.together([sending] * _AT_ONCE)


@law(
    "RATE 3",
    "A 429 is a problem that says when to come back; coming back then is admitted, and what was refused counts not.",
    needs=(Capability.EXHAUST,),
    requests=112,
    worth=6,
    quick=False,
)
def a_refusal_says_when_to_come_back(probe: Probe) -> None:
    operation, key = cheapest(probe), fresh_key(probe)
    window = windows(probe)[0]
    if probe.session.pacing.reserved:
        probe.give_up("--reserve leaves requests to others, so no budget can be used up")
    with frozen(probe):
        probe.session.pacing.before(key.value, room=window.limit)
        spent = _Spent(probe, operation, key, window)
        count = len(spent.admitted)
        said = f"{count} requests in {spent.seconds:.0f} s were all admitted; {window.limit} in a {window.name} are."
        if not probe.expect(spent.refusal is not None, said, by=LIMITS, at=spent.admitted[-1:], kind="no limit"):
            return
        assert spent.refusal is not None
        _holds_enough(probe, spent, key, window)
        _is_the_keys_own(probe, operation, key)
        _is_as_the_contract_has_it(probe, operation, key, spent.refusal)
        if count > window.limit + spent.refilled:
            _admits_no_more(probe, operation, key, window, count)


def _holds_enough(probe: Probe, spent: _Spent, key: Credential, window: RateLimit) -> None:
    """Nothing is refused while fewer than the limit were sent: a bucket that holds fewer refuses what is documented."""
    count = len(spent.admitted)
    names = probe.contract.policy.rate_limit_headers
    first = spent.admitted[0] if spent.admitted else spent.refusal
    told = (first.header(names.remaining) or "") if first else ""
    if count < window.limit and not probe.alone and told.isdigit() and int(told) < window.limit - _AT_ONCE - 1:
        probe.give_up(f"a budget had {told} left at first: somebody else seems to use {key.label}")
    said = f"{spent.refusal}, after {count} of {window.limit} in a {window.name}: refused while there is room."
    probe.expect(count >= window.limit, said, by=LIMITS, at=spent.refusal or (), kind="refused early", seen="")


def _is_the_keys_own(probe: Probe, operation: Operation, key: Credential) -> None:
    """In its other header the key is refused, too, and another key isn't."""
    if probe.session.key_header:
        tried = [
            probe.call(operation, credential=key, carrier=Carrier.HEADER, take_429=True) for _ in range(2 * _SLACK)
        ]
        some = any(each.status == 429 for each in tried)
        said = f"{tried[-1]} in its own header, {len(tried)} times, of a key that is used up as Bearer."
        probe.expect(some, said, by=LIMITS, at=tried[-1], kind="two budgets")
    others = [each for each in probe.credentials() if each.value != key.value]
    fitting = [each for each in others if operation.scopes <= probe.session.satisfied(each)]
    if fitting:
        other = probe.session.pacing.choose(fitting)
        probe.session.pacing.before(other.value)
        answer = probe.call(operation, credential=other, take_429=True)
        said = f"{answer} to {other.label}, while {key.label} is used up."
        shared = answer.status != 429 or not probe.alone
        probe.expect(shared, said, by=LIMITS, at=answer, kind="one budget")


def _is_as_the_contract_has_it(probe: Probe, operation: Operation, key: Credential, answer: Exchange) -> None:
    names = probe.contract.policy.rate_limit_headers
    if probe.has_control:
        for refused in (probe.call(operation, credential=key, take_429=True) for _ in range(MORE)):
            said = f"{refused} after a 429 of the same moment."
            probe.expect(refused.status == 429, said, by=LIMITS, at=refused, kind="flicker")
    stated = answer.header(names.retry_after) or ""
    sound = stated.isdigit() and int(stated) >= 1
    said = f"{answer} has {names.retry_after} {stated!r}; that is whole seconds, at least 1."
    probe.expect(sound, said, by="/x-rate-limit-headers/retry_after", at=answer, kind="retry")
    said = f"{answer.coded}; that is rate_limited."
    probe.expect(answer.code == "rate_limited", said, by="/components/schemas/Problem", at=answer, kind="code")
    longest = windows(probe)[0].window_seconds
    seconds = int(stated) if sound and int(stated) <= longest else longest
    if probe.has_control:
        probe.control.advance(seconds)
    else:
        probe.session.pacing.pause(seconds + 0.5, key.value)
    back = probe.call(operation, credential=key, take_429=True)
    said = f"{back}, {seconds} s after a 429 that said {stated or 'nothing'}."
    by = LIMITS if seconds >= longest else "/x-rate-limit-headers/retry_after"
    probe.expect(back.status != 429, said, by=by, at=back, kind="not-back")


def _admits_no_more(probe: Probe, operation: Operation, key: Credential, window: RateLimit, count: int) -> None:
    """More than the limit came through, as where a fixed window ends meanwhile: at its beginning none does."""
    while probe.call(operation, credential=key, take_429=True).status != 429:
        continue
    for _ in range(2 * window.window_seconds):
        if probe.call(operation, credential=key, take_429=True).status != 429:
            break
        probe.session.pacing.rest_for(1.0)
    spent = _Spent(probe, operation, key, window)
    again = len(spent.admitted) + 1
    said = f"{count} and then {again} requests in a row were admitted; {window.limit} in a {window.name} are."
    probe.expect(
        again <= window.limit + spent.refilled, said, by=LIMITS, at=spent.admitted[-1:], kind="too many", seen=""
    )


LAWS: tuple[Law, ...] = (a_refusal_says_when_to_come_back,)
