"""Runs the tests at other instants and in other zones, by libfaketime: `make dates`.

What is faked is the time of day; a monotonic clock that stands for another instant would only let everybody wait.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.dates.instants import INSTANTS, Instant

# Those below the commands: what starts servers of its own only meets the same code again.
_FOLDERS = (
    *("tests/api", "tests/auth", "tests/contract", "tests/control", "tests/flows", "tests/http", "tests/journal"),
    *("tests/mock", "tests/properties", "tests/sandbox", "tests/seeding", "tests/server", "tests/store"),
    *("tests/webhooks", "tests/test_clock.py"),
)


def main(arguments: Sequence[str]) -> int:
    names = [each.name for each in INSTANTS]
    parser = argparse.ArgumentParser(prog="make dates", epilog="Anything else goes to pytest: folders, -k WORDS.")
    parser.add_argument("--at", action="append", choices=names, help="only at this instant; may be repeated")
    chosen, rest = parser.parse_known_args(arguments)
    if shutil.which("faketime") is None:
        print("make dates: needs the command faketime: apt-get install faketime (Debian, Ubuntu).", file=sys.stderr)
        return 2
    if missing := [each for each in rest if each.startswith("tests/") and not Path(each.partition("::")[0]).exists()]:
        print(f"make dates: {missing[0]} is not there.", file=sys.stderr)
        return 2
    selection = rest if any(each.startswith("tests/") for each in rest) else [*_FOLDERS, *rest]
    failed = []
    for instant in INSTANTS:
        if instant.name in (chosen.at or names):
            print(f"{instant.name}: {instant.local} in {instant.zone}", flush=True)
            if _tests(instant, selection) != 0:
                failed.append(instant.name)
    if failed:
        print(f"make dates: failed at {', '.join(failed)}; again: make dates ARGS='--at {failed[0]}'", file=sys.stderr)
    return 1 if failed else 0


def _tests(instant: Instant, selection: Sequence[str]) -> int:
    environment = os.environ | {
        "TZ": instant.zone,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",  # Python compares the times of its caches with those of the sources
        "PYTHONPATH": str(Path(__file__).with_name("patched")),
    }
    with tempfile.TemporaryDirectory(prefix="dates.") as folder:
        command = ["faketime", "-f", f"@{instant.local}", sys.executable, "-m", "pytest", "--quiet"]
        options = ["--numprocesses", "2", "--dist", "worksteal", "-p", "no:cacheprovider", "--basetemp", f"{folder}/t"]
        return subprocess.run([*command, *options, *selection], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
