"""What a deployment may do in its own way, and what is lost in it all the same."""

import http.server
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from smartcal_api.conformance.consent import read_form
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.laws.accounts import who
from smartcal_api.conformance.oracle import plainly
from smartcal_api.conformance.resources import alike
from smartcal_api.conformance.secret import most_bits
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.text import Kept, kept
from smartcal_api.conformance.wire import Request, Wire
from smartcal_api.contract import Contract


@pytest.mark.parametrize(
    ("buttons", "allow", "deny"),
    [
        ('<button name="answer" value="yes">Allow</button><button name="answer" value="no">Deny</button>', "yes", "no"),
        ('<button name="b" value="42">Approve access</button><button name="b" value="43">No</button>', "42", "43"),
        (
            '<input type="submit" name="go" value="Accept"><input type="submit" name="go" value="Decline">',
            "Accept",
            "Decline",
        ),
    ],
)
def test_a_page_may_ask_in_its_own_words(buttons: str, allow: str, deny: str) -> None:
    page = f'<form method="post" action="/consent?x=1"><input type="hidden" name="t" value="1">{buttons}</form>'
    form = read_form(_page(page))
    assert form is not None
    assert (form.action, form.fields) == ("/consent?x=1", [("t", "1")])
    decisions = [form.decision(word) or [] for word in ("allow", "deny")]
    assert [value for decision in decisions for _, value in decision] == [allow, deny]


def test_a_page_that_asks_for_something_typed_in_is_no_form() -> None:
    assert read_form(_page('<form method="post"><input name="password"><button>Sign in</button></form>')) is None


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("  one two\n", Kept.EXACT),
        ("one two", Kept.CLEANED),
        ("one", Kept.UNTOLD),
        ("  one", Kept.UNTOLD),
        ("onetwo", Kept.MANGLED),
        ("something else", Kept.UNTOLD),
    ],
)
def test_book_1_blanks_around_a_text_may_go_and_nothing_else(told: str, kind: Kept) -> None:
    assert kept("  one two\n", {"why": [told, None]}).kind is kind


def test_book_1_the_beginning_of_a_text_is_not_all_of_it() -> None:
    assert kept("a reason of some length", {"why": "a reason of"}).kind is Kept.CUT


def test_what_differs_from_one_reading_to_the_next_is_no_change() -> None:
    assert alike({"a": 1, "at": 1}, {"a": 1, "at": 2}, {"a": 1, "at": 3})
    assert not alike({"a": 1, "at": 1}, {"a": 2, "at": 2}, {"a": 2, "at": 3})


@pytest.mark.parametrize(
    ("account", "name"),
    [
        ({"id": 41, "scopes": ["read"]}, 41),
        ({"user": {"email": "a@example.com", "plan": {"id": 1}}}, "a@example.com"),
        ({"plan": {"id": 1}, "limits": {"id": 2}}, None),
        ({"name": "A"}, None),
        ([], None),
    ],
)
def test_auth_6_an_account_is_named_by_its_id_in_whatever_envelope(account: Any, name: object) -> None:
    assert who(account) == name


def test_oauth_9_a_counted_token_can_be_guessed() -> None:
    assert most_bits("token-1041") < 112 < most_bits("6f1d" * 8)


def test_filt_1_whether_what_has_begun_is_still_upcoming_nobody_says(contract: Contract) -> None:
    listing = contract.operations["listBookings"]
    now = datetime(2026, 3, 9, 12, tzinfo=UTC)
    going_on = {
        "id": "a",
        "status": "confirmed",
        "start_time": "2026-03-09T11:00:00Z",
        "end_time": "2026-03-09T13:00:00Z",
    }
    over = going_on | {"id": "b", "end_time": "2026-03-09T11:30:00Z"}
    at = plainly([going_on, over], listing, {"upcoming": True}, (now, now), read=["a"])
    assert (at.must, at.may) == (frozenset(), frozenset({"a"}))


@pytest.fixture
def talkative() -> Iterator[str]:
    """A server that answers HEAD as if it were GET."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"body")

        do_GET = do_HEAD  # noqa: N815  # the name that http.server looks for

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_headers_2_what_comes_behind_the_head_of_head_is_seen_and_in_nobodys_way(talkative: str) -> None:
    wire = Wire(Target(root=talkative))
    assert [wire.send(Request(method, "/", (), b"")).body for method in ("HEAD", "GET", "HEAD")] == [b"body"] * 3
    wire.close()


def _page(body: str) -> Exchange:
    html = (("Content-Type", "text/html; charset=utf-8"),)
    return Exchange(0, "", None, "GET", "/", (), b"", None, 200, html, body.encode(), 0.0, 0.0)
