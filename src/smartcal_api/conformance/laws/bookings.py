"""BOOK: a booking is cancelled once, and everything that shows it says so."""

from collections.abc import Iterable
from typing import Any

from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Inconclusive
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.oracle import instant
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.text import LOST, kept
from smartcal_api.contract import Contract, Operation


def cancellation(contract: Contract) -> Iterable[Operation]:
    return (each for each in contract.operations.values() if each.id == "cancelBooking")


@law(
    "BOOK 1",
    "Cancelling works once, keeps the reason byte for byte, and shows at once wherever the booking does.",
    over=cancellation,
    needs=(Capability.WRITES,),
    requests=46,
    worth=90,
)
def a_booking_is_cancelled_once_and_shows_it(probe: Probe) -> None:
    word = "".join(probe.rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(8))
    awkward = f"  smartcal-verify {word}  Ünïcödé e\u0301 🗓️\t\"\\/\n<b>&amp;it's %s 50%{word} "
    reasons = [awkward, awkward.ljust(_longest(probe), "x"), word[0], None]
    probe.for_each(reasons[:2], lambda reason: _cancel_and_look(probe, reason))
    probe.for_each(reasons[2:], lambda reason: _cancel_and_look(probe, reason), quick=1)


@law(
    "BOOK 2",
    "Of many cancellations at once, one succeeds.",
    over=cancellation,
    needs=(Capability.WRITES,),
    requests=52,
    worth=48,
)
def of_many_at_once_one_succeeds(probe: Probe) -> None:
    count = 50 if probe.full else 10
    probe.credential(probe.operation.scopes)
    path = dict.fromkeys(probe.operation.path_names, probe.cancellable())
    keys = [each for each in probe.credentials() if probe.operation.scopes <= probe.session.satisfied(each)]
    sendings = [probe.sending(probe.operation, path=path, credential=keys[i % len(keys)]) for i in range(count)]
    counted = [each for each in probe.together(sendings) if each.status != 429]
    if len(counted) < 2:
        probe.give_up(f"{count - len(counted)} of {count} at once were 429")
    won = [each for each in counted if each.ok]
    said = f"{count} at once gave {_tally(each.status for each in counted)}"
    probe.expect(len(won) <= 1, f"{said}; one cancels it.", by=SAFETY, at=won, kind="twice", seen="twice")
    failed = [each for each in counted if each.status >= _FAILURE]
    none = f"{said}; none cancelled it."
    probe.expect(bool(won) or len(failed) < len(counted), none, by=SAFETY, at=failed[:1], kind="failure")
    if not won:
        probe.give_up(f"{said}, so none cancelled it")
    others = [each for each in counted if each.status != 409 and each not in won]
    told = f"{said}; the others are 409."
    probe.expect(not others, told, by=CONFLICT, at=others[:1], kind="others")


def _cancel_and_look(probe: Probe, reason: str | None) -> None:
    booking = probe.cancellable()
    path = dict.fromkeys(probe.operation.path_names, booking)
    getter, listing = booking_getter(probe), booking_listing(probe)
    before = probe.call(getter, path=path).object
    others = _others(probe, booking)
    first = probe.call(probe.operation, path=path, body=None if reason is None else {"reason": reason})
    why = f"the booking was {before.get('status')} and to come"
    odd = reason is not None and not reason.isalnum()
    if odd and 400 <= first.status < _FAILURE:
        # How long a reason may be, and of what, is not said.
        by = "/components/schemas/CancelBookingRequest"
        probe.expect(False, f"{first}; {why}.", by=by, at=first, kind="reason refused", seen="")
        return
    probe.succeeds(first, why)
    second = probe.call(probe.operation, path=path, body={})
    twice = f"{second}; it was cancelled already."
    probe.expect(not second.ok, twice, by=SAFETY, at=(first, second), kind="second")
    told = second.status == 409 and second.code == "booking_already_cancelled"
    said = f"{second.coded}; it was cancelled already, so 409 booking_already_cancelled."
    probe.expect(told, said, by=CONFLICT, at=second, kind="second told")
    _shows(probe, getter, path, booking, before)
    touched = sorted(name for name, status in _others(probe, booking).items() if others.get(name, status) != status)
    said = f"with {booking} {', '.join(touched)[:200]} changed, too."
    probe.expect(not touched, said, by=SAFETY, at=first, kind="others", seen="")
    got = probe.call(getter, path=path)
    listed = next((each for each in probe.read(listing, {}) if str(each["id"]) == booking), None)
    for where, seen in (("the answer", first.problem), ("GET", got.object), ("the list", listed or {})):
        _is_cancelled(probe, where, seen, reason, first)
        rest = {key: value for key, value in seen.items() if key not in _CHANGES}
        same = {key: value for key, value in before.items() if key not in _CHANGES}
        more = sorted(key for key in {*rest, *same} if rest.get(key) != same.get(key))
        _has_its_time(probe, where, before, seen, first)
        changed = f"{where} of {booking} has another {', '.join(more)} than before."
        probe.expect(not more, changed, by=BOOKING, kind="more", parameter=where)
    upcoming = next((p for p in listing.parameters if p.filter and p.filter.when is True), None)
    if upcoming is not None:
        ahead = [str(each["id"]) for each in probe.read(listing, {upcoming.name: "true"})]
        still = f"{booking} is cancelled, and still {upcoming.name}."
        probe.expect(
            booking not in ahead,
            still,
            by=f"{listing.pointer}/parameters/{listing.parameters.index(upcoming)}/x-filter",
            kind="upcoming",
        )
    _its_event(probe, got.object)


