"""Both deployments, right ones, started once a module."""

from collections.abc import Iterator

import pytest

from tests.foreign.deployment import NODE, Deployment, deployed


@pytest.fixture(scope="module", params=["node", "stdlib"])
def deployment(request: pytest.FixtureRequest) -> Iterator[Deployment]:
    if request.param == "node" and NODE is None:
        pytest.skip("there is no Node on this machine")
    # More than one test may ask for in a minute; what a limit does has a deployment of its own.
    with deployed(request.param, "--minute", "100000", "--hour", "100000") as found:
        yield found
