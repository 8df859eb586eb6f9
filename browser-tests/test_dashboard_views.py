"""The dashboard, view by view: each control does what it says."""

import hashlib
import hmac
import json
import re
from typing import Any

from tests.e2e.dashboard import barriers, control, opened, refused
from tests.e2e.server import Running

DEFAULT = "/sandboxes/default"
KNOWN = "whsec_of_mine_and_of_nobody_else_1"


def said(page: Any, text: str) -> None:
    page.locator("#said", has_text=text).wait_for()


def failing_delivery(server: Running, secret: str | None = None) -> Any:
    wanted = {"url": "http://127.0.0.1:9/hook", "events": ["booking.created"], **({"secret": secret} if secret else {})}
    control(server, "POST", f"{DEFAULT}/subscriptions", wanted)
    control(server, "POST", f"{DEFAULT}/clock/freeze")
    control(server, "POST", f"{DEFAULT}/triggers/booking.created", {})
    control(server, "POST", f"{DEFAULT}/clock/advance", {"by": "1s"})
    (delivery,) = control(server, "GET", f"{DEFAULT}/deliveries")["data"]
    return delivery


def test_traffic_is_filtered_and_two_requests_are_compared(server: Running, page: Any) -> None:
    for each in range(1, 4):
        server.request("GET", f"/api/v1/events?per_page={each}", key="scp_demo_read")
    refused(server)
    opened(page, server, "?view=traffic")
    rows = page.locator("#list .rows li")
    page.get_by_label("Status").select_option("4xx")
    rows.filter(has_text="insufficient_scope").wait_for()
    assert rows.count() == 1
    assert "status=4xx" in page.url
    page.get_by_label("Status").select_option("")
    page.get_by_label("Text", exact=True).fill("per_page=2")
    page.get_by_label("Text", exact=True).press("Tab")
    rows.filter(has_text="insufficient_scope").wait_for(state="detached")
    rows.locator("a").first.click()
    detail = page.locator("#detail")
    detail.get_by_text("Compare with another request").click()
    detail.get_by_label("Its number").fill("1")
    detail.get_by_role("button", name="Compare").click()
    detail.get_by_text('+ "asked": "GET /api/v1/events?per_page=1"').wait_for()
    assert "curl" in detail.inner_text()
    assert barriers(page) == []


def test_deliveries_are_sent_again_made_to_misbehave_and_verified_by_hand(server: Running, page: Any) -> None:
    delivery = failing_delivery(server, KNOWN)
    opened(page, server, f"?view=deliveries&delivery={delivery['id']}")
    detail = page.locator("#detail")
    detail.get_by_role("button", name="Send again").click()
    detail.locator(".attempts li").nth(1).wait_for()
    detail.get_by_text("Verify a signature by hand").click()
    detail.get_by_label("Secret", exact=True).fill(KNOWN)
    body = json.dumps(control(server, "GET", f"{DEFAULT}/deliveries/{delivery['id']}")["body"], separators=(",", ":"))
    signed = hmac.new(KNOWN.encode(), body.encode(), hashlib.sha256).hexdigest()
    detail.get_by_label("Signature that came").fill(f"sha256={signed}")
    detail.get_by_role("button", name="Work it out").click()
    said(page, "It is the signature of this body.")
    page.get_by_text("Let the next delivery misbehave").click()
    page.get_by_label("How").select_option("duplicate")
    page.get_by_role("button", name="Plan it").click()
    said(page, "misbehaves")
    (planned,) = control(server, "GET", f"{DEFAULT}/misbehaviours")["data"]
    assert planned["kind"] == "duplicate"
    assert barriers(page) == []


def test_data_is_searched_and_put_and_its_history_is_told(server: Running, page: Any) -> None:
    (event,) = control(server, "GET", f"{DEFAULT}/resources/Event?limit=1")["data"]
    identifier = event["resource"]["id"]
    server.request("GET", f"/api/v1/events/{identifier}", key="scp_demo_read")
    opened(page, server, "?view=data")
    page.get_by_label("Kind").select_option("Event")
    page.get_by_label("Text", exact=True).fill(identifier)
    page.get_by_label("Text", exact=True).press("Tab")
    page.get_by_text(re.compile("^1 of ")).wait_for()
    page.locator("#list li a").click()
    detail = page.locator("#detail")
    detail.get_by_text(f"/api/v1/events/{identifier}").wait_for()
    detail.get_by_text("Edit and put").click()
    text = detail.locator("textarea")
    text.fill(text.input_value().replace(json.dumps(event["resource"]["title"]), '"Renamed by hand"'))
    detail.get_by_role("button", name="Put", exact=True).click()
    said(page, "Put.")
    now = control(server, "GET", f"{DEFAULT}/resources/Event/{identifier}")["resource"]
    assert now["title"] == "Renamed by hand"
    assert barriers(page) == []


def test_the_clock_goes_to_the_next_thing_due_and_a_snapshot_is_forked(server: Running, page: Any) -> None:
    delivery = failing_delivery(server)
    opened(page, server, "?view=time")
    page.get_by_role("button", name="To the next thing due").click()
    said(page, "1 delivery fell due")
    assert control(server, "GET", f"{DEFAULT}/deliveries/{delivery['id']}")["attempts"] == 2
    page.get_by_label("Name").fill("before")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Fork", exact=True).click()
    said(page, "goes on from there")
    assert len(control(server, "GET", "/sandboxes")["data"]) == 2
    assert barriers(page) == []


