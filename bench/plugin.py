"""What a sandbox of its own costs a test: the pytest plugin's fixture, beside tests that ask for nothing."""

import json
import os
import subprocess
import sys
from statistics import median

from bench.figures import CannotMeasure, Figure, Section, Target
from bench.plan import Plan
from bench.processes import ROOT

_TESTS = 200
_COST_MS = 10.0
_SOURCE = f"""
import pytest

@pytest.mark.parametrize("number", range({_TESTS}))
def test_empty(number):
    pass

@pytest.mark.parametrize("number", range({_TESTS}))
def test_sandbox(smartcal, number):
    pass
"""
# Set-up, call and tear-down of a test, reports included: what a run takes longer by.
_TIMING = """
import json
import time

import pytest

TIMES = {}

@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    began = time.perf_counter()
    yield
    TIMES.setdefault(item.originalname, []).append(1_000 * (time.perf_counter() - began))
    return True

def pytest_sessionfinish():
    with open("times.json", "w") as file:
        json.dump(TIMES, file)
"""


def plugin(plan: Plan) -> Section:
    """Medians in one run of pytest; the first test with a sandbox starts the server, and isn't counted."""
    folder = plan.folder / "plugin"
    folder.mkdir()
    for name, text in {"test_cost.py": _SOURCE, "conftest.py": _TIMING, "pytest.ini": "[pytest]\n"}.items():
        (folder / name).write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "smartcal_api.pytest_plugin", "-p", "no:cacheprovider"],
        cwd=folder,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("SMARTCAL_")},
            "PYTHONPATH": str(ROOT / "src"),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotMeasure(f"the tests with the plugin fail: {done.stdout.strip().splitlines()[-1]}")
    empty, sandbox = (median(times[1:]) for times in json.loads((folder / "times.json").read_text()).values())
    cost = Figure(
        name="a test's sandbox",
        value=sandbox - empty,
        unit="ms",
        pattern=".1f",
        target=Target(sign="<", bound=_COST_MS),
    )
    cells = [
        Figure(name=f"a test {name}", value=value, unit="ms", pattern=".1f")
        for name, value in (
            ("without", empty),
            ("with a sandbox", sandbox),
        )
    ]
    return Section(
        title=f"A sandbox for each test, by the pytest plugin: medians of {_TESTS}",
        columns=["", "empty test", "with `smartcal`", "cost"],
        rows=[["a test", *cells, cost]],
    )
