"""Numbers: exact steps inside the schema's bounds, inside the usual range of the property's name where they meet."""

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor

from smartcal_api.mock.merging import Flat
from smartcal_api.mock.names import NUMBERS, meaning
from smartcal_api.mock.source import Source
from smartcal_api.mock.unsatisfiable import Unsatisfiable

_USUAL = ("1", "100", "0.01")


def make_number(flat: Flat, source: Source, *, integer: bool) -> int | float:
    """A number for `flat`'s bounds and multipleOf; raises `Unsatisfiable` when none lies between them."""
    usual_low, usual_high, usual_step = (Fraction(part) for part in meaning(NUMBERS, source.name) or _USUAL)
    low = _tightest(max, flat.get("minimum"), flat.get("exclusiveMinimum"))
    high = _tightest(min, flat.get("maximum"), flat.get("exclusiveMaximum"))
    # An open side ends where the usual range does, or a hundred away from a bound that lies beyond it.
    if low is None:
        low = usual_low if high is None or usual_low <= high else high - 100
    if high is None:
        high = usual_high if usual_high >= low else low + 100
    step = _exact(flat.get("multipleOf"))
    if integer:
        step = Fraction((step or Fraction(1)).numerator)  # the least common multiple with 1
    fine = step or Fraction(1, 100)
    usual = (max(low, usual_low), min(high, usual_high))
    for span, grid in ((usual, _coarse(usual_step, fine)), (usual, fine), ((low, high), fine)):
        first, last = ceil(span[0] / grid), floor(span[1] / grid)
        first += first * grid == _exact(flat.get("exclusiveMinimum"))
        last -= last * grid == _exact(flat.get("exclusiveMaximum"))
        if first <= last:
            return _plain(source.random.randint(first, last) * grid)
    if step is None and low <= high:
        return _plain(low + (high - low) * Fraction(source.random.randint(1, 63), 64))
    raise Unsatisfiable(source.place.where, f"no {'integer' if integer else 'number'} lies between its bounds")


def _exact(number: float | None) -> Fraction | None:
    """As it is written: 0.1 is a tenth, not the nearest binary fraction."""
    return None if number is None else Fraction(str(number))


def _tightest(choose: Callable[[list[Fraction]], Fraction], *bounds: float | None) -> Fraction | None:
    stated = [exact for exact in map(_exact, bounds) if exact is not None]
    return choose(stated) if stated else None


def _coarse(usual: Fraction, step: Fraction) -> Fraction:
    """The usual step where it only makes the schema's coarser (minutes in quarters of an hour), else the schema's."""
    return usual if (usual / step).denominator == 1 else step


def _plain(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)
