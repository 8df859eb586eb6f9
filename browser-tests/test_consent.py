"""The flow in a real browser: from the link to the token, denial, a tampered form, the keyboard (OAUTH authorize 6)."""

import http.client
import json
import re
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.e2e.server import Running, serving

# With what a form would change on its way.
STATE = "a\nb & c\r"


class App(NamedTuple):
    """An app on this machine: what it was called with, and the pages that it shows by their path."""

    root: str
    calls: list[str]
    pages: dict[str, str]

    @property
    def callback(self) -> str:
        return f"{self.root}/callback"

    def answers(self) -> list[dict[str, str]]:
        return [dict(parse_qsl(urlsplit(each).query)) for each in self.calls if each.startswith("/callback")]


@pytest.fixture
def app() -> Iterator[App]:
    calls: list[str] = []
    pages: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            page = pages.get(self.path, "<!doctype html><title>The app</title><p>Back at the app").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield App(f"http://127.0.0.1:{listening.server_port}", calls, pages)
        listening.shutdown()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("consent"), "--rate-limits", "off") as running:
        yield running


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A fresh profile, whose console has nothing to complain of."""
    context = browser.new_context()
    opened = context.new_page()
    yield opened
    context.close()


def link(server: Running, app: App, **more: str) -> str:
    asked = {"client_id": "demo_app", "redirect_uri": app.callback, "response_type": "code", "scope": "read write"}
    return f"{server.ready['oauth']['authorize_url']}?{urlencode(asked | {'state': STATE} | more)}"


def complaints(page: Any) -> list[str]:
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_from_the_link_to_the_token(server, app, page):
    found = complaints(page)
    app.pages["/"] = f'<!doctype html><title>App</title><a href="{link(server, app).replace("&", "&amp;")}">Connect</a>'
    page.goto(f"{app.root}/")
    page.get_by_role("link", name="Connect").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Allow Demo app to use your SmartCal Pro account?"
    assert page.get_by_role("listitem").count() == 2
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{app.callback}?*")
    (given,) = app.answers()
    assert given["state"] == STATE
    assert given["iss"] == server.ready["root_url"]
    form = {"grant_type": "authorization_code", "code": given["code"], "redirect_uri": app.callback}
    body = urlencode(form | {"client_id": "demo_app", "client_secret": "scs_demo_app"}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    token = server.request("POST", "/oauth/token", body=body, headers=headers)
    me = server.request("GET", "/api/v1/me", key=token.json["access_token"])
    assert (me.json["scopes"], me.json["auth_method"]) == (["read", "write"], "oauth")
    assert found == [], "the browser objects to the page, its style or its form"


def test_denial_goes_back_without_a_code(server, app, page):
    page.goto(link(server, app))
    page.get_by_role("button", name="Deny").click()
    page.wait_for_url(f"{app.callback}?*")
    (given,) = app.answers()
    assert given["error"] == "access_denied"
    assert given["state"] == STATE
    assert "code" not in given


@pytest.mark.parametrize(
    ("field", "value"), [("scope", "read write admin"), ("redirect_uri", "http://127.0.0.1/callback")]
)
def test_a_tampered_form_decides_nothing(server, app, page, field, value):
    page.goto(link(server, app))
    page.evaluate("([name, value]) => { document.forms[0].elements[name].value = value }", [field, value])
    with page.expect_response(lambda response: response.request.method == "POST") as response:
        page.get_by_role("button", name="Allow").click()
    assert response.value.status == 400
    assert "was changed" in page.get_by_role("main").inner_text()
    assert app.answers() == []


def test_going_back_gives_a_fresh_form(server, app, page):
    """The old one, which was sent, is not kept; sending it again would be a page that says so."""
    page.goto(link(server, app))
    for times in (1, 2):
        page.get_by_role("button", name="Allow").click()
        page.wait_for_url(f"{app.callback}?*")
        assert len({each["code"] for each in app.answers()}) == times
        page.go_back()


def test_another_site_can_not_decide_for_the_user(server, app, page):
    """Even with a ticket that it got for itself."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port)) as connection:
        connection.request("GET", link(server, app).removeprefix(server.ready["root_url"]))
        text = connection.getresponse().read().decode()
    fields = "".join(re.findall(r'<input type="hidden"[^>]*>', text))
    action = server.ready["oauth"]["authorize_url"]
    app.pages["/evil"] = (
        f'<!doctype html><form method="post" action="{action}">{fields}'
        '<button name="decision" value="allow">Win</button></form>'
    )
    page.goto(f"{app.root}/evil")
    with page.expect_response(lambda response: response.request.method == "POST") as response:
        page.get_by_role("button", name="Win").click()
    assert response.value.status == 400
    assert app.answers() == []


