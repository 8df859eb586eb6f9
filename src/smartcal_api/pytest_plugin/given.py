"""State that a test arranges: resources put where the test wants them, the rest of their members made up."""

from typing import Any

from smartcal_api.remote import Sandbox

# pytest shows the test's own line, and none of these.
__tracebackhide__ = True


class Given:
    """Each method puts one resource and returns it whole. Times may be relative: `start_time="now+1d"`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def event(self, /, **members: Any) -> dict[str, Any]:
        return self.resource("Event", **members)

    def booking(self, /, **members: Any) -> dict[str, Any]:
        return self.resource("Booking", **members)

    def booking_page(self, /, **members: Any) -> dict[str, Any]:
        return self.resource("BookingPage", **members)

    def webhook(self, /, **members: Any) -> dict[str, Any]:
        """A subscription, with the `secret` that its deliveries are signed with: the one given, or a random one."""
        return self.resource("Webhook", **members)

    def resource(self, collection: str, /, **members: Any) -> dict[str, Any]:
        """A resource of any collection of the contract, by the name of its component schema."""
        put = self._sandbox.post(f"/resources/{collection}", members)
        made: dict[str, Any] = put["resource"]
        return made | ({"secret": put["secret"]} if "secret" in put else {})