def test_a_fault_is_armed_by_a_form_and_limits_are_used_up(server: Running, page: Any) -> None:
    server.request("GET", "/api/v1/me", key="scp_demo_read")
    opened(page, server, "?view=limits")
    assert page.locator("meter").get_attribute("value") == "99"
    page.get_by_label("Kind of fault").select_option("status")
    page.locator("form", has=page.get_by_role("button", name="Arm")).get_by_label("status").fill("503")
    page.get_by_role("button", name="Arm").click()
    page.get_by_text("has hit 0").wait_for()
    assert server.request("GET", "/api/v1/me", key="scp_demo_read").status == 503
    page.get_by_text("has hit 1").wait_for()
    page.get_by_role("button", name="Remove all").click()
    page.get_by_text("None is armed").wait_for()
    page.get_by_role("button", name="Use all budgets up").click()
    said(page, "Used up")
    assert server.request("GET", "/api/v1/me", key="scp_demo_read").status == 429
    assert barriers(page) == []


def test_keys_clients_and_sandboxes_are_made_and_removed(server: Running, page: Any) -> None:
    opened(page, server, "?view=access")
    page.get_by_label("Scopes").fill("read write")
    page.get_by_role("button", name="Make a key").click()
    key = page.locator(".reason.good code").inner_text()
    assert server.request("GET", "/api/v1/me", key=key).status == 200
    page.locator("li", has_text="read, write").get_by_role("button", name="Revoke").last.click()
    said(page, "Revoked")
    page.get_by_label("Redirect URIs").fill("http://127.0.0.1:3000/callback")
    page.get_by_role("button", name="Register one").click()
    said(page, "Registered")
    opened(page, server, "?view=server")
    page.get_by_label("Name").fill("mine")
    page.get_by_role("button", name="Make one").click()
    page.get_by_text("Its keys are shown only now").wait_for()
    page.locator("li", has_text="mine").get_by_role("button", name="Remove").click()
    said(page, "Removed")
    assert len(control(server, "GET", "/sandboxes")["data"]) == 1
    assert barriers(page) == []


def test_what_was_asked_of_a_sandbox_that_is_gone_is_still_told(server: Running, page: Any) -> None:
    made = control(server, "POST", "/sandboxes", {"name": "mine"})
    answer = server.request("GET", "/~mine/api/v1/events?page=0", key=made["keys"]["read"])
    control(server, "DELETE", "/sandboxes/mine")
    for query in ("?sandbox=mine&request=1", f"?sandbox=mine&find={answer.headers['x-request-id']}"):
        opened(page, server, query)
        page.locator("#detail").get_by_text("invalid_request").wait_for()
        assert "This sandbox is gone" in page.locator("#detail").inner_text()
    opened(page, server)
    page.get_by_text("Sandbox mine, gone").wait_for()
    assert barriers(page) == []


STREAMED = """async ([from, to]) => {
  const { list } = await import("/_sandbox/pages/traffic.mjs");
  const here = { sandbox: "default", operation: "", status: "", principal: "", text: "" };
  self.shown ??= await list(document.querySelector("#list"), here);
  for (let serial = from; serial <= to; serial += 1) {
    self.shown.request({ sandbox: "default", serial, time: "2026-03-04T12:00:00Z", duration_ms: 1, method: "GET",
      path: `/api/v1/events?page=${serial}`, status: 200, request_id: `req_${serial}`, operation: "listEvents",
      principal: null, clause: null, faults: [] });
    if (serial % 500 === 0) await new Promise(requestAnimationFrame);
  }
}"""
SCROLLED = """async () => {
  const view = document.querySelector("#list .rows");
  const frames = [];
  for (let at = 0; at < view.scrollHeight; at += view.scrollHeight / 100) {
    const begun = performance.now();
    view.scrollTop = at;
    await new Promise(requestAnimationFrame);
    frames.push(performance.now() - begun);
  }
  view.scrollTop = view.scrollHeight;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return { frames, rows: view.querySelectorAll("li").length, last: view.querySelector("li:last-child").textContent };
}"""


def test_ten_thousand_requests_scroll_and_a_hundred_thousand_leave_the_memory_as_it_was(
    server: Running, page: Any
) -> None:
    devtools = page.context.new_cdp_session(page)

    def heap() -> int:
        devtools.send("HeapProfiler.collectGarbage")
        used: int = devtools.send("Runtime.getHeapUsage")["usedSize"]
        return used

    opened(page, server, "?view=server")
    page.evaluate(STREAMED, [1, 20_000])
    before = heap()
    seen = page.evaluate(SCROLLED)
    assert seen["rows"] < 60, "only what is seen is in the page"
    assert "page=10001" in seen["last"], "the oldest of ten thousand"
    print("frames in ms, the longest:", sorted(seen["frames"])[-3:])
    page.evaluate(STREAMED, [20_001, 120_000])
    after = heap()
    print("heap:", before, after)
    assert after < before * 1.2
