"""Whether somebody can be asked, and what he allows."""

import os
import sys
from collections.abc import Mapping


def may_ask(*, no_input: bool, environment: Mapping[str, str] = os.environ) -> bool:
    """Nobody is asked by a job of CI, nor where an answer can't be seen or given."""
    return not no_input and "CI" not in environment and sys.stdin.isatty() and sys.stdout.isatty()
