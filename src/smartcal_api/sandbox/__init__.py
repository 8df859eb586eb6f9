"""An isolated world, and what fills and changes it."""

from smartcal_api.sandbox.sandbox import Sandbox

__all__ = ["Sandbox"]
