"""Runs a command that stands at the end of one of ours."""

import signal
import subprocess
from collections.abc import Mapping

from smartcal_api.errors import UsageError


def run_command(command: tuple[str, ...], variables: Mapping[str, str]) -> int:
    """The exit code of the command; as a shell has it, 128 and the signal's number where one ended it."""
    try:
        process = subprocess.Popen(command, env=variables)  # noqa: S603  # what the user asked to run
    except OSError as error:
        raise UsageError(f"can't run {command[0]!r}: {error.strerror}.") from None
    # Ctrl-C reaches the command as well, which ends in its own way and is waited for.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    forwarded = signal.signal(signal.SIGTERM, lambda number, _: process.send_signal(number))
    try:
        code = process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTERM, forwarded)
    return code if code >= 0 else 128 - code
