"""The log of a server, which holds no secret of its process (law AUTH 3), whoever wrote the line."""

import json
import logging
from datetime import UTC, datetime

from smartcal_api.auth import Secrets


class Masked(logging.Formatter):
    """Formats as another one does, tracebacks too, and hides what that quotes."""

    def __init__(self, formatter: logging.Formatter, secrets: Secrets) -> None:
        super().__init__()
        self._formatter = formatter
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return self._secrets.hidden(self._formatter.format(record))


class Lines(logging.Formatter):
    """A line of JSON for each entry, as collectors of logs take them."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_as_json() -> None:
    """Has every handler of the process write lines of JSON."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(Lines())


def mask_log(secrets: Secrets) -> None:
    """Has every handler of the process hide them."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(Masked(handler.formatter or logging.Formatter(), secrets))
