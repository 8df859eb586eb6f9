"""SCOPE: a credential may do more, or less, than the contract says of its scopes."""

from typing import Any

from smartcal_api.auth import Identity
from smartcal_api.contract.schemes import HEADER
from smartcal_api.defects.defect import Defect, defect
from smartcal_api.defects.message import Answered, Asked
from smartcal_api.defects.subject import Subject
from smartcal_api.errors import Problem


@defect("SCOPE 1", "Any key may cancel bookings, whatever its scopes.")
def any_key_cancels(subject: Subject) -> None:
    _refuse_nobody(subject, "cancelBooking")


@defect("SCOPE 1", "The list of webhooks asks for no scope, though making one does.")
def any_key_lists_webhooks(subject: Subject) -> None:
    _refuse_nobody(subject, "listWebhooks")


@defect("SCOPE 1", "In the key's own header, a key may do everything.")
def header_key_may_do_everything(subject: Subject) -> None:
    def let_in(right: Any, identity: Identity) -> Problem | None:
        return None if identity.principal and (identity.carrier or "").startswith(HEADER) else right(identity)

    for operation in subject.contract.operations:
        subject.replaced(subject.served(operation).authorization, "refusal", let_in)


@defect("SCOPE 1", "The scope webhooks stands for read as well.")
def webhooks_stands_for_read(subject: Subject) -> None:
    implies = dict(subject.contract.policy.scope_implies)
    subject.sandbox.keys.adopt(implies | {"webhooks": frozenset({"read"})})


@defect("SCOPE 1", "A 403 asks for the scope admin, whatever is lacking.", decided=True)
def refusal_names_admin(subject: Subject) -> None:
    def spoil(_: Asked, answer: Answered) -> None:
        if answer.status == 403:
            head = answer.header("WWW-Authenticate").partition("scope=")[0]
            answer.set("WWW-Authenticate", f'{head}scope="admin"')

    subject.answered(spoil)


@defect("SCOPE 2", "The scope admin doesn't stand for webhooks.")
def admin_lacks_webhooks(subject: Subject) -> None:
    subject.sandbox.keys.adopt({"admin": frozenset({"read", "write"})})


@defect("SCOPE 2", "Reading one booking wants the scope write.")
def reading_a_booking_wants_write(subject: Subject) -> None:
    other = subject.served("cancelBooking").authorization
    subject.replaced(subject.served("getBooking").authorization, "refusal", lambda _, identity: other.refusal(identity))


@defect("SCOPE 3", "The account tells the scopes that were implied, not those that were granted.", decided=True)
def account_tells_what_is_implied(subject: Subject) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        if asked.get(subject.path("getAccount")) and answer.status == 200:
            account, implies = answer.json, subject.contract.policy.scope_implies
            every = {each for scope in account["scopes"] for each in implies.get(scope, ())} | {*account["scopes"]}
            answer.json = account | {"scopes": sorted(every)}

    subject.answered(spoil)


def _refuse_nobody(subject: Subject, operation: str) -> None:
    def let_in(right: Any, identity: Identity) -> Problem | None:
        return None if identity.principal else right(identity)

    subject.replaced(subject.served(operation).authorization, "refusal", let_in)


DEFECTS: tuple[Defect, ...] = (
    any_key_cancels,
    any_key_lists_webhooks,
    header_key_may_do_everything,
    webhooks_stands_for_read,
    refusal_names_admin,
    admin_lacks_webhooks,
    reading_a_booking_wants_write,
    account_tells_what_is_implied,
)
