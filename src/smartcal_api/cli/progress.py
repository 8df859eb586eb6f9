"""A progress bar for what takes longer than a second."""

import os
import sys
import time
from collections.abc import Callable

import click

from smartcal_api.cli.colour import drawable


def progress(label: str) -> Callable[[int, int], None]:
    """A function of (done, total) that draws on standard error: on a terminal a bar, elsewhere a line every 10 s."""
    terminal = drawable(sys.stderr, os.environ)
    began = time.monotonic()
    last = began

    def show(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - began < 1 or now - last < (0.2 if terminal else 10):
            return
        last = now
        left = (now - began) * (total - done) / max(done, 1)
        filled = int(30 * done / max(total, 1))
        line = f"{label} [{'#' * filled}{'-' * (30 - filled)}] {done:,} of {total:,}, {left:.0f} s left"
        click.echo(f"\r{line:<79}" if terminal else line, err=True, nl=not terminal)

    return show
