"""The control plane under `/_sandbox`: its document, its steps, and a handler for each of its operations."""

from smartcal_api.control.control import PREFIX, Control
from smartcal_api.control.plane import build_control, describe
from smartcal_api.control.stale import Stale

__all__ = ["PREFIX", "Control", "Stale", "build_control", "describe"]
