from collections.abc import Iterator

import pytest

from smartcal_api.webhooks.receiver import Received, Receiver
from tests.cli.conftest import smartcal

__all__ = ["smartcal"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=10, help="how often tests/e2e/test_crash.py kills the server")
    parser.addoption("--requests", type=int, default=4000, help="how many requests tests/e2e/test_fuzz.py makes")


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    # The default stands here too: started on all of tests/, pytest knows these options only after the command line.
    return request.config.getoption("--kills", 10)


@pytest.fixture(autouse=True)
def every_delivery_is_valid(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a receiver of these tests got is judged by openapi-core, but for what was spoilt on demand."""
    received: list[Received] = []
    take = Receiver.take
    monkeypatch.setattr(Receiver, "take", lambda self, each: received.append(each) or take(self, each))
    yield
    if received:
        from tests.webhooks.openapi import assert_valid

        for each in received:
            if each.json["data"] is not None:
                assert_valid(each)
