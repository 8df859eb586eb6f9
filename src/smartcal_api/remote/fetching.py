"""A document that a running server serves to anybody."""

import urllib.request
from urllib.error import HTTPError, URLError

from smartcal_api.errors import UsageError

_SECONDS = 60.0


def fetch(url: str) -> bytes:
    """Raises `UsageError` where it isn't there, or nobody answers."""
    # Nothing on the way to loopback is to be asked instead.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=_SECONDS) as answer:
            found: bytes = answer.read()
            return found
    except HTTPError as error:
        with error:
            raise UsageError(
                f"{url} answered {error.code}; is it a SmartCal server, and is there such a sandbox?"
            ) from None
    except (URLError, OSError) as error:
        raise UsageError(f"no SmartCal server answers at {url} ({getattr(error, 'reason', error)}).") from None
