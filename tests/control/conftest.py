from collections.abc import Callable

import pytest

from smartcal_api.contract import Contract
from tests.control.plane import Plane, open_plane


@pytest.fixture
def plane(contract: Contract) -> Plane:
    """A control plane over a fresh frozen world, driven in process."""
    return open_plane(contract)


@pytest.fixture
def planes(contract: Contract) -> Callable[..., Plane]:
    return lambda **options: open_plane(contract, **options)
