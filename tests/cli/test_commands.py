"""`smartcal store seed` and `smartcal routes`, and output that can't be written."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from smartcal_api.contract import Contract
from tests.cli.conftest import Ended
from tests.e2e.server import command, environment, run

Command = Callable[..., Ended]


def test_seed_says_what_it_stored_and_refuses_to_do_it_twice(smartcal: Command) -> None:
    ended = smartcal("store", "seed", "calendar.db", "--events", "7", "--bookings", "0", "--seed", "3")
    assert ended.code == 0
    assert ended.out.startswith("calendar.db: ")
    again = smartcal("store", "seed", "calendar.db", "--events", "7")
    assert (again.code, again.err.count("\n")) == (2, 1)
    assert "has data already" in again.err


def test_seed_makes_the_same_file_for_the_same_seed_at_the_same_instant(smartcal: Command, tmp_path: Path) -> None:
    data = ("--seed", "5", "--events", "30", "--bookings", "5", "--now", "2026-03-04T12:00:00Z")
    for name in ("a.db", "b.db"):
        assert smartcal("store", "seed", name, *data).code == 0
    assert (tmp_path / "a.db").read_bytes() == (tmp_path / "b.db").read_bytes()


def test_src_1_routes_lists_every_operation_of_the_contract_and_what_serves_it(
    smartcal: Command, contract: Contract
) -> None:
    lines = [line.split() for line in smartcal("routes").out.splitlines()]
    wanted = [
        [each.method, each.path, *(sorted(each.scopes) or ["-"]), each.id] for each in contract.operations.values()
    ]
    assert [line[:4] for line in lines] == wanted
    assert {line[4] for line in lines} == {"handler"}
    assert {" ".join(line[5:]) for line in lines} == {"serves operations of this name"}


@pytest.mark.parametrize("arguments", [["version"], ["routes"], ["--help"], ["serve", "--help"]])
def test_output_that_cannot_be_written_is_one_line_and_exit_2(tmp_path: Path, arguments: list[str]) -> None:
    with (tmp_path / "output.txt").open("wb") as output:
        ended = subprocess.run(
            _limited(*arguments), stdout=output, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment()
        )
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.startswith("smartcal: can't write the output: ")
    assert ended.stderr.count("\n") == 1, ended.stderr


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    with subprocess.Popen(
        command("routes"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment()
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_store_3_a_full_disk_ends_seeding_with_one_line_and_exit_2(tmp_path: Path) -> None:
    ended = subprocess.run(
        _limited("store", "seed", "calendar.db", "--events", "2000", limit=256 * 1024),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(),
    )
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.startswith("smartcal: ")
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert "Traceback" not in ended.stderr
    # Nothing is in it, so it may be filled now that there is room.
    assert run("store", "seed", "calendar.db", "--events", "10", folder=tmp_path).returncode == 0


def test_a_disk_that_is_full_from_the_beginning_is_one_line_and_exit_2(tmp_path: Path) -> None:
    for arguments in (["store", "seed", "calendar.db"], ["serve", "--port", "0", "--ready-file", "ready.json"]):
        ended = subprocess.run(
            _limited(*arguments, limit=0), capture_output=True, text=True, cwd=tmp_path, env=environment(), timeout=60
        )
        assert ended.returncode == 2, ended.stderr
        assert ended.stderr.startswith("smartcal: ")
        assert ended.stderr.count("\n") == 1, ended.stderr
    assert not (tmp_path / "ready.json").exists()


def _limited(*arguments: str, limit: int = 0) -> list[str]:
    """The command in a process that may write files of `limit` bytes and no larger."""
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), -1)); "
        "from smartcal_api.cli import main; main(sys.argv[2:])"
    )
    return [sys.executable, "-c", code, str(limit), *arguments]
