"""What docs/data.md shows is what a server does."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

from smartcal_api.contract import Contract
from smartcal_api.server.world import open_sandbox
from smartcal_api.settings import Settings
from smartcal_api.store import open_store
from tests.e2e.server import Running, run, serving
from tests.house.source import ROOT

PAGE = (ROOT / "docs/data.md").read_text(encoding="utf-8")


def test_the_documented_command_serves_the_documented_file(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (command,) = re.findall(r"^\$ smartcal serve (.*)$", PAGE, re.MULTILINE)
    (tmp_path / "data.yaml").write_text(example, encoding="utf-8")
    with serving(tmp_path, *shlex.split(command)) as server:
        key = server.ready["keys"]["admin"]
        (booking,) = server.request("GET", "/api/v1/bookings", key=key).json["data"]
        assert booking["invitee"]["name"] == "Grace Hopper"
        assert server.request("DELETE", f"/_sandbox/sandboxes/default/resources/Booking/{booking['id']}", body=b"")
        assert server.request("GET", "/api/v1/bookings", key=key).json["data"] == []
        assert server.request("POST", "/_sandbox/sandboxes/default/reset", body=b"{}").status == 200
        assert server.request("GET", "/api/v1/bookings", key=key).json["data"] == [booking]


def test_a_file_that_is_at_fault_is_refused_with_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text('{"Event": [\n{"title": 3}]}')
    refused = run("serve", "--data", "data.json", folder=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr.startswith("smartcal: data.json:2: /Event/0/title: ")
    assert refused.stdout == ""


def test_store_2_a_store_that_is_opened_again_is_reset_to_the_data_that_it_began_with(tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text(json.dumps({"Event": [{"title": "Mine"}, {"title": "Mine too"}]}))
    flags = ("--store", "calendar.db")
    with serving(tmp_path, *flags, "--data", "data.json") as server:
        began = events(server)
        assert [each["title"] for each in began] == ["Mine", "Mine too"]
        control(server, "POST", "/snapshots", {"name": "first"})
        control(server, "POST", "/triggers/event.created")
        control(server, "POST", "/snapshots", {"name": "second"})
    requests = set()
    # A restore and a reset, each the last thing that a process does, leave the beginning what it was.
    for last, left in (("/snapshots/second/restore", 3), ("/snapshots/first/restore", 2), ("/reset", 2)):
        with serving(tmp_path, *flags) as server:
            requests.add(server.request("GET", "/api/v1/me").headers["x-request-id"])
            control(server, "POST", "/reset")
            assert events(server) == began
            control(server, "POST", last)
            assert len(events(server)) == left
    with serving(tmp_path, *flags) as server:
        requests.add(server.request("GET", "/api/v1/me").headers["x-request-id"])
        assert events(server) == began
    assert len(requests) == 4, "a file that is opened again repeats no request id, also after a reset"


def test_a_start_that_was_broken_off_leaves_a_store_that_is_new(contract: Contract, tmp_path: Path) -> None:
    """Whatever it had noted of its data is no beginning of what the store is filled with later."""
    path = tmp_path / "calendar.db"
    store = open_store(contract, path)
    store.set_meta("began", "eJwDAAAAAAE=")
    store.close()
    settings = Settings(store=path)
    for _ in range(2):
        with open_sandbox(contract, settings) as sandbox:
            assert sandbox.data is None
            assert sandbox.store.count("Event") > 0


def control(server: Running, method: str, path: str, body: Any = None) -> None:
    answer = server.request(method, f"/_sandbox/sandboxes/default{path}", body=json.dumps(body or {}).encode())
    assert answer.status < 300, answer.body


def events(server: Running) -> list[Any]:
    listed: list[Any] = server.request("GET", "/api/v1/events", key=server.ready["keys"]["admin"]).json["data"]
    return listed
