"""docs/control.md and docs/reference.md: what they say can be done is done here, by each of the ways."""

import re
import subprocess
import sys
from pathlib import Path

from tests.e2e.server import environment, serving
from tests.house.reference_page import PAGE, page
from tests.house.source import ROOT

# Command, request, pytest; what is said for JavaScript is done by `make js`.
ROW = re.compile(r"^\| [^|]+ \|([^|]*)\|([^|]*)\|([^|]*)\|[^|]+\|$", re.MULTILINE)
CELLS = [
    cells for cells in ROW.findall((ROOT / "docs/control.md").read_text(encoding="utf-8")) if "pytest" not in cells[2]
]
JSON = {"Content-Type": "application/json"}
REQUEST = re.compile(r"`(GET|POST|PUT|DELETE) ([^`]+)`(?: `(\{[^`]*\})`)?")


def test_the_reference_has_every_flag_and_operation_that_there_is() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "`make reference` writes it anew"


def test_every_row_is_done_as_a_command_and_as_a_request(tmp_path: Path) -> None:
    assert len(CELLS) > 15
    commands = [each for cells in CELLS for each in re.findall(r"`(smartcal [^`…]+)`", cells[0])]
    requests = [each for cells in CELLS for each in REQUEST.findall(cells[1]) if "…" not in each[1]]
    with serving(tmp_path) as server:
        for method, path, body in requests:
            whole = path if path.startswith("/_sandbox") else f"/_sandbox/sandboxes/default{path}"
            answer = server.request(method, whole, body=body.encode() or None, headers=JSON)
            assert answer.status < 300, (method, path, answer.body)
        (script := tmp_path / "script.sh").write_text("set -e\n" + "\n".join(commands))
        server.request("DELETE", "/_sandbox/sandboxes/checkout", headers=JSON)
        server.request("DELETE", "/_sandbox/sandboxes/default/faults", headers=JSON)
        server.request("POST", "/_sandbox/sandboxes/default/reset", body=b"{}")
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        env = environment(PATH=path, SMARTCAL_TARGET=str(tmp_path / "ready.json"))
        done = subprocess.run(["sh", str(script)], env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_row_is_done_in_a_test(tmp_path: Path) -> None:
    statements = [each for cells in CELLS for each in re.findall(r"`((?:smartcal|before)[^`]+)`", cells[2])]
    statements = [each for each in statements if "…" not in each]
    lines = "\n".join(f"    {each}" for each in statements)
    (tmp_path / "test_shown.py").write_text(f"def test_shown(smartcal):\n{lines}\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "smartcal_api.pytest_plugin", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env=environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, lines + done.stdout
