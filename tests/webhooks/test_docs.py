"""What docs/webhooks.md shows works: its receiver stands every trial, its tests pass."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from smartcal_api.contract import Contract
from tests.e2e.server import environment, run
from tests.house.source import ROOT

PAGE = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")
RECEIVER, TESTS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def shown() -> Iterator[tuple[str, str]]:
    """The URL of the receiver that the page shows, and its secret."""
    names: dict[str, Any] = {"__name__": "shown"}
    exec(compile(RECEIVER, "docs/webhooks.md", "exec"), names)
    names["Hook"].log_message = lambda *_: None
    server = ThreadingHTTPServer(("127.0.0.1", 0), names["Hook"])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook", names["SECRET"]
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_receiver_of_the_page_stands_every_trial(shown: tuple[str, str], tmp_path: Path) -> None:
    url, secret = shown
    done = run("check-receiver", url, "--secret", secret, "--json", folder=tmp_path)
    faults = [line for line in map(json.loads, done.stdout.splitlines()) if line["fault"]]
    assert (faults, done.returncode) == ([], 0)


def test_the_tests_of_the_page_pass(tmp_path: Path) -> None:
    (tmp_path / "test_shown.py").write_text(TESTS)
    plugins = ["-p", "no:randomly", "-p", "no:cacheprovider", "-p", "smartcal_api.pytest_plugin"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, "test_shown.py"],
        cwd=tmp_path,
        env=environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_the_page_names_the_header_and_the_misbehaviours_that_there_are(contract: Contract) -> None:
    assert contract.policy.webhook_signature.header in RECEIVER
    text = (ROOT / "src/smartcal_api/control/control.yaml").read_text(encoding="utf-8")
    (kinds,) = re.findall(r"enum: \[(duplicate,.*?)\]", text)
    assert {kind for kind in kinds.split(", ") if f"`{kind}`" in PAGE} == set(kinds.split(", "))
