"""`smartcal serve` as a process: what it prints, the ready file, keys, and what its flags change on the wire."""

import json
import os
import re
import shlex
import sqlite3
import stat
import subprocess
from contextlib import closing, suppress
from pathlib import Path

import pytest

from smartcal_api.contract import Contract
from tests.e2e.server import Running, environment, run, serving

FROZEN = ("--now", "2026-03-04T12:00:00Z", "--freeze")
SCOPES = ("read", "write", "webhooks", "admin")


def test_ready_file_and_banner_say_where_it_is_and_with_what_keys(tmp_path: Path, contract: Contract) -> None:
    with serving(tmp_path, *FROZEN) as server:
        mode = stat.S_IMODE((tmp_path / "ready.json").stat().st_mode)
        assert mode == 0o600
        assert [path.name for path in tmp_path.iterdir() if "ready" in path.name] == ["ready.json"]
        root = f"http://127.0.0.1:{server.port}"
        ready = dict(server.ready)
        oauth = ready.pop("oauth")
        assert oauth.keys() == {"authorize_url", "token_url", "revoke_url", "metadata_url", "clients"}
        assert all(each.keys() == {"client_id", "client_secret", "redirect_uris"} for each in oauth["clients"])
        assert ready == {
            "root_url": root,
            "base_url": f"{root}/api/v1",
            "control_url": f"{root}/_sandbox",
            "control_token": None,
            "pid": server.process.pid,
            "contract": {"version": contract.version, "sha256": contract.document.sha256},
            "keys": {scope: f"scp_demo_{scope}" for scope in SCOPES},
            "webhooks": [],
            "other": {"keys": {scope: f"scp_demo_other_{scope}" for scope in SCOPES}},
        }
        for scope in SCOPES:
            me = server.request("GET", "/api/v1/me", key=server.ready["keys"][scope])
            assert me.status == (200 if scope in ("read", "admin") else 403)
        said = server.said()
        assert f"{root}/api/v1\n" in said
        assert f"pages {root}/_sandbox/\ncontract {root}/openapi.json\ncontrol {root}/_sandbox\n" in said
        page = server.request("GET", "/_sandbox/", headers={"Accept": "text/html"}).body.decode()
        assert all(f"<code>scp_demo_{scope}</code>" in page for scope in SCOPES)
        assert all(f"{scope:<10}scp_demo_{scope}" in said for scope in SCOPES)
        assert "2026-03-04T12:00:00Z, frozen" in said
        assert max(map(len, banner(server))) <= 80
        server.process.terminate()
        assert server.process.wait(30) == 0
        assert not (tmp_path / "ready.json").exists()


def banner(server: Running) -> list[str]:
    """What it printed before it answered anything; requests that were refused are logged after that."""
    assert server.request("GET", "/api/v1/me", key=server.ready["keys"]["read"]).status == 200
    return server.said().partition("Ctrl-C stops it.")[0].splitlines()


def pasted(lines: list[str]) -> str:
    """The curl of the banner as a shell gets it."""
    return re.search(r"^  curl (?:.*\\\n)*.*", "\n".join(lines), re.MULTILINE)[0]


@pytest.mark.parametrize("key", [None, "a$HOME`id`\"'\\!key"])
def test_the_curl_of_the_banner_works_as_it_is_pasted(tmp_path: Path, key: str | None) -> None:
    with serving(tmp_path, *([f"--key=read={key}"] if key else [])) as server:
        line = pasted(banner(server))
        _, url, _, header = shlex.split(line.replace("\\\n", ""))
        name, _, value = header.partition(": ")
        assert value == f"Bearer {key or 'scp_demo_read'}"
        path = url.removeprefix(server.ready["root_url"])
        assert server.request("GET", path, headers={name: value}).json["pagination"]["total"] == 200
        with suppress(FileNotFoundError):  # where this machine has no curl, the line has been read above all the same
            done = subprocess.run(["curl", "--version"], capture_output=True, check=False)
            assert done.returncode == 0
            done = subprocess.run(["sh", "-c", line], capture_output=True, check=False, env=environment(HOME="/"))
            assert json.loads(done.stdout)["pagination"]["total"] == 200


def test_auth_3_keys_beyond_loopback_are_random_and_the_well_known_ones_refused(tmp_path: Path) -> None:
    seen = set()
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        with serving(folder, "--host", "0.0.0.0") as server:
            keys = [*server.ready["keys"].values(), *server.ready["other"]["keys"].values()]
            assert all(re.fullmatch(r"scp_[\w-]{43}", key, re.ASCII) for key in keys)
            seen.update(keys)
            assert server.request("GET", "/api/v1/me", key=server.ready["keys"]["read"]).status == 200
            for name in (*SCOPES, *(f"other_{scope}" for scope in SCOPES)):
                assert server.request("GET", "/api/v1/me", key=f"scp_demo_{name}").status == 401
            said = server.said()
            assert "random and shown only here" in said
            assert all(server.ready["keys"][scope] in said for scope in SCOPES)
            assert max(map(len, banner(server))) <= 80
    assert len(seen) == 16


