import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--url", help="the root of the deployment to test; default: a mock that is started for it")
    parser.addoption("--key", help="an API key of it with the scope admin")
