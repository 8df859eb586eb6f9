"""Fixtures for tests against a local SmartCal Pro; loaded by pytest wherever this package is installed.

`smartcal_server` is a server, started when the first test asks for it; `smartcal` is a sandbox of a test's own on it,
and `async_smartcal` the same for asynchronous tests.
What it takes is imported when it is asked for: every run of pytest loads this module.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from smartcal_api.pytest_plugin.asynchronous import AsyncSmartCal
    from smartcal_api.pytest_plugin.given import Given
    from smartcal_api.pytest_plugin.journal import Journal
    from smartcal_api.pytest_plugin.smartcal import Clock, Limits, SmartCal, Snapshot
    from smartcal_api.pytest_plugin.webhooks import Deliveries, SubscribedReceiver
    from smartcal_api.remote import Control, Refused
else:
    # Where each of the names is that tests annotate with, imported when it is asked for.
    _PARTS = {
        "AsyncSmartCal": "smartcal_api.pytest_plugin.asynchronous",
        "Clock": "smartcal_api.pytest_plugin.smartcal",
        "Control": "smartcal_api.remote",
        "Deliveries": "smartcal_api.pytest_plugin.webhooks",
        "Given": "smartcal_api.pytest_plugin.given",
        "Journal": "smartcal_api.pytest_plugin.journal",
        "Limits": "smartcal_api.pytest_plugin.smartcal",
        "Refused": "smartcal_api.remote",
        "SmartCal": "smartcal_api.pytest_plugin.smartcal",
        "Snapshot": "smartcal_api.pytest_plugin.smartcal",
        "SubscribedReceiver": "smartcal_api.pytest_plugin.webhooks",
    }

    def __getattr__(name):
        if name not in _PARTS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_PARTS[name]), name)


__all__ = [
    "AsyncSmartCal",
    "Clock",
    "Control",
    "Deliveries",
    "Given",
    "Journal",
    "Limits",
    "Refused",
    "SmartCal",
    "Snapshot",
    "SubscribedReceiver",
]

# pytest shows the test's own line, and none of these.
__tracebackhide__ = True

_FOLDER = pytest.StashKey[Path]()
_SANDBOX = pytest.StashKey["SmartCal"]()
_WORKER = "smartcal_folder"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("smartcal_flags", "flags of `smartcal serve` for the server of the tests", type="args", default=[])
    parser.addini("smartcal_server", "`shared` by all xdist workers, or one for each `worker`", default="shared")
    parser.addini("smartcal_now", "the instant at which each test begins", default="2026-03-04T12:00:00Z")
    parser.addini("smartcal_bundles", "the folder for the bundles of failed tests", default=".smartcal")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "smartcal(**wanted): what the test's sandbox is made with: seed, now, frozen, events, bookings"
    )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: "object") -> None:
    """A worker of xdist is told where the server that all of them share is found."""
    from smartcal_api.pytest_plugin.session import folder_of

    config: pytest.Config = node.config  # type: ignore[attr-defined]  # xdist's, which need not be there
    if config.getini("smartcal_server") == "shared":
        node.workerinput[_WORKER] = str(folder_of(config, _FOLDER))  # type: ignore[attr-defined]  # as above


def pytest_unconfigure(config: pytest.Config) -> None:
    folder = config.stash.get(_FOLDER, None)
    if folder is not None:
        from smartcal_api.pytest_plugin.session import stop_shared

        stop_shared(folder)


@pytest.fixture(scope="session")
def smartcal_server(request: pytest.FixtureRequest) -> "Iterator[Control]":
    """The control plane of a server that runs for the session; xdist's workers share it unless configured otherwise."""
    from smartcal_api.pytest_plugin.session import folder_of, join_shared
    from smartcal_api.remote import Control

    config = request.config
    given = getattr(config, "workerinput", {}).get(_WORKER)
    folder = Path(given) if given else folder_of(config, _FOLDER)
    control = Control(join_shared(folder, config.getini("smartcal_flags")))
    yield control
    control.close()


@pytest.fixture
def smartcal(request: pytest.FixtureRequest, smartcal_server: "Control") -> "Iterator[SmartCal]":
    """A fresh sandbox, frozen at a fixed instant; gone when the test is over."""
    from smartcal_api.pytest_plugin.smartcal import SmartCal
    from smartcal_api.remote import Refused

    wanted = {"now": request.config.getini("smartcal_now"), "frozen": True}
    for marker in reversed(list(request.node.iter_markers("smartcal"))):
        wanted |= marker.kwargs
    try:
        made = smartcal_server.post("/sandboxes", wanted)
    except Refused as refused:
        pytest.fail(f"{request.node.nodeid}: no sandbox can be made of the marker smartcal: {refused}", pytrace=False)
    sandbox = SmartCal(smartcal_server, made)
    request.node.stash[_SANDBOX] = sandbox
    yield sandbox
    sandbox.close()


@pytest.fixture
def async_smartcal(smartcal: "SmartCal") -> "Iterator[AsyncSmartCal]":
    """The sandbox of `smartcal` for a test that runs in an event loop: its methods are awaited."""
    from smartcal_api.pytest_plugin.asynchronous import AsyncSmartCal

    sandbox = AsyncSmartCal(smartcal)
    yield sandbox
    sandbox.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A test that failed shows what was asked and answered, and leaves a bundle for `smartcal serve --bundle`."""
    report: pytest.TestReport = yield  # type: ignore[assignment]  # pluggy sends the outcome
    sandbox = item.stash.get(_SANDBOX, None)
    if sandbox is not None and report.when == "call" and report.failed:
        from smartcal_api.pytest_plugin.failure import sections

        folder = item.config.rootpath / item.config.getini("smartcal_bundles")
        report.sections.extend(sections(sandbox, folder, item.nodeid))
    return report  # type: ignore[return-value]  # as pluggy has it
