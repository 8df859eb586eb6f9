"""Tries somebody's webhook receiver with right, wrong and hostile deliveries, made from the contract's `webhooks:`."""

from smartcal_api.receiver_check.cases import Case, cases
from smartcal_api.receiver_check.check import Verdict, check

__all__ = ["Case", "Verdict", "cases", "check"]
