"""The page of the documents: read, and tried with a key and by signing in, in every sandbox."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.server import Running, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("docs"), "--rate-limits", "off") as running:
        assert running.request("POST", "/_sandbox/sandboxes", body=b'{"name": "mine"}').status == 201
        yield running


def tried(page: Any, operation: str, **fields: str) -> str:
    """The status that an operation answers from the page."""
    block = page.locator(f"#operations-{operation}")
    block.locator(".opblock-summary-control").click()
    block.locator(".try-out__btn").click()
    for name, value in fields.items():
        field = block.locator(f"tr[data-param-name='{name}'] :is(input, textarea)")
        field.fill(value)
        field.blur()
    page.wait_for_timeout(500)  # Swagger UI takes a field up some time after it was filled in
    block.locator(".execute").click()
    status: str = block.locator(".live-responses-table tbody .response-col_status").first.inner_text()
    return status.split()[0]


@pytest.mark.parametrize("width", [1280, 390])
def test_try_it_works_at_once_and_what_openapi_has_no_words_for_is_read(
    page: Any, server: Running, screenshots: Path, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{server.ready['root_url']}/_sandbox/docs")
    page.get_by_text("sends a demo key").wait_for()
    assert tried(page, "Events-listEvents") == "200"
    assert page.get_by_text("booking.cancelled").count() > 0, "webhooks are there"
    block = page.locator("#operations-Events-listEvents")
    assert block.get_by_text("Scope: read").is_visible()
    assert block.get_by_text("Documented: Events.").first.is_visible()
    page.get_by_text("other policy").click()
    assert page.get_by_text("window_seconds").first.is_visible()
    page.screenshot(path=screenshots / f"docs-{width}.png", full_page=True)


def test_signing_in_with_pkce_leads_back_with_a_token_of_the_sandbox(page: Any, server: Running) -> None:
    page.goto(f"{server.ready['root_url']}/_sandbox/docs?sandbox=mine")
    page.get_by_role("button", name="Use a fresh key").wait_for()
    page.locator(".btn.authorize").click()
    form = page.locator(".auth-container", has_text="authorizationCode")
    assert "/~mine/oauth/authorize" in form.inner_text()
    form.locator(".scopes label").first.click()
    with page.expect_popup() as opened:
        form.locator("button.authorize").click()
    opened.value.get_by_role("button", name="Allow").click()
    form.get_by_text("Logout").wait_for()
    page.locator(".btn-done").last.click()
    assert tried(page, "Account-getAccount") == "200"
    assert f"{server.ready['root_url']}/~mine/api/v1/me" in page.locator(".curl-command").inner_text()
    assert "Bearer sct_" in page.locator(".curl-command").inner_text()


def test_a_sandbox_without_a_demo_key_makes_one_and_the_control_plane_is_tried_as_well(
    page: Any, server: Running
) -> None:
    page.goto(f"{server.ready['root_url']}/_sandbox/docs?sandbox=mine")
    page.get_by_role("button", name="Use a fresh key").click()
    page.get_by_text("made for this page").wait_for()
    assert tried(page, "Bookings-listBookings") == "200"
    page.get_by_role("link", name="SmartCal sandbox control").click()
    page.locator(".opblock").first.wait_for()
    assert tried(page, "Clock-freezeClock", sandbox="mine") == "200", "a POST without a body"
    assert tried(page, "Faults-clearFaults", sandbox="mine") == "204", "a DELETE"
