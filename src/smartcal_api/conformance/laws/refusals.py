"""BOOK: what is refused cancels nothing, and what has ended can't be cancelled."""

from collections.abc import Iterator
from typing import NamedTuple

from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.exchange import Body, Exchange, Fields
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.laws.bookings import CONFLICT, booking_getter, booking_listing, cancellation
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.resources import alike

_JSON: Fields = (("Content-Type", "application/json"),)
_SCHEMA = "/components/schemas/CancelBookingRequest"


class _Refusal(NamedTuple):
    """A request that is to be refused: why, and what says so."""

    why: str
    by: str
    credential: Credential | None
    body: bytes = b"{}"
    method: str = "POST"
    query: str = ""
    headers: Fields = _JSON


@law(
    "BOOK 3",
    "A request that is refused leaves the booking as it was.",
    over=cancellation,
    needs=(Capability.WRITES,),
    requests=22,
    worth=52,
)
def a_refused_request_changes_nothing(probe: Probe) -> None:
    """What is taken that was to be refused has cancelled the booking, so another one is tried on from there."""
    operation, key = probe.operation, probe.credential(probe.operation.scopes)
    booking, before = _one(probe)
    asked = probe.sending(operation, path=dict.fromkeys(operation.path_names, booking), credential=key)
    _unchanged(probe, booking, before, probe.send("GET", asked.target, credential=key), "GET, which only reads")
    for each in _refusals(probe, key):
        target = probe.sending(operation, path=dict.fromkeys(operation.path_names, booking), credential=key).target
        answer = probe.send(
            each.method, target + each.query, credential=each.credential, headers=each.headers, body=each.body
        )
        said = f"{answer} to {each.why}; that is to be refused."
        if probe.expect(not answer.ok, said, by=each.by, at=answer, kind="taken", parameter=each.why):
            _unchanged(probe, booking, before, answer, each.why)
        else:
            booking, before = _one(probe)


@law(
    "BOOK 4",
    "A booking that has ended can't be cancelled, and says so.",
    over=cancellation,
    needs=(Capability.WRITES,),
    requests=4,
    worth=44,
)
def what_has_ended_is_not_cancelled(probe: Probe) -> None:
    ended = [each for each in probe.whole(booking_listing(probe)) if each["status"] in ("completed", "no_show")]
    if not ended:
        probe.give_up("the account has no booking that has ended")
    if probe.target.cancellable is not None or not probe.target.loopback:
        probe.give_up("if the target were wrong, a booking would be cancelled that wasn't named for it")
    booking = probe.rng.choice(ended)
    path = dict.fromkeys(probe.operation.path_names, str(booking["id"]))
    before = probe.call(booking_getter(probe), path=path).object
    answer = probe.call(probe.operation, path=path, body={})
    told = answer.status == 409 and answer.code == "booking_in_the_past"
    said = f"{answer.coded}; the booking is {booking['status']}, so booking_in_the_past."
    probe.expect(told, said, by=CONFLICT, at=answer, kind="told")
    now = probe.call(booking_getter(probe), path=path)
    probe.expect(
        answer.ok
        or now.json == before
        or alike(before, now.object, probe.call(booking_getter(probe), path=path).object),
        f"a booking that is {booking['status']} changed when cancelling it was refused.",
        by=SAFETY,
        at=(answer, now),
        kind="changed",
    )


def _one(probe: Probe) -> tuple[str, Body]:
    """A booking that can be cancelled, and what is shown of it."""
    booking = probe.cancellable()
    return booking, probe.call(booking_getter(probe), path=dict.fromkeys(probe.operation.path_names, booking)).object


def _unchanged(probe: Probe, booking: str, before: Body, refused: Exchange, why: str) -> None:
    path = dict.fromkeys(probe.operation.path_names, booking)
    after = probe.call(booking_getter(probe), path=path)
    said = f"{after} isn't what it was before {refused} to {why}."
    same = after.json == before or alike(before, after.object, probe.call(booking_getter(probe), path=path).object)
    probe.expect(same, said, by=SAFETY, at=(refused, after), kind="changed", parameter=why)


def _refusals(probe: Probe, key: Credential) -> Iterator[_Refusal]:
    """The gravest first."""
    scopes = probe.operation.scopes
    responses = f"{probe.operation.pointer}/responses"
    yield _Refusal("no credential", "/components/securitySchemes/bearerKey", None)
    lesser = next((each for each in probe.credentials() if not scopes <= probe.session.satisfied(each)), None)
    if lesser is not None:
        yield _Refusal("too little scope", f"{probe.operation.pointer}/security", lesser)
    yield _Refusal("another method", "/x-unrouted-responses", key, b"", "DELETE", headers=())
    yield _Refusal("a reason that is a number", _SCHEMA, key, b'{"reason": 1}')
    yield _Refusal("a member that there isn't", _SCHEMA, key, b'{"no_such_member": 1}')
    yield _Refusal("text", f"{responses}/415", key, b"x", headers=(("Content-Type", "text/plain"),))
    yield _Refusal("a parameter that there isn't", "/info/description", key, query="?no_such_parameter=1")


LAWS: tuple[Law, ...] = (a_refused_request_changes_nothing, what_has_ended_is_not_cancelled)
