"""The keys that a server starts with: well known on loopback, refused anywhere else (law AUTH 3)."""

import pytest

from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.server.world import key_ring, open_sandbox
from smartcal_api.settings import GivenKey, Settings


@pytest.mark.parametrize("value", ["scp_demo_read", "scp_demo_other_read", "scp_demo_anything"])
def test_a_demo_key_is_refused_beyond_loopback_even_when_it_is_given(contract: Contract, value: str) -> None:
    settings = Settings(host="0.0.0.0", events=0, keys=(GivenKey(("read",), value),))  # not bound here
    with open_sandbox(contract, settings) as sandbox, pytest.raises(UsageError, match="known to everybody"):
        key_ring(sandbox, contract, settings)


@pytest.mark.parametrize(("scope", "value"), [("read", "scp_demo_write"), ("read", "scp_demo_other_read")])
def test_a_demo_key_can_not_be_given_another_meaning(contract: Contract, scope: str, value: str) -> None:
    settings = Settings(events=0, keys=(GivenKey((scope,), value),))
    with open_sandbox(contract, settings) as sandbox, pytest.raises(UsageError, match="is the demo key for"):
        key_ring(sandbox, contract, settings)


def test_a_demo_key_may_be_given_as_what_it_is(contract: Contract) -> None:
    settings = Settings(events=0, keys=(GivenKey(("read",), "scp_demo_read"),))
    with open_sandbox(contract, settings) as sandbox:
        assert key_ring(sandbox, contract, settings).main["read"] == "scp_demo_read"
