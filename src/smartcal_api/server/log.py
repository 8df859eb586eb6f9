"""The log of a server, which holds no secret of its process (law AUTH 3), whoever wrote the line."""

import logging

from smartcal_api.auth import Secrets


class Masked(logging.Formatter):
    """Formats as another one does, tracebacks too, and hides what that quotes."""

    def __init__(self, formatter: logging.Formatter, secrets: Secrets) -> None:
        super().__init__()
        self._formatter = formatter
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return self._secrets.hidden(self._formatter.format(record))


def mask_log(secrets: Secrets) -> None:
    """Has every handler of the process hide them."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(Masked(handler.formatter or logging.Formatter(), secrets))
