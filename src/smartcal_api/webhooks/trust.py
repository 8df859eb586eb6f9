"""Whose certificates are believed."""

import ssl
from pathlib import Path

from smartcal_api.errors import UsageError
from smartcal_api.input import Unreadable, read_text


def tls_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """Verifies receivers by the authorities of this machine, and by those in a file besides; raises `UsageError`."""
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cadata=read_text(ca_file))
        except Unreadable as error:
            raise UsageError(f"--receiver-ca: {error}") from None
        except (ValueError, OSError) as error:
            cause = getattr(error, "strerror", None) or error
            raise UsageError(f"--receiver-ca: can't read certificates from {ca_file}: {cause}.") from None
    return context
