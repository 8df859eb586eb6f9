"""The journal of a sandbox: what was asked and answered, and which clause of the contract refused it (law SBX 6)."""

from smartcal_api.journal.entry import Entry, Kept, Refusal, packed
from smartcal_api.journal.journal import Journal
from smartcal_api.journal.wanted import Wanted

__all__ = ["Entry", "Journal", "Kept", "Refusal", "Wanted", "packed"]
