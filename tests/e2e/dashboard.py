"""What tests of the dashboard share."""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.e2e.server import Running


def control(server: Running, method: str, path: str, body: Any = None) -> Any:
    answer = server.request(method, f"/_sandbox{path}", body=json.dumps(body).encode())
    assert answer.status < 400, answer.body
    return answer.json if answer.body else None


def opened(page: Any, server: Running, query: str = "") -> None:
    page.goto(f"{server.ready['root_url']}/_sandbox/{query}")
    page.locator("#live", has_text="Live").wait_for()


def refused(server: Running) -> None:
    """A cancellation with a key that may not cancel."""
    server.request("POST", "/api/v1/bookings/bkg_00000000000000000001/cancel", key="scp_demo_read", body=b"{}")


def barriers(page: Any) -> list[str]:
    """What axe-core finds on the page as it is."""
    page.evaluate(_axe())
    found = page.evaluate("axe.run().then(({violations}) => violations)")
    return [f"{each['id']}: {node['html'][:150]}: {node['failureSummary']}" for each in found for node in each["nodes"]]


@cache
def _axe() -> str:
    (folder,) = find_spec("axe_playwright_python").submodule_search_locations  # type: ignore[union-attr]  # installed
    return Path(folder, "axe.min.js").read_text(encoding="utf-8")
