"""SIGN: signatures that are of other bytes, under another key, or written otherwise."""

import hashlib
from dataclasses import replace
from typing import Any

from smartcal_api.defects.defect import Defect, defect
from smartcal_api.defects.subject import Subject


@defect("SIGN 1", "Deliveries are signed with the hex of the secret.")
def signed_with_the_hex(subject: Subject) -> None:
    _secret(subject, lambda secret: secret.encode().hex())


@defect("SIGN 1", "Deliveries are signed with the secret without its prefix.")
def signed_without_the_prefix(subject: Subject) -> None:
    prefix = subject.contract.policy.secrets["webhook_secret"]
    _secret(subject, lambda secret: secret.removeprefix(prefix))


@defect("SIGN 1", "All webhooks of a server are signed with one key.")
def one_key_for_all(subject: Subject) -> None:
    _secret(subject, lambda _: hashlib.sha256(b"all").hexdigest())


@defect("SIGN 1", "The signature lacks the name of its algorithm.")
def signature_without_its_prefix(subject: Subject) -> None:
    outbox = subject.sandbox.outbox
    outbox.terms.signature = replace(outbox.terms.signature, prefix="")


@defect("SIGN 1", "The signature is in a header of another name.")
def signature_in_another_header(subject: Subject) -> None:
    outbox = subject.sandbox.outbox
    outbox.terms.signature = replace(outbox.terms.signature, header="X-Signature")


def _secret(subject: Subject, change: Any) -> None:
    def lease(right: Any, row: Any, now: int) -> Any:
        made = right(row, now)
        return replace(made, secret=change(made.secret))

    subject.replaced(subject.sandbox.outbox, "_lease", lease)


DEFECTS: tuple[Defect, ...] = (
    signed_with_the_hex,
    signed_without_the_prefix,
    one_key_for_all,
    signature_without_its_prefix,
    signature_in_another_header,
)
