"""A browser of this machine, driven by Playwright; without one there is nothing to be shown, and that is said."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.server import Running, serving

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HERE = ("http://127.0.0.1:", "http://localhost:", "data:", "blob:")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--browser-path", help="the browser to drive; default: the first of " + ", ".join(BROWSERS))
    parser.addoption("--screenshots", type=Path, help="a folder to keep pictures of the page in")


def pytest_sessionstart(session: pytest.Session) -> None:
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        pytest.exit("Playwright's Python package is missing: make browser installs it.", returncode=2)
    if _browser(session.config) is None:
        pytest.exit(
            f"there is no browser here ({', '.join(BROWSERS)}); install one (Debian: apt install chromium), "
            "or name it: --browser-path FILE",
            returncode=2,
        )


def _browser(config: pytest.Config) -> str | None:
    given = config.getoption("--browser-path", None)
    return next((found for name in ([given] if given else BROWSERS) if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=_browser(request.config), headless=True, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page of which nothing may go wrong unseen: no error in its console, no request to anybody else. `request.param`
    is what its context is made with."""
    context = browser.new_context(**getattr(request, "param", {}))
    opened, said = context.new_page(), []
    context.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: said.append(str(error.error)))
    context.on("request", lambda asked: None if asked.url.startswith(HERE) else said.append(asked.url))
    opened.expected = said
    yield opened
    context.close()
    assert said == []


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    with serving(tmp_path, "--now", "2026-03-04T12:00:00Z") as running:
        yield running


@pytest.fixture
def screenshots(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder: Path = request.config.getoption("--screenshots", None) or tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    return folder
