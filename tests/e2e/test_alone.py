"""The README's promise: no telemetry, no update check, nothing fetched."""

import sys
from pathlib import Path

from tests.e2e.server import run

# Told by the interpreter itself, before anything is sent (PEP 578); inherited by every process that one starts.
WATCH = """
import os, sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        address = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments
        host = address[0] if isinstance(address, tuple) else address
        if host not in ("127.0.0.1", "localhost", "::1", None):
            with open(os.environ["SEEN"], "a") as seen:
                seen.write(f"{event} {host!r}\\n")
sys.addaudithook(watch)
"""


def test_serving_and_judging_ask_nobody_but_this_machine(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WATCH)
    seen = tmp_path / "seen.txt"
    watched = {"PYTHONPATH": str(tmp_path), "SEEN": str(seen)}
    judged = "smartcal verify --target $SMARTCAL_TARGET --profile quick --only PAGE --only HOOK"
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    done = run("exec", "--", "sh", "-c", judged, folder=tmp_path, env={"PATH": path, **watched})
    assert done.returncode == 0, done.stdout + done.stderr
    assert not seen.exists(), seen.read_text()
    asking = "import sys; sys.audit('socket.connect', None, ('192.0.2.1', 9))"  # as if it did
    run("exec", "--", sys.executable, "-c", asking, folder=tmp_path, env=watched)
    assert seen.read_text().startswith("socket.connect '192.0.2.1'"), "whoever asks somebody else is seen"