def test_nobody_can_show_the_page_in_a_frame(server, app, page):
    app.pages["/frame"] = f'<!doctype html><iframe src="{link(server, app).replace("&", "&amp;")}"></iframe>'
    page.goto(f"{app.root}/frame")
    page.wait_for_load_state("networkidle")
    assert page.frames[1].get_by_role("button").count() == 0


def test_the_keyboard_is_enough_and_shows_where_it_is(server, app, page):
    page.goto(link(server, app))
    reached = []
    for _ in range(2):
        page.keyboard.press("Tab")
        style = "getComputedStyle(document.activeElement)"
        reached.append(page.evaluate("document.activeElement.innerText"))
        assert page.evaluate(f"{style}.outlineStyle") == "solid"
        assert float(page.evaluate(f"parseFloat({style}.outlineWidth)")) >= 2
    assert reached == ["Allow", "Deny"]
    page.keyboard.press("Enter")
    page.wait_for_url(f"{app.callback}?*")
    assert app.answers()[0]["error"] == "access_denied"


def test_a_person_is_told_what_is_wrong_with_a_link(server, app, page):
    page.goto(link(server, app, redirect_uri="https://evil.example/"))
    assert page.get_by_role("heading", level=1).inner_text() == "This link can't be used"
    assert "http://127.0.0.1/callback" in page.get_by_role("main").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1000, 320])
def test_it_can_be_read_by_day_and_by_night_on_any_screen(server, app, browser, screenshots, scheme, width):
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(link(server, app, scope="read write webhooks admin"))
    page.screenshot(path=screenshots / f"consent-{scheme}-{width}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it has to be scrolled sideways"
    dark = luminance(page.evaluate("getComputedStyle(document.body).backgroundColor")) < 0.2
    assert dark == (scheme == "dark")
    for selector, behind in (
        ("h1", "main"),
        ("li span", "main"),
        (".soft", "main"),
        ("[value=allow]", "[value=allow]"),
    ):
        ink = page.evaluate(f"getComputedStyle(document.querySelector('{selector}')).color")
        paper = page.evaluate(f"getComputedStyle(document.querySelector('{behind}')).backgroundColor")
        bright, dim = sorted((luminance(ink), luminance(paper)), reverse=True)
        assert (bright + 0.05) / (dim + 0.05) >= 4.5, f"{selector}: WCAG 2.2, 1.4.3"
    context.close()


def luminance(color: str) -> float:
    """Relative, as WCAG defines it, of a `rgb(…)`."""
    channels = [int(each) / 255 for each in re.findall(r"\d+", color)[:3]]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_page_is_understood_by_a_screen_reader(server, app, page):
    page.goto(link(server, app))
    tree = page.get_by_role("main").aria_snapshot()
    assert 'list "Demo app asks to:"' in tree
    assert 'group "Your decision"' in tree
    assert page.title() == "Allow Demo app?"
    assert page.evaluate("document.documentElement.lang") == "en"
    assert json.loads(page.evaluate("JSON.stringify(document.scripts.length)")) == 0
