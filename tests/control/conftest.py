from collections.abc import Callable
from typing import Any

import pytest

from smartcal_api.contract import Contract
from tests.api.calls import existing
from tests.control.plane import Plane, open_plane


@pytest.fixture
def plane(contract: Contract) -> Plane:
    """A control plane over a fresh frozen world, driven in process."""
    return open_plane(contract)


@pytest.fixture
def planes(contract: Contract) -> Callable[..., Plane]:
    return lambda **options: open_plane(contract, **options)


@pytest.fixture
def key(plane: Plane) -> str:
    return plane.world.key("read")


@pytest.fixture
def cancelling(plane: Plane) -> dict[str, Any]:
    """A request that cancels a booking."""
    booking = existing(plane.world, "booking_id", 1)
    return {"path": f"/api/v1/bookings/{booking}/cancel", "method": "POST", "key": plane.world.key("write")}
