"""What the plugin offers can be imported, and is typed, where tests are checked by mypy as strictly as it can."""

import sys
from importlib import import_module
from pathlib import Path

import pytest
from mypy import api

from smartcal_api import pytest_plugin

SOURCE = """
from smartcal_api.pytest_plugin import AsyncSmartCal, Clock, Deliveries, Journal, SmartCal, Snapshot


def moved(clock: Clock) -> str:
    return clock.advance("2h")


def test_typed(smartcal: SmartCal) -> None:
    reveal_type(smartcal.key("read"))
    reveal_type(smartcal.client("read", "write").get("/events").status_code)
    reveal_type(smartcal.given.webhook(secret="known")["secret"])
    reveal_type(moved(smartcal.clock))
    before: Snapshot = smartcal.snapshot()
    journal: Journal = smartcal.journal
    deliveries: Deliveries = smartcal.deliveries
    smartcal.sandbox.advance(3)
    before.restore()
    journal.assert_count(0, operation="listEvents")
    deliveries.wait_until_settled()


async def test_awaited(async_smartcal: AsyncSmartCal) -> None:
    reveal_type(await async_smartcal.clock.advance("2h", timeout=3))
    async with async_smartcal.client("read") as api:
        reveal_type((await api.get("/events")).status_code)
    await async_smartcal.journal.assert_count(1, operation="listEvents")
    await async_smartcal.clock.advance(by=[])
"""


def test_tests_that_use_it_pass_mypy_strict_and_their_mistakes_do_not(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(SOURCE)
    flags = ["--strict", "--config-file=", "--cache-dir", str(tmp_path / "cache")]
    out, err, _ = api.run([*flags, "--python-executable", sys.executable, str(tmp_path / "test_mine.py")])
    told = [line.partition(": ")[2] for line in out.splitlines()]
    revealed = [each.split('"')[1] for each in told if each.startswith("note: Revealed type is ")]
    assert [each.removeprefix("builtins.") for each in revealed] == ["str", "int", "Any", "str", "str", "int"], (
        out + err
    )
    (error,) = [each for each in told if each.startswith("error: ")]
    assert 'Argument "by" to "advance"' in error or "has incompatible type" in error


def test_what_is_named_for_annotations_is_there_and_nothing_else() -> None:
    for name in pytest_plugin.__all__:
        assert isinstance(getattr(pytest_plugin, name), type)
    with pytest.raises(AttributeError, match="no attribute 'SmartCall'"):
        import_module("smartcal_api.pytest_plugin").SmartCall  # noqa: B018  # that it isn't there is what is shown
