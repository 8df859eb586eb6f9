"""The command `smartcal`: a file for each command, settings from flags, environment and `smartcal.toml`."""

from smartcal_api.cli.main import main

__all__ = ["main"]
