"""Headers by which every answer of an operation says that it will go: Deprecation (RFC 9745), Sunset (RFC 8594)."""

from collections.abc import Mapping
from email.utils import formatdate

from smartcal_api.clock import NANOSECONDS
from smartcal_api.contract import Operation

_DAY = 86_400


def standing_headers(operation: Operation, now: int) -> Mapping[str, str]:
    """None for most. One that is deprecated, without a word since when, is so since the day that `now` is of.

    A header that a response states as a constant of its own is left to that.
    """
    lifecycle = operation.lifecycle
    headers: dict[str, str] = {}
    if lifecycle.deprecated:
        today = now // NANOSECONDS // _DAY * _DAY
        headers["Deprecation"] = f"@{today if lifecycle.since is None else lifecycle.since}"
    if lifecycle.sunset is not None:
        headers["Sunset"] = formatdate(lifecycle.sunset, usegmt=True)
    stated = {each.name.lower() for one in operation.responses.values() for each in one.headers if each.constant}
    return {name: value for name, value in headers.items() if name.lower() not in stated}
