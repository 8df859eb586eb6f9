"""BOOK: a booking is cancelled once, and everything that shows it says so."""

from collections.abc import Iterable
from typing import Any

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Finding
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.probe import Probe
from smartcal_api.contract import Contract, Operation


def _cancel(contract: Contract) -> Iterable[Operation]:
    return (each for each in contract.operations.values() if each.id == "cancelBooking")


@law(
    "BOOK 1",
    "Cancelling works once, keeps the reason byte for byte, and shows at once wherever the booking does.",
    over=_cancel,
    needs=(Capability.WRITES,),
    requests=34,
    worth=90,
)
def a_booking_is_cancelled_once_and_shows_it(probe: Probe) -> None:
    word = "".join(probe.rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(8))
    awkward = f'  {word}  Ünïcödé 🗓️\t"\\/\n<b>&amp;{word} '
    reasons = [awkward, awkward.ljust(_longest(probe), "x"), word[0], None]
    probe.for_each(reasons, lambda reason: _cancel_and_look(probe, reason), quick=1)


@law(
    "BOOK 2",
    "Of many cancellations at once, one succeeds.",
    clause="/components/responses/BookingConflict",
    over=_cancel,
    needs=(Capability.WRITES,),
    requests=52,
    worth=48,
)
def of_many_at_once_one_succeeds(probe: Probe) -> None:
    count = 50 if probe.full else 10
    booking = probe.cancellable()
    path = dict.fromkeys(probe.operation.path_names, booking)
    keys = [each for each in probe.credentials() if probe.operation.scopes <= probe.session.satisfied(each)]
    sendings = [probe.sending(probe.operation, path=path, credential=keys[i % len(keys)]) for i in range(count)]
    answers = probe.together(sendings)
    counted = [each for each in answers if each.status != 429]
    statuses = sorted(each.status for each in counted)
    if len(counted) < 2:
        probe.give_up(f"{len(answers) - len(counted)} of {count} at once were 429")
    due = [200] + [409] * (len(counted) - 1)
    probe.expect(statuses == due, f"{count} at once gave {_tally(statuses)}; one is 200 and the others 409.")


@law(
    "BOOK 3",
    "A request that is refused leaves the booking as it was.",
    over=_cancel,
    needs=(Capability.WRITES,),
    requests=10,
    worth=52,
)
def a_refused_request_changes_nothing(probe: Probe) -> None:
    booking = probe.cancellable()
    path = dict.fromkeys(probe.operation.path_names, booking)
    getter, key = _getter(probe), probe.credential(probe.operation.scopes)
    before = probe.call(getter, path=path).body
    target = probe.sending(probe.operation, path=path, credential=key).target
    json_type = (("Content-Type", "application/json"),)
    refused: list[Exchange] = [
        probe.send("POST", target, headers=json_type, body=b"{}"),
        probe.send("POST", target, credential=key, headers=json_type, body=b'{"reason": 1}'),
        probe.send("POST", target, credential=key, headers=json_type, body=b'{"no_such_member": 1}'),
        probe.send("POST", target, credential=key, headers=(("Content-Type", "text/plain"),), body=b"x"),
        probe.send("POST", f"{target}?no_such_parameter=1", credential=key, headers=json_type, body=b"{}"),
        probe.send("DELETE", target, credential=key),
    ]
    refused += [
        probe.call(probe.operation, path=path, body={}, credential=each) for each in _too_little(probe, probe.operation)
    ]
    for answer in refused:
        probe.expect(answer.status >= 400, f"{answer}; that is to be refused.", kind="taken")
    after = probe.call(getter, path=path)
    same = after.body == before
    probe.expect(
        same, f"{after} isn't what it was before {len(refused)} requests, all of them refused.", kind="changed"
    )


@law(
    "BOOK 4",
    "A booking that has ended can't be cancelled, and says so.",
    clause="/components/responses/BookingConflict",
    over=_cancel,
    needs=(Capability.WRITES,),
    requests=4,
    worth=44,
)
def what_has_ended_is_not_cancelled(probe: Probe) -> None:
    getter = _getter(probe)
    ended = [each for each in probe.whole(_listing(probe)) if each["status"] in ("completed", "no_show")]
    if not ended:
        probe.give_up("the account has no booking that has ended")
    if probe.target.cancellable is not None or not probe.target.loopback:
        probe.give_up("if the target were wrong, a booking would be cancelled that wasn't named for it")
    booking = probe.rng.choice(ended)
    path = dict.fromkeys(probe.operation.path_names, booking["id"])
    answer = probe.call(probe.operation, path=path, body={})
    told = answer.status == 409 and answer.code == "booking_in_the_past"
    probe.expect(told, f"{answer} with {answer.code!r}; the booking is {booking['status']}, so booking_in_the_past.")
    now = probe.call(getter, path=path).json
    probe.expect(now == booking, f"a booking that is {booking['status']} changed when cancelling it was refused.")


