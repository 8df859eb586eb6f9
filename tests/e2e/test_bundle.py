"""A bundle: a sandbox as one file, which a server opens again."""

import json
import signal
import sqlite3
import subprocess
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from smartcal_api.contract import Contract
from smartcal_api.journal.archived import documents
from smartcal_api.journal.entry import Entry
from smartcal_api.journal.restored import restored
from smartcal_api.store import open_store
from tests.cli.conftest import Command
from tests.control.plane import Plane, open_plane
from tests.e2e.server import command, environment, run, serving

HOOK = {"url": "http://127.0.0.1:9/", "events": ["booking.created"]}


@pytest.fixture
def bundle(contract: Contract, tmp_path: Path) -> Path:
    """Of a sandbox with another seed, in which something has happened, a day later."""
    plane = open_plane(contract)
    made = plane.create(name="a", seed=7, events=30, now="2026-03-04T12:00:00Z", frozen=True)
    key = made["keys"]["admin"]
    plane.post("/~a/api/v1/webhooks", HOOK, key=key)
    plane.post("/sandboxes/a/clock/advance", {"by": "1d"})
    path = tmp_path / "failed.bundle"
    path.write_bytes(taken(plane, "a"))
    return path


def taken(plane: Plane, sandbox: str, query: str = "") -> bytes:
    reply = plane.get(f"/sandboxes/{sandbox}/bundle{query}")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/vnd.sqlite3")
    return reply.body


def test_sbx_3_a_bundle_is_served_as_it_stood(bundle: Path, tmp_path: Path) -> None:
    with serving(tmp_path, "--bundle", str(bundle)) as server:
        key = server.ready["keys"]["admin"]
        clock = server.request("GET", "/_sandbox/sandboxes/default").json
        assert (clock["seed"], clock["clock"]) == (7, {"now": "2026-03-05T12:00:00Z", "frozen": True})
        assert server.request("GET", "/api/v1/events", key=key).json["pagination"]["total"] == 30
        hooks = server.request("GET", "/api/v1/webhooks", key=key)
        assert [each["url"] for each in hooks.json["data"]] == [HOOK["url"]]
        path = f"/api/v1/webhooks/{hooks.json['data'][0]['id']}"
        assert server.request("DELETE", path, key=key).status == 204
        assert server.request("POST", "/_sandbox/sandboxes/default/reset", body=b"").status == 200
        assert server.request("GET", "/api/v1/webhooks", key=key).body == hooks.body, "it begins with the bundle"


def test_a_bundle_holds_the_journal_and_no_secret_but_those_of_webhooks(contract: Contract, tmp_path: Path) -> None:
    plane = open_plane(contract)
    key = plane.world.key("read")
    plane.get("/api/v1/events?per_page=1", key=key)
    path = tmp_path / "a.bundle"
    path.write_bytes(taken(plane, "default"))
    with closing(sqlite3.connect(path)) as file:
        ((text,),) = file.execute("SELECT value FROM meta WHERE name = 'image.journal'")
    (entry,) = json.loads(text)
    assert (entry["method"], entry["path"]) == ("GET", "/api/v1/events?per_page=1")
    assert key.encode() not in path.read_bytes()


def test_a_bundle_of_a_snapshot_is_of_that_instant(contract: Contract, tmp_path: Path) -> None:
    plane = open_plane(contract)
    plane.post("/sandboxes/default/snapshots", {"name": "here"})
    plane.post("/sandboxes/default/clock/advance", {"by": "1d"})
    path = tmp_path / "a.bundle"
    for query, now in (("?snapshot=here", 1772625600), ("", 1772625600 + 86_400)):
        path.write_bytes(taken(plane, "default", query))
        with closing(sqlite3.connect(path)) as file:
            ((text,),) = file.execute("SELECT value FROM meta WHERE name = 'image.state'")
        assert json.loads(text)["now"] == now * 10**9


