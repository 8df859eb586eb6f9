"""Schemathesis against the mock, or any deployment by URL: `pytest contract-tests --url ROOT --key KEY`."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.server import serving

HERE = Path(__file__).parent
CONTRACT = HERE.parent / "openapi.yaml"
OPERATIONS = 11


@pytest.fixture
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    url = request.config.getoption("--url")
    if url:
        yield url, request.config.getoption("--key") or pytest.fail("--url needs --key as well")
        return
    with serving(tmp_path, "--rate-limits", "off") as server:
        yield server.ready["root_url"], server.ready["keys"]["admin"]


def test_schemathesis_finds_no_answer_that_breaks_the_contract(target: tuple[str, str], tmp_path: Path) -> None:
    """Examples, coverage, fuzzing, and stateful through the links, with all checks; never green because nothing ran."""
    url, key = target
    ran = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"),
            "--config-file",
            str(HERE / "schemathesis.toml"),
            "run",
            str(CONTRACT),
            "--include-path-regex=^/api/v1",
            "--max-examples=30",
        ],
        cwd=tmp_path,
        env=os.environ | {"CONFORMANCE_URL": url, "CONFORMANCE_KEY": key, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    tested = re.search(r"Tested: (\d+)", ran.stdout)
    assert tested is not None, ran.stdout
    assert int(tested[1]) == OPERATIONS, ran.stdout
    cases = re.search(r"([\d,]+) generated", ran.stdout)
    assert cases is not None, ran.stdout
    assert int(cases[1].replace(",", "")) > 500, ran.stdout
