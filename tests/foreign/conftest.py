"""The deployments as they are when nothing is planted in them, started once a module."""

from collections.abc import Iterator

import pytest

from tests.foreign.deployment import KINDS, Deployment, deployed


@pytest.fixture(scope="module", params=KINDS)
def deployment(request: pytest.FixtureRequest) -> Iterator[Deployment]:
    # More than one test may ask for in a minute; what a limit does has a deployment of its own.
    with deployed(request.param, "--minute", "100000", "--hour", "100000") as found:
        yield found
