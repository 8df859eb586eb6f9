"""Whether anything may be coloured, or drawn and drawn over."""

from collections.abc import Mapping
from typing import TextIO


def colour(environment: Mapping[str, str]) -> bool:
    """Not where NO_COLOR says anything at all (https://no-color.org); otherwise click asks for a terminal."""
    return not environment.get("NO_COLOR")


def drawable(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether a line of the stream may be drawn over: on a terminal alone."""
    return stream.isatty() and colour(environment)
