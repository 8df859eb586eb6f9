"""The product's operations: a handler each, a few lines long."""

from smartcal_api.api.fitness import unfit
from smartcal_api.api.handlers import handlers
from smartcal_api.api.remarks import remarks

__all__ = ["handlers", "remarks", "unfit"]
