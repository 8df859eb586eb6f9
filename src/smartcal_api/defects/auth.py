"""AUTH: somebody comes in who shouldn't, is kept out who should come in, or learns too much."""

from dataclasses import replace
from functools import partial
from typing import Any

from smartcal_api.defects.defect import Defect, defect
from smartcal_api.defects.message import Answered, Asked
from smartcal_api.defects.subject import Subject
from smartcal_api.errors import Problem
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.served import Handler


@defect("AUTH 1", "A 401 doesn't say how to come in: it has no WWW-Authenticate.")
def refusal_without_challenge(subject: Subject) -> None:
    def spoil(_: Asked, answer: Answered) -> None:
        if answer.status == 401:
            answer.set("WWW-Authenticate", None)

    subject.answered(spoil)


@defect("AUTH 1", "Without a credential, the challenge calls the token invalid that wasn't sent.", decided=True)
def challenge_blames_what_was_not_sent(subject: Subject) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        if answer.status == 401 and not asked.header("authorization") and not asked.header(subject.key_header):
            answer.set("WWW-Authenticate", answer.header("WWW-Authenticate") + ', error="invalid_token"')

    subject.answered(spoil)


@defect("AUTH 1", "A wrong credential is refused as if there were none: the challenge lacks its error.", decided=True)
def challenge_without_error(subject: Subject) -> None:
    def spoil(_: Asked, answer: Answered) -> None:
        if answer.status == 401:
            answer.set("WWW-Authenticate", answer.header("WWW-Authenticate").partition(",")[0])

    subject.answered(spoil)


@defect("AUTH 1", "One operation, reading an event, is open to anybody.")
def event_open_to_anybody(subject: Subject) -> None:
    def let_in(right: Any, identity: Any) -> Problem | None:
        return None if identity.principal is None else right(identity)

    subject.replaced(subject.served("getEvent").authorization, "refusal", let_in)


@defect("AUTH 1", "A key with one character too many is taken for the key.")
def longer_key_is_taken(subject: Subject) -> None:
    subject.replaced(subject.sandbox, "find", lambda find, secret: find(secret) or find(secret[:-1]))


@defect("AUTH 2", "A key in the query is read, where every proxy logs it.", decided=True)
def key_in_the_query_is_read(subject: Subject) -> None:
    def look(asked: Asked) -> None:
        query = asked.query
        if key := query.pop("access_token", None):
            asked.query = query
            asked.set("authorization", f"Bearer {key}")

    subject.asked(look)


@defect("AUTH 2", "Of two keys that differ, the Bearer one is taken and the other ignored.", decided=True)
def second_key_is_ignored(subject: Subject) -> None:
    def look(asked: Asked) -> None:
        if asked.header("authorization"):
            asked.set(subject.key_header, None)

    subject.asked(look)


@defect("AUTH 2", "One operation, the list of booking pages, doesn't know the key's own header.")
def pages_know_bearer_alone(subject: Subject) -> None:
    def look(asked: Asked) -> None:
        if asked.path == subject.path("listBookingPages"):
            asked.set(subject.key_header, None)

    subject.asked(look)


@defect("AUTH 3", "A 403 repeats the credential in its detail.", beside=("SCOPE 1",))
def refusal_shows_the_key(subject: Subject) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        if answer.status == 403 and (problem := answer.json):
            given = asked.header("authorization") or asked.header(subject.key_header)
            answer.json = problem | {"detail": f"{problem['detail']} You sent: {given}."}

    subject.answered(spoil)


@defect("AUTH 4", "Somebody else's booking is 403, so that its id is known to exist.", decided=True)
def foreign_booking_is_forbidden(subject: Subject) -> None:
    def handler(right: Handler, exchange: Exchange) -> Answer:
        owner = exchange.sandbox.store.owner_of("Booking", exchange.identifier)
        if owner not in (None, exchange.owner):
            raise Problem("insufficient_scope", "This booking is somebody else's.")
        return right(exchange)

    subject.handled("getBooking", handler)


@defect("AUTH 4", "Anybody with a key reads anybody's event, if only the id is known.")
def foreign_event_is_read(subject: Subject) -> None:
    subject.handled("getEvent", partial(_as_its_owner, "Event"))


@defect("AUTH 4", "A booking can be cancelled with a key of another account.")
def foreign_booking_is_cancelled(subject: Subject) -> None:
    subject.handled("cancelBooking", partial(_as_its_owner, "Booking"))


@defect("AUTH 5", "A key that was good once is good for ever, whether it was revoked or has expired.")
def ended_key_lives(subject: Subject) -> None:
    known: dict[bytes, Any] = {}

    def find(right: Any, secret: bytes) -> Any:
        known[secret] = right(secret) or known.get(secret)
        return known[secret]

    subject.replaced(subject.sandbox, "find", find)


@defect("AUTH 6", "Who asks for the same as was asked for just before gets that answer, whoever it was for.")
def answers_are_kept_for_anybody(subject: Subject) -> None:
    last: dict[str, Any] = {}

    def spoil(asked: Asked, answer: Answered) -> None:
        about = (asked.path, str(asked.query)) if asked.method == "GET" and answer.status == 200 else None
        if about is not None and about == last.get("about"):
            answer.body = last["body"]
            answer.set("Content-Length", str(len(answer.body)))
        last.update(about=about, body=answer.body)

    subject.answered(spoil)


def _as_its_owner(collection: str, right: Handler, exchange: Exchange) -> Answer:
    identity, owner = exchange.identity, exchange.sandbox.store.owner_of(collection, exchange.identifier)
    if identity is not None and identity.principal is not None and owner is not None:
        exchange.identity = identity._replace(principal=replace(identity.principal, owner=owner))
    return right(exchange)


DEFECTS: tuple[Defect, ...] = (
    refusal_without_challenge,
    challenge_blames_what_was_not_sent,
    challenge_without_error,
    event_open_to_anybody,
    longer_key_is_taken,
    key_in_the_query_is_read,
    second_key_is_ignored,
    pages_know_bearer_alone,
    refusal_shows_the_key,
    foreign_booking_is_forbidden,
    foreign_event_is_read,
    foreign_booking_is_cancelled,
    ended_key_lives,
    answers_are_kept_for_anybody,
)
