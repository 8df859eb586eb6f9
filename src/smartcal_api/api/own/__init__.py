"""Handlers of one's own (`--handlers FILE.py`): a function named as an operation serves it.

What such a file imports: `from smartcal_api.api.own import Refusal, Request, Response`.
"""

from smartcal_api.api.own.file import OwnHandlers, read_handlers
from smartcal_api.api.own.request import Refusal, Request, Response
from smartcal_api.api.own.resources import Resources

__all__ = ["OwnHandlers", "Refusal", "Request", "Resources", "Response", "read_handlers"]
