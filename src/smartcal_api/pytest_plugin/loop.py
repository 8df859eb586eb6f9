"""A blocking call within a running event loop: whatever is to answer in that loop never can."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from smartcal_api.remote import Sandbox

__tracebackhide__ = True

Result = TypeVar("Result")


class Threads:
    """The subscriptions whose receivers are served by threads of their own: to wait for those keeps nobody."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.webhooks: set[str] = set()

    def serve_all(self) -> bool:
        listed = self._sandbox.get("/subscriptions")["data"]
        return all(each["id"] in self.webhooks for each in listed if each["active"])


def in_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def at_once(call: str, wait: Callable[[float], Result], timeout: float) -> Result:
    """What is there already; within a loop nothing is waited for, and `RuntimeError` says what to do."""
    if not in_loop():
        return wait(timeout)
    try:
        return wait(0)
    except AssertionError as error:
        raise blocking(call, str(error)) from None


def blocking(call: str, standing: str = "") -> RuntimeError:
    return RuntimeError(
        f"smartcal.{call}() would block the event loop that this test runs in, and whatever is to answer there never "
        f"could. Take the fixture async_smartcal: `await async_smartcal.{call}(...)`. {standing}".rstrip()
    )
