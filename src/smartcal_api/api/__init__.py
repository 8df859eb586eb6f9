"""The product's operations: a handler each, a few lines long."""

from smartcal_api.api.handlers import handlers

__all__ = ["handlers"]
