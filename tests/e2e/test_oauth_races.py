"""Fifty at once, and a restart: what a real server with a file does (laws OAUTH 9 and 11)."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.cli.conftest import Command
from tests.e2e.server import Answered, Running, run, serving

CALLBACK = "http://127.0.0.1:5001/callback"
AT_ONCE = 50
FLAGS = ("--oauth-consent", "auto", "--rate-limits", "off")


def code(server: Running, client: str = "demo_app", uri: str = CALLBACK) -> str:
    asked = {"response_type": "code", "client_id": client, "redirect_uri": uri, "scope": "read"}
    location = server.request("GET", "/oauth/authorize?" + urlencode(asked)).headers["location"]
    return parse_qs(urlsplit(location).query)["code"][0]


def token(server: Running, client: str = "demo_app", secret: str = "scs_demo_app", **fields: str) -> Answered:
    body = urlencode({"client_id": client, "client_secret": secret, **fields}).encode()
    return server.request(
        "POST", "/oauth/token", body=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )


def redeem(server: Running, value: str, **fields: str) -> Answered:
    return token(server, grant_type="authorization_code", code=value, **({"redirect_uri": CALLBACK} | fields))


def refresh(server: Running, value: str, **fields: str) -> Answered:
    return token(server, grant_type="refresh_token", refresh_token=value, **fields)


def me(server: Running, access: str) -> int:
    return server.request("GET", "/api/v1/me", key=access).status


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("what", [redeem, refresh])
def test_oauth_9_of_fifty_at_once_one_succeeds_and_the_rest_end_what_it_got(tmp_path: Path, what, kept):
    store = ("--store", str(tmp_path / "store.db")) if kept else ()
    with serving(tmp_path, *FLAGS, *store) as server:
        value = code(server)
        if what is refresh:
            value = redeem(server, value).json["refresh_token"]
        together = threading.Barrier(AT_ONCE)

        def attempt(_: int) -> Answered:
            together.wait(60)
            return what(server, value)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(attempt, range(AT_ONCE)))
        assert Counter(each.status for each in answers) == {200: 1, 400: AT_ONCE - 1}
        won = next(each.json for each in answers if each.status == 200)
        lost = [each.json for each in answers if each.status == 400]
        assert {each["error"] for each in lost} == {"invalid_grant"}
        assert me(server, won["access_token"]) == 401
        assert refresh(server, won["refresh_token"]).status == 400


def test_a_restart_with_a_file_keeps_tokens_and_clients(tmp_path: Path):
    store = tmp_path / "store.db"
    assert run("store", "seed", str(store), "--events", "5", "--bookings", "1", folder=tmp_path).returncode == 0
    added = run(
        "store", "clients", "add", str(store), "mine", "--redirect-uri", CALLBACK, "--scopes", "read", folder=tmp_path
    )
    assert added.returncode == 0, added.stderr
    mine = {"client": "mine", "secret": added.stdout.strip()}
    with serving(tmp_path, "--store", str(store), *FLAGS) as server:
        held, unused = redeem(server, code(server)).json, code(server)
        own = redeem(server, code(server, "mine"), **mine).json
        assert own["scope"] == "read"
        revoked = redeem(server, code(server)).json
        body = urlencode({"token": revoked["access_token"], "client_id": "demo_app", "client_secret": "scs_demo_app"})
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert server.request("POST", "/oauth/revoke", body=body.encode(), headers=form).status == 200
    with serving(tmp_path, "--store", str(store), *FLAGS) as server:
        assert me(server, held["access_token"]) == 200
        assert me(server, own["access_token"]) == 200
        assert me(server, revoked["access_token"]) == 401
        assert redeem(server, unused).status == 200
        assert refresh(server, own["refresh_token"], **mine).status == 200
        renewed = refresh(server, held["refresh_token"])
        assert refresh(server, held["refresh_token"]).json["error"] == "invalid_grant"
        assert me(server, renewed.json["access_token"]) == 401
        said = server.said()
    written = b"".join(each.read_bytes() for each in tmp_path.glob("store.db*"))
    for secret in (held["access_token"], held["refresh_token"], unused, own["access_token"], mine["secret"]):
        assert secret not in said
        assert secret.encode() not in written
    listed = run("store", "clients", "list", str(store), folder=tmp_path).stdout
    assert "mine" in listed
    assert CALLBACK in listed
    assert mine["secret"] not in listed


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("mine", "--redirect-uri", "javascript:alert(1)"), "javascript"),
        (("mine", "--redirect-uri", "https://app.example/#x"), "fragment"),
        (("mine:x", "--redirect-uri", CALLBACK), "client id"),
        (("mine", "--redirect-uri", CALLBACK, "--scopes", "nothing"), "nothing"),
        (("kept", "--redirect-uri", CALLBACK), "already"),
    ],
)
def test_a_client_that_cannot_be_is_not_added(smartcal: Command, arguments, reason):
    smartcal("store", "seed", "store.db", "--events", "1", "--bookings", "0")
    assert smartcal("store", "clients", "add", "store.db", "kept", "--public", "--redirect-uri", CALLBACK).code == 0
    ended = smartcal("store", "clients", "add", "store.db", *arguments)
    assert ended.code == 2
    assert reason in ended.err
    assert smartcal("store", "clients", "list", "store.db").out.count("\n") == 1
