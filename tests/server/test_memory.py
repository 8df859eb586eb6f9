"""Memory goes back to the system where the C library can (law GUARD 2)."""

import ctypes

import pytest

from smartcal_api.server.memory import Memory


def test_guard_2_what_is_free_is_given_back() -> None:
    Memory().give_back()


@pytest.mark.parametrize("error", [OSError, AttributeError, TypeError])
def test_another_c_library_keeps_what_it_keeps(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def missing(_: object) -> None:
        raise error

    monkeypatch.setattr(ctypes, "CDLL", missing)
    Memory().give_back()