def _cancel_and_look(probe: Probe, reason: str | None) -> None:
    booking = probe.cancellable()
    path = dict.fromkeys(probe.operation.path_names, booking)
    getter, listing = _getter(probe), _listing(probe)
    before = probe.call(getter, path=path).json
    first = probe.call(probe.operation, path=path, body=None if reason is None else {"reason": reason})
    probe.expect(first.status == 200, f"{first}; the booking was {before['status']} and to come.", kind="first")
    second = probe.call(probe.operation, path=path, body={})
    told = second.status == 409 and second.code == "booking_already_cancelled"
    probe.expect(told, f"{second} with {second.code!r}; it was cancelled already.", kind="second", clause=_CONFLICT)
    got = probe.call(getter, path=path).json
    listed = next((each for each in probe.read(listing, {}) if each["id"] == booking), None)
    for where, seen in (("the answer", first.json), ("GET", got), ("the list", listed)):
        _is_cancelled(probe, where, seen, reason)
        rest = {key: value for key, value in (seen or {}).items() if key not in _CHANGES}
        kept = {key: value for key, value in before.items() if key not in _CHANGES}
        probe.expect(rest == kept, f"{where} of {booking} has changed more than its cancellation.", kind="more")
    upcoming = next((p for p in listing.parameters if p.filter and p.filter.when is True), None)
    if upcoming is not None:
        ahead = [each["id"] for each in probe.read(listing, {upcoming.name: "true"})]
        probe.expect(booking not in ahead, f"{booking} is cancelled, and still {upcoming.name}.", kind="upcoming")
    _its_event(probe, got)


def _its_event(probe: Probe, booking: dict[str, Any]) -> None:
    events = next((each for each in probe.contract.operations.values() if each.path_names == ("event_id",)), None)
    if events is None or not booking.get("event_id"):
        return
    try:
        event = probe.call(events, path={"event_id": booking["event_id"]}).json
    except Finding:
        probe.give_up("the event of the booking can't be read")
    probe.expect(
        event.get("status") == "cancelled",
        f"event {booking['event_id']} is {event.get('status')}; its booking is cancelled.",
        kind="event",
    )


def _is_cancelled(probe: Probe, where: str, seen: Any, reason: str | None) -> None:
    seen = seen or {}
    cancellation = seen.get("cancellation") or {}
    probe.expect(
        seen.get("status") == "cancelled",
        f"{where} has the status {seen.get('status')!r} after cancelling.",
        kind="status",
    )
    probe.expect(
        cancellation.get("reason") == reason,
        f"{where} has the reason {cancellation.get('reason')!r}; {reason!r} was sent.",
        kind="reason",
    )


def _longest(probe: Probe) -> int:
    """How long a reason may be."""
    schemas = probe.contract.data["components"]["schemas"]
    return int(schemas.get("CancellationReason", {}).get("maxLength", 100))


def _getter(probe: Probe) -> Operation:
    path = probe.operation.path.rpartition("/")[0]
    return next(each for each in probe.contract.operations.values() if each.path == path and each.method == "GET")


def _listing(probe: Probe) -> Operation:
    path = probe.operation.path.partition("/{")[0]
    return next(each for each in probe.contract.operations.values() if each.path == path and each.listing)


def _too_little(probe: Probe, operation: Operation) -> list[Credential]:
    return [each for each in probe.credentials() if not operation.scopes <= probe.session.satisfied(each)][:1]


def _tally(statuses: list[int]) -> str:
    return ", ".join(f"{statuses.count(status)} × {status}" for status in sorted(set(statuses)))


_CHANGES = frozenset({"status", "cancellation", "updated_at"})
_CONFLICT = "/components/responses/BookingConflict"
LAWS: tuple[Law, ...] = (
    a_booking_is_cancelled_once_and_shows_it,
    of_many_at_once_one_succeeds,
    a_refused_request_changes_nothing,
    what_has_ended_is_not_cancelled,
)
