"""Arranges what tests need: things that happen on demand, and resources of one's own, whole by the contract."""

from smartcal_api.sandbox.staging.change import MAIN, OTHER, Happened
from smartcal_api.sandbox.staging.refusal import Absent, Conflicting, Refusal, Unfit
from smartcal_api.sandbox.staging.staging import Put, Staging

__all__ = ["MAIN", "OTHER", "Absent", "Conflicting", "Happened", "Put", "Refusal", "Staging", "Unfit"]
