"""A believable SmartCal Pro account, drawn from a seed and laid around one fixed instant."""

from smartcal_api.seeding.anchor import ANCHOR, shift, weeks_to
from smartcal_api.seeding.resources import Resource, generate

__all__ = ["ANCHOR", "Resource", "generate", "shift", "weeks_to"]
