"""Bounds of a schema that nothing lies between (law SRC 4)."""

from collections.abc import Iterator
from typing import Any

from smartcal_api.contract.check_survey import Survey
from smartcal_api.errors import Finding

_SIZES = tuple((f"min{of}", f"max{of}") for of in ("Length", "Items", "Properties"))
# The least and the most, and whether both are the same is enough for nothing to fit.
_PAIRS = (
    *((least, most, False) for least, most in _SIZES),
    ("minimum", "maximum", False),
    ("minimum", "exclusiveMaximum", True),
    ("exclusiveMinimum", "maximum", True),
    ("exclusiveMinimum", "exclusiveMaximum", True),
    ("minContains", "maxContains", False),
)


def bounds(survey: Survey) -> Iterator[Finding]:
    for at, stated in survey.sound("schema"):
        if isinstance(stated, dict):
            for least, most, open_ended in _PAIRS:
                if least in stated and most in stated and _crossed(stated[least], stated[most], open_ended):
                    yield Finding(f"{at}/{least}", _words(least, stated[least], most, stated[most]))
            required = stated.get("required", ())
            if len(required) > stated.get("maxProperties", len(required)):
                most = f"maxProperties {stated['maxProperties']}"
                yield Finding(f"{at}/required", f"asks for {len(required)} members, more than {most}; correct either")


def _crossed(least: Any, most: Any, open_ended: bool) -> bool:
    return bool(least > most or (open_ended and least == most))


def _words(least: str, low: Any, most: str, high: Any) -> str:
    compared = "is" if low == high else "is more than"
    return f"{least} {low} {compared} {most} {high}, so that nothing fits; correct one of the two"
