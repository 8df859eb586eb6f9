"""What docs/data.md shows is what a server does."""

import re
import shlex
from pathlib import Path

from tests.e2e.server import run, serving
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
