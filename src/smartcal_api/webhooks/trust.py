"""Whose certificates are believed."""

import ssl
from pathlib import Path

from smartcal_api.errors import UsageError


def tls_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """Verifies receivers by the authorities of this machine, and by those in a file besides; raises `UsageError`."""
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(
                f"--receiver-ca: can't read certificates from {ca_file}: {error.strerror or error}."
            ) from None
    return context
