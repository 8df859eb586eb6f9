"""A contract and mock toolkit for the SmartCal Pro API: everything it does comes from `openapi.yaml`."""

__version__ = "0.1.0"
