"""Runs a command that stands at the end of one of ours, and ends with ours, however that ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping

from smartcal_api.cli import keeper
from smartcal_api.errors import UsageError


def run_command(command: tuple[str, ...], variables: Mapping[str, str]) -> int:
    """The exit code of the command; as a shell has it, 128 and the signal's number where one ended it.

    Even if this process is killed, nothing is left of the command, nor of what that has started.
    """
    # Only this process has the other end of the first, which is closed when it ends, and of the second.
    watched, held = os.pipe()
    told, telling = os.pipe()
    try:
        process = subprocess.Popen(  # noqa: S603  # this interpreter, and what the user asked to run
            [sys.executable, "-I", keeper.__file__, str(watched), str(telling), *command],
            env=variables,
            pass_fds=(watched, telling),
        )
    finally:
        os.close(watched)
        os.close(telling)
    # Ctrl-C reaches the command as well, which ends in its own way and is waited for.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    forwarded = signal.signal(signal.SIGTERM, lambda number, _: process.send_signal(number))
    try:
        with os.fdopen(told, "rb") as failure:
            refused = failure.read().decode()
        code = process.wait()
    finally:
        os.close(held)
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTERM, forwarded)
    if refused:
        raise UsageError(f"can't run {command[0]!r}: {refused}.")
    return code if code >= 0 else 128 - code
