"""A running server, seen from outside: found by its ready file, driven through its control plane. Imports no server."""

from smartcal_api.remote.control import Control, Refused
from smartcal_api.remote.sandbox import Sandbox
from smartcal_api.remote.server import ServerProcess
from smartcal_api.remote.target import Target, find_target

__all__ = ["Control", "Refused", "Sandbox", "ServerProcess", "Target", "find_target"]
