"""The journal of a sandbox: what was asked and answered, and which clause of the contract refused it (law SBX 6)."""

from smartcal_api.journal.entry import Entry, Kept, Refusal, fingerprint
from smartcal_api.journal.heads import RequestHead, write_request, write_response
from smartcal_api.journal.journal import HEAD_BYTES, Journal
from smartcal_api.journal.wanted import Wanted

__all__ = [
    "HEAD_BYTES",
    "Entry",
    "Journal",
    "Kept",
    "Refusal",
    "RequestHead",
    "Wanted",
    "fingerprint",
    "write_request",
    "write_response",
]
