import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--mutations", type=int, default=0, help="how many mutations tests/changes tries, and all cells of the audit"
    )