def test_a_file_that_is_no_bundle_is_refused_with_a_line(
    bundle: Path, contract: Contract, tmp_path: Path, smartcal: Command
) -> None:
    open_store(contract, tmp_path / "store.db").close()
    with closing(sqlite3.connect(tmp_path / "theirs.db")) as theirs:
        theirs.execute("CREATE TABLE theirs (a)")
    (tmp_path / "text").write_text("hello")
    (tmp_path / "empty").touch()
    whole = bundle.read_bytes()
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    with closing(sqlite3.connect(bundle)) as file:
        file.execute("UPDATE meta SET value = '{}' WHERE name = 'image.state'")
        file.commit()
    for name, said in {
        "store.db": "give it to --store",
        "theirs.db": "another program",
        "text": "is not an image of a sandbox",
        "empty": "is empty",
        "cut": "damaged",
        "missing": "No such file",
        bundle.name: "not an image of a sandbox",
    }.items():
        refused = smartcal("serve", "--port", "0", "--bundle", name)
        assert (refused.code, refused.out) == (2, "")
        assert refused.err.startswith(f"smartcal: {name}: ")
        assert said in refused.err
        assert refused.err.count("\n") == 1


@pytest.mark.parametrize("flag", [("--store", "a.db"), ("--seed", "1"), ("--now", "2026-03-04T12:00:00Z")], ids=str)
def test_flags_that_a_bundle_has_its_own_answer_to_are_refused(bundle: Path, tmp_path: Path, flag: tuple[str]) -> None:
    refused = run("serve", "--port", "0", "--bundle", str(bundle), *flag, folder=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr.startswith("smartcal: --bundle: ")


def test_a_bundle_and_a_har_open_in_a_browser_with_their_traffic(contract: Contract, tmp_path: Path) -> None:
    plane = open_plane(contract)
    plane.get("/api/v1/events?per_page=500", key=plane.world.key("read"))
    plane.get("/api/v1/me", key=plane.world.key("read", owner=2))
    plane.post("/api/v1/bookings/bkg_1/cancel", {"reason": "<b>"}, key=plane.world.key("read"))
    before = plane.get("/sandboxes/default/journal").json["data"]
    (tmp_path / "a.bundle").write_bytes(taken(plane, "default"))
    (tmp_path / "a.har").write_bytes(plane.get("/sandboxes/default/journal/har").body)
    told = ("time", "method", "operation", "status", "request_id", "clause", "path")
    for name in ("a.bundle", "a.har"):
        opened = subprocess.Popen(
            command("open", name, "--no-browser"),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            text=True,
        )
        assert opened.stdout is not None
        place = opened.stdout.readline().strip()
        with urllib.request.urlopen(f"{place}sandboxes/default/journal") as answer:
            after = json.load(answer)["data"]
        assert [[each[name] for name in told] for each in after] == [[each[name] for name in told] for each in before]
        if name == "a.bundle":
            assert [each["principal"] for each in after] == [each["principal"] for each in before]
            assert [each["response"]["body"] for each in after] == [each["response"]["body"] for each in before]
        opened.send_signal(signal.SIGINT)
        assert (opened.wait(30), "Traceback" in opened.communicate()[1]) == (0, False)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "bundle nor an HTTP archive"), (b"{}", "log.entries"), (b"[1]", "log.entries"), (b"{", "bundle nor")],
)
def test_what_can_not_be_opened_is_told_in_a_line(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "x").write_bytes(content)
    done = run("open", "x", "--no-browser", folder=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr


def test_odd_entries_of_a_journal_or_an_archive_are_passed_over(contract: Contract) -> None:
    whole = {
        "startedDateTime": "2026-03-04T12:00:00.123456+01:00",
        "time": 3.5,
        "request": {
            "method": "GET",
            "url": "https://api.example/api/v1/me?a=\u00e9",
            "headers": [{"name": ":path", "value": "/"}, {"name": "X-A", "value": "1\r\nX-B: 2"}],
        },
        "response": {"status": 404, "headers": [], "content": {"text": '{"code": "not_found", "detail": "x"}'}},
    }
    odd = [None, {}, {**whole, "request": None}, {**whole, "startedDateTime": "then"}, {**whole, "response": {}}]
    found = list(documents({"log": {"entries": [*odd, whole]}}, lambda *_: "getAccount", request_id="X-Request-Id"))
    kept = list(restored([*found, 3, {"serial": 1}], contract))
    assert [each[0] for each in kept] == [found[-2]["serial"], found[-1]["serial"]]
    entry = Entry.of("default", kept[-1])
    assert (entry.status, entry.path, entry.operation and entry.operation.id) == (404, b"/api/v1/me", "getAccount")
    assert entry.refusal is not None
    assert entry.refusal.code == "not_found"
    assert [name for name, _ in entry.request_headers] == [b"x-a"]
