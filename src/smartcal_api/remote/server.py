"""A server of one's own, in a process of its own: started on a free port, waited for, stopped."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from smartcal_api.errors import UsageError
from smartcal_api.remote.target import Target, read_target

_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.005
_GRACE_SECONDS = 15.0


class ServerProcess:
    """`smartcal serve --port 0` with its ready file and its log in a folder; a context manager that stops it."""

    def __init__(self, process: "subprocess.Popen[bytes]", target: Target, log: Path) -> None:
        self.process = process
        self.target = target
        self.log = log

    @classmethod
    def start(
        cls,
        folder: Path,
        flags: Sequence[str] = (),
        *,
        owner: int | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> "ServerProcess":
        """Returns when it answers; raises `UsageError` with what it said where it doesn't start.

        It ends with the process `owner`, by default the one that starts it, however that ends.
        """
        ready, log = folder / "ready.json", folder / "serve.log"
        own = ["--port", "0", "--ready-file", str(ready), "--stop-with", str(owner or os.getpid())]
        command = [sys.executable, "-m", "smartcal_api", "serve", *flags, *own]
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603  # this very interpreter
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment) if environment is not None else None,
                start_new_session=True,  # a Ctrl-C is for whoever started it, who then stops it
            )
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            if ready.exists():
                return cls(process, read_target(json.loads(ready.read_text(encoding="utf-8")), str(ready)), log)
            if process.poll() is not None:
                said = log.read_text(encoding="utf-8", errors="replace").strip().removeprefix("smartcal: ")
                raise UsageError(said or f"`smartcal serve` ended at once with exit code {process.returncode}.")
            time.sleep(_PAUSE_SECONDS)
        process.kill()
        raise UsageError(f"`smartcal serve` did not answer within {_PATIENCE_SECONDS:g} s; its log is {log}.")

    def stop(self) -> None:
        """Lets it finish what is in flight; kills it where that takes too long."""
        self.process.terminate()
        try:
            self.process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> "ServerProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
