import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=10, help="how often tests/e2e/test_crash.py kills the server")
    parser.addoption("--requests", type=int, default=4000, help="how many requests tests/e2e/test_fuzz.py makes")


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    # The default stands here too: started on all of tests/, pytest knows these options only after the command line.
    return request.config.getoption("--kills", 10)
