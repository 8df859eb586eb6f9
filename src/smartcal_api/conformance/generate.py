"""Hypothesis, as a function: values from a seed, and the simplest of those that fail."""

from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import Flaky
from hypothesis.strategies import SearchStrategy

from smartcal_api.conformance.findings import Broken, Inconclusive

T = TypeVar("T")


class _Stop(BaseException):
    """Carries what is no failure past Hypothesis, which would try to shrink it."""

    def __init__(self, cause: Exception) -> None:
        self.cause = cause


def for_any(values: SearchStrategy[T], check: Callable[[T], None], *, seed: int, examples: int, shrinks: bool) -> None:
    """Raises the `Broken` of the simplest value found; any other exception as soon as it comes up."""

    @seeded(seed)
    @settings(
        max_examples=examples,
        phases=(Phase.generate, Phase.shrink) if shrinks else (Phase.generate,),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        print_blob=False,
    )
    @given(values)
    def run(value: T) -> None:
        try:
            check(value)
        except Broken:
            raise
        except Exception as cause:  # whatever it is
            raise _Stop(cause) from cause

    try:
        run()
    except _Stop as stop:
        raise stop.cause from stop.cause.__cause__
    except Flaky as error:
        raise Inconclusive(f"it broke once and held when the same was tried again: {_first(error)}") from None


def _first(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error).partition("\n")[0]