def test_auth_3_a_given_secret_is_in_no_journal_bundle_or_log_and_the_banner_names_short_ones(
    tmp_path: Path,
) -> None:
    plain, signing, token = "my_plain_key_77Q", "known-to-my-app", "a.control.token"
    own = ("--key", f"read={plain}", "--key", "write,read=my_key", "--webhook-secret", signing)
    nowhere = ("--webhook", f"http://127.0.0.1:1/{plain}=booking.created")
    with serving(tmp_path, *own, *nowhere, "--control-token", token) as server:
        for secret in (plain, signing, token):
            server.request("GET", f"/api/v1/events/{secret}?apikey={secret}", headers={"x-auth-token": secret})
            server.request("GET", f"/api/v1/events/{secret.replace('_', '%5f')}", key=plain)
        server.request("GET", "/api/v1/events/my_key", key="my_key")
        control = {"authorization": f"Bearer {token}"}
        sandbox = "/_sandbox/sandboxes/default"
        for path in ("/triggers/booking.created", "/deliveries/wait"):
            assert server.request("POST", f"{sandbox}{path}", headers=control, body=b"{}").status == 200
        shown = [server.request("GET", f"{sandbox}/journal", headers=control).body]
        bundle = server.request("GET", f"{sandbox}/bundle", headers=control).body
        assert signing.encode() in bundle, "deliveries are signed with it"
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(bundle)
            (journal,) = database.execute("SELECT value FROM meta WHERE name = 'image.journal'").fetchone()
        shown.append(journal.encode())
        shown.append(server.said().partition("Ctrl-C stops it.")[2].encode())
        assert all(b"events/***" in each for each in shown)
        assert b" to http://127.0.0.1:1/***: connection_failed" in shown[-1]
        assert [secret for secret in (plain, signing, token) for each in shown if secret.encode() in each] == []
        assert b"Bearer my_key" not in shown[0]
        assert "masked where credentials stand, not elsewhere\n  the key for write, read\n" in server.said()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_keys_of_ones_own_have_the_scopes_that_were_given_them(tmp_path: Path, host: str) -> None:
    own = ("--key", "read=mine_alone", "--key", "write,webhooks=both_of_it", "--key", "webhooks=mine_alone")
    with serving(tmp_path, "--host", host, *own) as server:
        statuses = {
            key: [server.request("GET", f"/api/v1/{path}", key=key).status for path in ("me", "webhooks")]
            for key in ("mine_alone", "both_of_it")
        }
        assert statuses == {"mine_alone": [200, 200], "both_of_it": [403, 200]}
        assert server.ready["keys"]["read"] == server.ready["keys"]["webhooks"] == "mine_alone"
        assert "own" not in server.ready


def test_sbx_2_two_processes_with_one_seed_and_instant_answer_byte_for_byte(tmp_path: Path) -> None:
    answers = []
    paths = [f"{path}?per_page=100&page={page}" for path in ("events", "bookings") for page in (1, 2, 3)]
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        with serving(tmp_path / name, *FROZEN, "--seed", "7", "--events", "230", "--bookings", "120") as server:
            got = [
                server.request("GET", f"/api/v1/{path}", key="scp_demo_read", headers={"Host": "127.0.0.1:1"})
                for path in [*paths, "booking-pages", "me", "events?upcoming=1"]
            ]
            answers.append([(each.status, each.body, each.headers | {"date": ""}) for each in got])
    assert answers[0] == answers[1]


def test_two_servers_at_once_share_nothing_but_the_machine(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    hook = json.dumps({"url": "https://hooks.example.com/", "events": ["booking.created"]}).encode()
    with serving(tmp_path / "a") as first, serving(tmp_path / "b") as second:
        assert first.port != second.port
        assert first.request("POST", "/api/v1/webhooks", key="scp_demo_webhooks", body=hook).status == 201
        assert second.request("GET", "/api/v1/webhooks", key="scp_demo_webhooks").json["data"] == []
        taken = run("serve", "--port", str(first.port), folder=tmp_path)
        assert (taken.returncode, taken.stderr.count("\n")) == (2, 1)


def test_flags_that_change_the_wire_do(tmp_path: Path) -> None:
    flags = ("--rate-limits", "off", "--unknown-parameters", "ignore", "--cors", "https://app.example")
    hosts = ("--allow-host", "calendar.test", "--public-url", "https://public.example/base/")
    with serving(tmp_path, *FROZEN, *flags, *hosts, "--events", "3", "--bookings", "0") as server:
        for _ in range(120):
            me = server.request("GET", "/api/v1/me", key="scp_demo_read")
            assert (me.status, me.headers["x-ratelimit-remaining"]) == (200, me.headers["x-ratelimit-limit"])
        links = {}
        for host in ("calendar.test", "elsewhere.test", "localhost:5"):
            fields = {"Host": host, "Origin": "https://app.example"}
            listed = server.request("GET", "/api/v1/events?nonsense=1", key="scp_demo_read", headers=fields)
            assert listed.status == 200
            assert listed.headers["access-control-allow-origin"] == "https://app.example"
            links[host] = re.match(r"<(.*?)/api/v1/events", listed.headers["link"])[1]
        assert links == {
            "calendar.test": "http://calendar.test",
            "elsewhere.test": "https://public.example/base",
            "localhost:5": "http://localhost:5",
        }
        other = server.request("GET", "/api/v1/me", key="scp_demo_read", headers={"Origin": "http://localhost:3000"})
        assert "access-control-allow-origin" not in other.headers
    with serving(tmp_path, "--cors", "off", "--events", "0") as server:
        me = server.request("GET", "/api/v1/me", key="scp_demo_read", headers={"Origin": "http://localhost:3000"})
        assert not {"access-control-allow-origin", "vary"} & me.headers.keys()
        assert server.request("GET", "/api/v1/me?nonsense=1", key="scp_demo_read").status == 400


def test_a_reader_that_closes_the_output_stops_nothing(tmp_path: Path) -> None:
    """`smartcal serve | head -1`: the pipe is closed before anything is printed."""
    reading, writing = os.pipe()
    os.close(reading)
    with serving(tmp_path, output=writing) as server:
        os.close(writing)
        assert server.request("GET", "/api/v1/me", key="scp_demo_read").status == 200
        server.process.terminate()
        assert server.process.wait(30) == 0
        assert server.said() == ""
