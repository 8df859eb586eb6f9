"""The keys that a server starts with: well known on loopback, refused anywhere else (law AUTH 3)."""

import logging
import sys
from typing import Any

import pytest

from smartcal_api.auth import Secrets
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.server.clients import client_ring
from smartcal_api.server.log import Masked
from smartcal_api.server.webhooks import webhook_ring
from smartcal_api.server.world import key_ring, open_sandbox
from smartcal_api.settings import GivenClient, GivenKey, Settings
from smartcal_api.webhooks.network import LOOPBACK


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


@pytest.mark.parametrize(
    ("flag", "given"),
    [
        ("--key", {"keys": (GivenKey(("read",), "my_keyx"),)}),
        ("--oauth-client", {"oauth_clients": (GivenClient("app", "secretx", ("http://127.0.0.1/callback",)),)}),
        ("--webhook-secret", {"webhook_secret": "secretx"}),
    ],
)
def test_auth_3_a_short_secret_is_refused_beyond_loopback(contract: Contract, flag: str, given: dict[str, Any]) -> None:
    """It could be guessed, and can't be masked wherever its text occurs."""

    def take(settings: Settings) -> None:
        with open_sandbox(contract, settings) as sandbox:
            key_ring(sandbox, contract, settings)
            client_ring(sandbox, contract, settings)
            webhook_ring(sandbox, contract, settings, LOOPBACK)

    take(Settings(events=0, **given))
    with pytest.raises(UsageError, match=f"{flag}: .* fewer than 8 characters") as refused:
        take(Settings(host="0.0.0.0", events=0, **given))
    assert "my_keyx" not in str(refused.value)
    assert "secretx" not in str(refused.value)


def test_auth_3_every_line_of_the_log_is_masked_whoever_wrote_it() -> None:
    secrets = Secrets(["scp_"])
    secrets.know("my_plain_key_77Q")
    masked = Masked(logging.Formatter("%(levelname)s %(message)s"), secrets)
    try:
        raise ValueError("of my_plain_key_77Q")
    except ValueError:
        record = logging.LogRecord("any", logging.ERROR, "", 0, "GET /%s", ("my%5Fplain_key_77Q",), sys.exc_info())
    said = masked.format(record)
    assert said.startswith("ERROR GET /***\n")
    assert said.endswith("ValueError: of ***")
