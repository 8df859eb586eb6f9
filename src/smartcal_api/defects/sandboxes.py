"""SBX: something outlives a restore."""

from typing import Any

import orjson

from smartcal_api.defects.defect import Defect, defect
from smartcal_api.defects.subject import Subject


@defect("SBX 3", "A booking that was cancelled after the snapshot is cancelled after its restore, too.", decided=True)
def cancellation_outlives_a_restore(subject: Subject) -> None:
    _outlives(subject, "Booking", lambda booking: booking["status"] == "cancelled")


@defect("SBX 3", "A subscription that was made after the snapshot is there after its restore.", decided=True)
def subscription_outlives_a_restore(subject: Subject) -> None:
    _outlives(subject, "Webhook", lambda _: True)


@defect("SBX 3", "A restore leaves the budgets as they are.", decided=True)
def budget_outlives_a_restore(subject: Subject) -> None:
    subject.replaced(subject.sandbox.limits, "restore", lambda _, __: None)


def _outlives(subject: Subject, collection: str, keeps: Any) -> None:
    store = subject.sandbox.store

    def load_image(right: Any, image: bytes, *statements: str) -> None:
        kept = [(owner, orjson.loads(document)) for owner, document in store.all(collection)]
        right(image, *statements)
        with store.transaction():
            for owner, document in kept:
                if keeps(document):
                    store.put(collection, document, owner=owner)

    subject.replaced(store, "load_image", load_image)


DEFECTS: tuple[Defect, ...] = (
    cancellation_outlives_a_restore,
    subscription_outlives_a_restore,
    budget_outlives_a_restore,
)
