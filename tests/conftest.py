import gc

import pytest
from hypothesis import HealthCheck, settings

from smartcal_api.contract import Contract
from tests.leaks import Leaks
from tests.wire import World, open_world

# The machines that run this differ in speed by a factor of two: a deadline would only measure them.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("default")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Leaks(), "leaks")


@pytest.fixture(scope="session")
def contract() -> Contract:
    return Contract.read()


@pytest.fixture
def world(contract: Contract) -> World:
    """A fresh frozen world with the default data set and without rate limits."""
    return open_world(contract)


@pytest.fixture
def leaks(pytestconfig: pytest.Config) -> Leaks:
    """What looks for secrets in all that every test leaves written."""
    return pytestconfig.pluginmanager.get_plugin("leaks")


def pytest_collection_finish() -> None:
    """What is imported stays: the garbage collector needn't walk over all of it during the tests."""
    gc.collect()
    gc.freeze()