def _has_its_time(probe: Probe, where: str, before: dict[str, Any], seen: dict[str, Any], first: Exchange) -> None:
    """It is cancelled, not moved; how an instant is written may differ."""
    for name in _TIMES:
        was, now = before.get(name), seen.get(name)
        if isinstance(was, str) and isinstance(now, str) and was != now:
            said = f"{where} has {name} {now} after cancelling, and had {was} before."
            same = instant(was) == instant(now)
            probe.expect(same, said, by=SAFETY, at=first, kind="moved", parameter=f"{where} {name}")


def _others(probe: Probe, booking: str) -> dict[str, Any]:
    """Whether each other booking is cancelled."""
    every = probe.read(booking_listing(probe), {})
    return {str(each["id"]): each.get("status") == "cancelled" for each in every if str(each["id"]) != booking}


def _shows(probe: Probe, getter: Operation, path: dict[str, str], booking: str, before: dict[str, Any]) -> None:
    """Reading it and listing it have to show the cancellation at once, and must show it soon: replicas may lag."""
    was = before["status"]

    def read() -> bool:
        answer = probe.call(getter, path=path)
        probe.succeeds(answer, f"{booking} is cancelled, not gone", by=SAFETY)
        return bool(answer.object["status"] != was)

    def listed() -> bool:
        every = probe.read(booking_listing(probe), {})
        return any(str(each["id"]) == booking and each["status"] != was for each in every)

    for where, look in (("GET", read), ("the list", listed)):
        if look():
            continue
        at_once = f"{where} shows {booking} as {was} right after it was cancelled."
        probe.expect(False, at_once, by=f"{probe.operation.pointer}/responses", kind="lags", parameter=where)
        late = f"{where} shows {booking} as {was}, five seconds after it was cancelled."
        probe.expect(probe.settles(look), late, by=SAFETY, kind="lost", parameter=where)


def _its_event(probe: Probe, booking: dict[str, Any]) -> None:
    events = next((each for each in probe.contract.operations.values() if each.path_names == ("event_id",)), None)
    if events is None or not booking.get("event_id"):
        return
    try:
        answer = probe.call(events, path={"event_id": str(booking["event_id"])})
        status = answer.object.get("status")
    except Inconclusive:
        return
    said = f"{answer}: the event is {status}; its booking is cancelled."
    probe.expect(status == "cancelled", said, by=f"{events.pointer}/responses", at=answer, kind="event")


def _is_cancelled(probe: Probe, where: str, seen: dict[str, Any], reason: str | None, first: Exchange) -> None:
    status = seen.get("status")
    said = f"{where} has the status {status!r} after cancelling."
    probe.expect(status == "cancelled", said, by=BOOKING, kind="status", parameter=where, seen=str(status))
    cancellation = seen.get("cancellation")
    told = cancellation.get("reason") if isinstance(cancellation, dict) else None
    shown = f"{where} has the reason {told!r}; {reason!r} was sent."
    probe.expect(told == reason, shown, by=BOOKING, kind="reason", parameter=where)
    if reason is not None:
        how = kept(reason, seen)
        mangled = f"{where} tells the reason as {how.told!r}; {reason!r} was sent."
        probe.expect(how.kind not in LOST, mangled, by=SAFETY, at=first, kind="mangled", parameter=where, seen="")


def _longest(probe: Probe) -> int:
    """How long a reason may be."""
    schemas = probe.contract.data["components"]["schemas"]
    return int(schemas.get("CancellationReason", {}).get("maxLength", 100))


def booking_getter(probe: Probe) -> Operation:
    path = probe.operation.path.rpartition("/")[0]
    return next(each for each in probe.contract.operations.values() if each.path == path and each.method == "GET")


def booking_listing(probe: Probe) -> Operation:
    path = probe.operation.path.partition("/{")[0]
    return next(each for each in probe.contract.operations.values() if each.path == path and each.listing)


def _tally(statuses: Iterable[int]) -> str:
    found = list(statuses)
    return ", ".join(f"{found.count(status)} × {status}" for status in sorted(set(found)))


_FAILURE = 500
_TIMES = ("start_time", "end_time")
_CHANGES = frozenset({"status", "cancellation", "updated_at"})
CONFLICT = "/components/responses/BookingConflict"
BOOKING = "/components/schemas/Booking"
LAWS: tuple[Law, ...] = (
    a_booking_is_cancelled_once_and_shows_it,
    of_many_at_once_one_succeeds,
)
