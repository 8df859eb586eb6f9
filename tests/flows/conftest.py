import pytest

from tests.flows.oauth import Flow, flow_of
from tests.wire import World, open_world


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--edits", choices=("some", "all"), default="some", help="which edits test_contract_edits.py tries"
    )


@pytest.fixture
def flow(world: World) -> Flow:
    """A fresh world in which OAuth can be gone through."""
    return flow_of(world)


@pytest.fixture(scope="module")
def shared_flow() -> Flow:
    """One for requests of generated tests, which leave nothing behind that another would see."""
    return flow_of(open_world())
