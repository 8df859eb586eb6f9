"""The dashboard: an integrator's tasks, done with it, and hostile values that stay text."""

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.dashboard import barriers, control, opened, refused
from tests.e2e.server import Running, serving

HOSTILE = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>"
VIEWS = ("problems", "traffic", "deliveries", "data", "time", "limits", "access", "server")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1920, 1280, 360])
def test_every_view_is_readable_by_day_and_by_night_wide_and_narrow(
    server: Running, page: Any, screenshots: Path, scheme: str, width: int
) -> None:
    refused(server)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    for view in VIEWS:
        opened(page, server, f"?view={view}")
        page.locator("#list h2").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
        page.get_by_text("Reading …").wait_for(state="detached")
        assert "null" not in page.locator("#list").inner_text()
        assert barriers(page) == [], view
        page.screenshot(path=screenshots / f"dashboard-{view}-{width}-{scheme}.png")


def test_why_a_call_was_refused_is_seen_at_once_and_it_is_sent_again_changed(server: Running, page: Any) -> None:
    refused(server)
    opened(page, server)
    detail = page.locator("#detail")
    detail.get_by_text("insufficient_scope").first.wait_for()
    assert "does not have the scope 'write'" in detail.inner_text()
    assert "request=" in page.url, "what is looked at stands in the URL"
    detail.get_by_role("button", name="Edit and send").click()
    detail.get_by_label("Path and query").fill("/api/v1/bookings?per_page=1")
    detail.get_by_label("Method").fill("GET")
    detail.get_by_role("button", name="Send", exact=True).click()
    detail.get_by_role("heading", name="GET /api/v1/bookings?per_page=1").wait_for()
    assert "200 in" in detail.inner_text()
    detail.get_by_role("button", name="Send again").click()
    page.get_by_text("Answered 200").wait_for()


def test_a_request_shows_as_it_happens_and_an_id_of_a_log_finds_its_story(server: Running, page: Any) -> None:
    opened(page, server, "?view=traffic")
    answer = server.request("GET", "/api/v1/me", key="scp_demo_read")
    page.locator("#list li", has_text="/api/v1/me").wait_for()
    page.get_by_label("Find an id").fill(answer.headers["x-request-id"])
    page.get_by_label("Find an id").press("Enter")
    page.locator("#detail").get_by_role("heading", name="GET /api/v1/me").wait_for()
    page.get_by_label("Find an id").fill("req_00000000000000000000")
    page.get_by_label("Find an id").press("Enter")
    page.get_by_text("Nothing is known of req_00000000000000000000").wait_for()


def test_why_a_webhook_did_not_come_and_the_jump_to_its_retry(server: Running, page: Any) -> None:
    wanted = {"url": "http://127.0.0.1:9/hook", "events": ["booking.created"]}
    control(server, "POST", "/sandboxes/default/subscriptions", wanted)
    control(server, "POST", "/sandboxes/default/clock/freeze")
    control(server, "POST", "/sandboxes/default/triggers/booking.created", {"invitee": {"name": HOSTILE[:100]}})
    control(server, "POST", "/sandboxes/default/clock/advance", {"by": "1s"})
    opened(page, server)
    detail = page.locator("#detail")
    detail.get_by_text("connection_failed").first.wait_for()
    assert detail.locator(".attempts li").count() == 1
    detail.get_by_role("button", name="Jump to the next attempt").click()
    detail.locator(".attempts li").nth(1).wait_for()


def test_yesterday_is_restored_and_what_has_changed_is_seen(server: Running, page: Any) -> None:
    opened(page, server, "?view=time")
    page.get_by_label("Name").fill("before")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Restore").wait_for()
    control(server, "PUT", "/sandboxes/default/resources/Booking/bkg_00000000000000000001", {"status": "pending"})
    page.get_by_role("button", name="What has changed since").click()
    page.get_by_role("link", name="Booking bkg_00000000000000000001").wait_for()
    page.get_by_role("button", name="Restore").click()
    page.get_by_text("It is as it was").wait_for()
    lost = server.request("GET", "/_sandbox/sandboxes/default/resources/Booking/bkg_00000000000000000001")
    assert lost.status == 404


def test_values_of_requests_are_never_markup(server: Running, page: Any) -> None:
    control(server, "POST", "/sandboxes/default/triggers/booking.created", {"invitee": {"name": HOSTILE[:100]}})
    made = control(server, "PUT", f"/sandboxes/default/resources/Event/evt_{'0' * 20}", {"title": HOSTILE})["resource"]
    headers = {"X-Hostile": HOSTILE, "Content-Type": "application/json"}
    server.request("GET", f"/api/v1/events/{made['id']}", key="scp_demo_read", headers=headers)
    server.request("POST", "/api/v1/%3Cimg%20src=x%20onerror=alert(1)%3E", key=HOSTILE, headers=headers, body=b'"<b>"')
    for query in ("?view=problems", "?view=traffic", "?request=1", "?request=2", "?view=data", f"?find={HOSTILE}"):
        opened(page, server, query)
        page.locator("#list h2").first.wait_for()
        assert page.locator("main img, main script, main b > *").count() == 0
    opened(page, server, f"?collection=Event&id={made['id']}")
    page.locator("#detail pre").first.wait_for()
    assert HOSTILE[:20] in page.locator("#detail").inner_text()
    assert "owned" not in page.title()


def test_it_is_used_with_the_keyboard_alone(server: Running, page: Any) -> None:
    for _ in range(3):
        refused(server)
    opened(page, server, "?view=traffic")
    page.locator("#list li a").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("#detail h2").wait_for()
    assert "request=2" in page.url
    page.go_back()
    page.get_by_text("Choose a request").wait_for()


def test_many_tabs_share_one_stream(server: Running, page: Any) -> None:
    opened(page, server, "?view=traffic")
    tabs = [page.context.new_page() for _ in range(8)]
    for tab in tabs:
        opened(tab, server, "?view=traffic")
    server.request("GET", "/api/v1/me", key="scp_demo_read")
    for tab in tabs:
        tab.locator("#list li", has_text="/api/v1/me").first.wait_for()
        tab.close()


@pytest.mark.parametrize("page", [{"viewport": {"width": 1280, "height": 900}}], indirect=True)
def test_a_token_is_asked_for_once_where_the_control_plane_has_one(tmp_path: Path, page: Any) -> None:
    with serving(tmp_path, "--control-token", "a_token_of_the_control_plane") as server:
        page.goto(f"{server.ready['root_url']}/_sandbox/")
        page.get_by_label("Token", exact=True).fill("a_token_of_the_control_plane")
        page.get_by_role("button", name="Go on").click()
        page.get_by_text("Nothing went wrong").wait_for()
        page.goto(f"{server.ready['root_url']}/_sandbox/?view=data")
        page.locator("#list li").first.wait_for()
        page.expected.clear()  # the first answer was 401, which the console tells of
        page.context.close()
