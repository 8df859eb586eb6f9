"""RATE 3: what happens to who uses a budget up. A log, a fixed window and a bucket all keep what is documented."""

import math

from smartcal_api.conformance.app import AUTHORIZE, some_app
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.credential import Carrier, Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Inconclusive, NotVerified
from smartcal_api.conformance.law import Law, keyed, law
from smartcal_api.conformance.laws.rates import cheapest, fresh_key
from smartcal_api.conformance.laws.windows import LIMITS, MORE, frozen, windows
from smartcal_api.conformance.probe import Probe
from smartcal_api.contract import Operation, RateLimit

_REFUSAL = "/components/responses/RateLimited"
_AT_ONCE = 10
_SLACK = 2
_REFUSED = 3
"""Refusals that show that it is the limit, and not an accident."""


class _Spent:
    """A credential that is used until it is refused: how many requests were admitted, in how long."""

    def __init__(self, probe: Probe, operation: Operation, key: Credential, window: RateLimit) -> None:
        self._probe, self._operation, self._key, self._window = probe, operation, key, window
        self.admitted: list[Exchange] = []
        self.refusals: list[Exchange] = []
        self.seconds = 0.0
        began = probe.session.pacing.now()
        while len(self.refusals) < _REFUSED and len(self.admitted) <= self.most:
            for answer in self._some():
                (self.admitted if answer.ok else self.refusals).append(answer)
            self.seconds = probe.session.pacing.now() - began

    @property
    def refilled(self) -> int:
        """What a bucket gives back meanwhile."""
        rate = self._window.limit / self._window.window_seconds
        return 0 if self._probe.has_control else math.ceil(rate * self.seconds) + _SLACK

    @property
    def most(self) -> int:
        """More than that no form of the limit admits: a fixed window may end meanwhile, a bucket refill once."""
        return 2 * self._window.limit + _SLACK

    def _some(self) -> list[Exchange]:
        """One after the other by a clock that stands; else many at once, as an answer can take longer than a refill."""
        if self._probe.has_control:
            return [self._probe.call(self._operation, credential=self._key, take_429=True)]
        sending = self._probe.sending(self._operation, credential=self._key)
        return self._probe.session.together([sending] * _AT_ONCE, whatever=True)


@law(
    "RATE 3",
    "A 429 is a problem that says when to come back; coming back then is admitted, and what was refused doesn't count.",
    over=keyed,
    needs=(Capability.EXHAUST,),
    requests=220,
    worth=6,
)
def a_refusal_says_when_to_come_back(probe: Probe) -> None:
    """A token of a client is as good as a key, and its budget is whole from the start and nobody else's."""
    operation, window = cheapest(probe), windows(probe)[0]
    if probe.session.pacing.reserved:
        probe.give_up("--reserve leaves requests to others, so no budget can be used up")
    token = _fresh_token(probe)
    with frozen(probe):
        if token is not None:
            _is_limited(probe, operation, token, window, own=True)
        if token is not None and not probe.full and not probe.has_control:
            return
        key = fresh_key(probe)
        probe.session.pacing.before(key.value, room=window.limit)
        spent = _is_limited(probe, operation, key, window, own=probe.alone)
        if spent is None:
            return
        _is_the_keys_own(probe, operation, key)
        _is_as_the_contract_has_it(probe, operation, key, spent.refusals[0])
        if len(spent.admitted) > window.limit + spent.refilled:
            _admits_no_more(probe, operation, key, window, len(spent.admitted))


def _is_limited(probe: Probe, operation: Operation, key: Credential, window: RateLimit, *, own: bool) -> _Spent | None:
    """What came of using it up, where it can be: it is refused, by 429, and not before the limit is reached."""
    spent = _Spent(probe, operation, key, window)
    count = len(spent.admitted)
    said = f"{count} requests in {spent.seconds:.0f} s were all admitted; {window.limit} in a {window.name} are."
    none, kind = spent.admitted[-1:], key.kind.value
    if not probe.expect(bool(spent.refusals), said, by=LIMITS, at=none, kind="no limit", parameter=kind):
        return None
    first = spent.refusals[0]
    said = f"{first}, after {count} requests in {spent.seconds:.0f} s; what exceeds the limit is 429."
    probe.expect(first.status == 429, said, by=_REFUSAL, at=first, kind="status", parameter=kind)
    names = probe.contract.policy.rate_limit_headers
    told = spent.admitted[0].header(names.remaining) or "" if spent.admitted else ""
    used = told.isdigit() and int(told) < window.limit - _AT_ONCE - 1
    if count < window.limit and used and not own and not probe.target.exhaust:
        probe.give_up(f"a budget had {told} left at first: somebody else seems to use {key.label}")
    said = f"{first}, after {count} of {window.limit} in a {window.name}: refused while there is room."
    enough = count >= window.limit
    probe.expect(enough, said, by=LIMITS, at=first, kind="refused early", parameter=kind, seen="")
    return spent


def _fresh_token(probe: Probe) -> Credential | None:
    """One that nobody has used, where a client gets one without anything typed in."""
    if not probe.target.clients or not probe.target.writable or AUTHORIZE not in probe.contract.operations:
        return None
    try:
        app = some_app(probe)
        return app.bearer({"scope": "read", **app.tokens("read")})
    except (Inconclusive, NotVerified):
        return None


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
