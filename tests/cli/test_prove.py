"""`smartcal prove`, and `smartcal serve --defect`."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Ended

Command = Callable[..., Ended]


def test_a_proof_is_told_to_programs_too(smartcal: Command) -> None:
    ended = smartcal("prove", "--json", "--defect", "last-link-too-far", "--seeds", "1", "--right", "1", "--quick")
    assert ended.code == 0, ended.err
    proof = json.loads(ended.out)
    assert (proof["proven"], proof["right"], proof["alarms"], proof["plain"]) == (True, 1, [], None)
    (tried,) = proof["tried"]
    assert tried["defect"] == "last-link-too-far"
    assert (tried["law"], tried["seeds"], tried["missed"], tried["quick"]) == ("PAGE 3", 1, {}, None)


def test_a_server_with_a_defect_is_not_reloaded(smartcal: Command) -> None:
    ended = smartcal("serve", "--port", "0", "--defect", "last-link-too-far", "--reload")
    assert ended.code == 2
    assert ended.err == "smartcal: --defect: is planted at start, and --reload would put a right server in its place.\n"


def test_the_defects_are_listed_each_with_its_law(smartcal: Command) -> None:
    ended = smartcal("serve", "--defect", "list")
    assert ended.code == 0
    assert any(line.split()[0] == "last-link-too-far" and "PAGE 3" in line for line in ended.out.splitlines())


def test_a_proof_that_is_killed_leaves_no_worker_behind() -> None:
    command = [
        sys.executable,
        "-m",
        "smartcal_api",
        "prove",
        "--defect",
        "PAGE 3",
        "--seeds",
        "1000",
        "--right",
        "1000",
    ]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as proving:
        try:
            children = Path(f"/proc/{proving.pid}/task/{proving.pid}/children")
            while len(children.read_text().split()) < 2:  # one watches over what the workers share
                assert proving.poll() is None
            proving.kill()
            # Each worker has this pipe too: it ends with the last of them, which have hours of work left.
            proving.communicate(timeout=60)
        finally:
            proving.kill()
