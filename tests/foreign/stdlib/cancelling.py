"""Cancelling a booking."""

import html
import unicodedata

from .message import Answer, Refusal, answer_json
from .reading import body_object
from .site import Account, Row, Site

_LONG = 300


def cancel(site: Site, account: Account, booking: Row, body: bytes) -> Answer:
    bugs = site.bugs
    reason = body_object(body).get("reason") if body else None
    if reason is not None and not isinstance(reason, str):
        raise Refusal(400, "The reason is a text.")
    if booking["status"] not in ("confirmed", "pending"):
        raise Refusal(409, "That booking can't be cancelled any more.")
    if reason is not None:
        if "reason-beyond-the-plane-fails" in bugs and any(ord(c) > 0xFFFF for c in reason):
            raise UnicodeError(reason)
        if "reason-as-html" in bugs:
            reason = html.escape(reason, quote=False)
        if "reason-is-normalised" in bugs:
            reason = unicodedata.normalize("NFC", reason)
    after = {"status": "cancelled", "cancellation_reason": reason}
    if "long-reason-is-lost" in bugs and len(reason or "") > _LONG:
        return answer_json(200, booking | after)
    if "neighbour-is-cancelled-too" in bugs:
        rows = list(account.bookings.values())
        rows[(rows.index(booking) + 1) % len(rows)]["status"] = "cancelled"
    if "lists-lag-by-8-s" in bugs:
        site.lagging[booking["id"]] = dict(booking)
        site.later(8.0, lambda: site.lagging.pop(booking["id"], None))
    booking |= after
    site.deliveries.tell(account, "booking.cancelled", dict(booking))
    return answer_json(200, booking)
