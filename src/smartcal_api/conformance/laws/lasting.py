"""BOOK 5, HOOK 5: what was acknowledged is still so, seconds later."""

import time
from urllib.parse import unquote

from smartcal_api.conformance.app import of
from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.subscriber import CANCEL, CANCELLED, CREATE, Subscriber
from smartcal_api.contract import Operation

_LATER = 5.0
_LAST = 6
_OPEN = ("confirmed", "pending")


@law(
    "BOOK 5",
    "What was cancelled stays cancelled, seconds later.",
    over=of(CANCEL),
    needs=(Capability.WRITES,),
    requests=4,
    worth=7,
)
def what_was_cancelled_stays_cancelled(probe: Probe) -> None:
    """The last ones that other laws have cancelled, so that nearly nothing is waited for, and by `full` alone."""
    listing = probe.above(probe.operation)
    done = [each for each in probe.evidence(probe.operation) if each.ok and _is_ours(each)][-_LAST:]
    if not done:
        path = dict.fromkeys(probe.operation.path_names, probe.cancellable())
        done = [probe.call(probe.operation, path=path)]
        probe.succeeds(done[0], "the booking was to come")
    _wait(probe, time.time() - (done[-1].began + done[-1].seconds))
    statuses = {_booking(each, listing): "" for each in done}

    def all_closed() -> bool:
        shown = {str(each["id"]): str(each.get("status")) for each in probe.read(listing, {})}
        statuses.update({each: shown.get(each, "") for each in statuses})
        return not any(status in _OPEN for status in statuses.values())

    probe.settles(all_closed)
    for each in done:
        identifier = _booking(each, listing)
        status = statuses[identifier]
        said = f"{each} was acknowledged, and {identifier} is {status}, seconds later."
        probe.expect(status not in _OPEN, said, by=SAFETY, at=(each, probe.last), kind="back", seen=str(status))


@law(
    "HOOK 5",
    "A subscription that was made is still there, seconds later.",
    over=of(CREATE),
    needs=(Capability.WRITES,),
    requests=3,
    worth=25,
    quick=False,
)
def what_was_made_stays(probe: Probe) -> None:
    subscriber = Subscriber(probe)
    created = subscriber.make(subscriber.body("https://hooks.example.com/smartcal", [CANCELLED]))
    _wait(probe, 0.0)
    there = probe.settles(lambda: subscriber.listed(str(created.object["id"])) is not None)
    said = f"{created} was acknowledged, and the subscription is gone, seconds later."
    probe.expect(there, said, by=SAFETY, at=(created, probe.last), kind="gone")


def _wait(probe: Probe, age: float) -> None:
    """Until it is old enough, by the clock of a control plane where there is one."""
    if not probe.full or not 0 <= age < _LATER:
        return
    if probe.has_control:
        probe.control.advance(_LATER)
    else:
        probe.session.pacing.rest_for(_LATER - age)
    probe.forget()


def _booking(cancelled: Exchange, listing: Operation) -> str:
    return unquote(cancelled.path.removeprefix(f"{listing.path}/").partition("/")[0])


def _is_ours(exchange: Exchange) -> bool:
    return exchange.credential is not None and exchange.credential.account == 0


LAWS: tuple[Law, ...] = (what_was_cancelled_stays_cancelled, what_was_made_stays)
