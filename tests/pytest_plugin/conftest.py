from typing import NamedTuple

import pytest


class Trial(NamedTuple):
    """So many tests, by so many workers, so many times over."""

    tests: int
    workers: int
    times: int


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--plugin-tests", type=int, default=24, help="how many tests the trial of the plugin runs")
    parser.addoption("--plugin-workers", type=int, default=2, help="and by how many workers")
    parser.addoption("--plugin-times", type=int, default=1, help="and how often")


@pytest.fixture
def trial(request: pytest.FixtureRequest) -> Trial:
    # The defaults stand here too: started on all of tests/, pytest knows these options only after the command line.
    given = [("--plugin-tests", 24), ("--plugin-workers", 2), ("--plugin-times", 1)]
    return Trial(*(request.config.getoption(name, default) for name, default in given))
