"""Takes docs/dashboard.png, the README's picture of the dashboard, with this machine's browser: `make dashboard`."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e.dashboard import control, opened
from tests.e2e.server import serving

PICTURE = Path(__file__).parents[1] / "docs" / "dashboard.png"
BROWSER = "/usr/bin/chromium"
_SIZE = {"width": 1280, "height": 720}


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), "--now", "2026-03-04T12:00:00Z", "--freeze") as server,
        sync_playwright() as playwright,
    ):
        wanted = {"url": "http://127.0.0.1:9/hook", "events": ["booking.created"]}
        control(server, "POST", "/sandboxes/default/subscriptions", wanted)
        control(server, "POST", "/sandboxes/default/triggers/booking.created", {})
        control(server, "POST", "/sandboxes/default/clock/advance", {"by": "1s"})
        (booking,) = control(server, "GET", "/sandboxes/default/resources/Booking?limit=1")["data"]
        cancelled = f"/api/v1/bookings/{booking['resource']['id']}/cancel"
        server.request("GET", "/api/v1/events?page=0", key="scp_demo_read")
        server.request("POST", cancelled, key="scp_demo_read", body=b"{}")
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport=_SIZE, color_scheme="light")
        opened(page, server)
        page.locator("#detail h3").last.wait_for()
        page.screenshot(path=PICTURE)
        browser.close()
    print(f"took {PICTURE}, {PICTURE.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
