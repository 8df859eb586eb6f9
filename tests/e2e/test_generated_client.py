"""A typed client that an independent generator makes from the contract compiles, and lists events."""

import compileall
import os
import subprocess
import sys
from pathlib import Path

from smartcal_api.contract import shipped
from tests.e2e.server import environment, serving

PROGRAM = """
from smart_cal_pro_api_client import AuthenticatedClient
from smart_cal_pro_api_client.api.account import get_account
from smart_cal_pro_api_client.api.events import get_event, list_events
from smart_cal_pro_api_client.models import EventList, EventStatus

import sys

root, key = sys.argv[1:]
client = AuthenticatedClient(base_url=root, token=key, raise_on_unexpected_status=True)
found = list_events.sync(client=client, per_page=5, status=EventStatus.CONFIRMED)
assert isinstance(found, EventList), found
assert len(found.data) == found.pagination.per_page == 5
assert all(event.status == EventStatus.CONFIRMED and event.start_time < event.end_time for event in found.data)
assert get_event.sync(found.data[0].id, client=client) == found.data[0]
assert get_account.sync(client=client).object_ == "account"
print(*(event.id for event in found.data))
"""


def test_a_generated_client_compiles_and_lists_events(tmp_path: Path) -> None:
    """The generator formats what it made with ruff, which is beside it."""
    tools = Path(sys.executable).parent
    path = os.pathsep.join([str(tools), os.environ["PATH"]])
    generator = [str(tools / "openapi-python-client"), "generate", "--path", str(shipped()), "--meta", "none"]
    target = tmp_path / "smart_cal_pro_api_client"
    made = subprocess.run(
        [*generator, "--output-path", str(target), "--fail-on-warning"],
        cwd=tmp_path, env=environment(PATH=path), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    assert compileall.compile_dir(target, quiet=2, workers=1)
    with serving(tmp_path, "--freeze", "--now", "2026-03-04T12:00:00Z") as server:
        ran = subprocess.run(
            [sys.executable, "-W", "error", "-c", PROGRAM, server.ready["root_url"], server.ready["keys"]["read"]],
            cwd=tmp_path, env=environment(PYTHONPATH=str(tmp_path)), capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        listed = server.request(
            "GET", "/api/v1/events?per_page=5&status=confirmed", key=server.ready["keys"]["read"]
        ).json
    assert ran.stdout.split() == [event["id"] for event in listed["data"]]
