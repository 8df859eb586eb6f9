import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--saves", type=int, default=6, help="how often tests/server/test_saves.py saves in each way")
