"""A fresh mock to verify where no deployment is named: the command of this package, in a process of its own."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError

_PATIENCE = 60.0
_KEYS = 12
"""Keys of each scope, so many that no law waits for another's budget."""


@contextmanager
def fresh_mock(contract: Contract, *, arguments: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """Its ready document, in which `keys` has a list for each scope; the process ends with the context."""
    keys = {
        scope: [f"{contract.policy.secrets['api_key']}{secrets.token_urlsafe(24)}" for _ in range(_KEYS)]
        for scope in contract.scopes
    }
    with tempfile.TemporaryDirectory(prefix="smartcal-verify-") as folder:
        ready, log = Path(folder, "ready.json"), Path(folder, "serve.log")
        command = [sys.executable, "-m", "smartcal_api", "serve", "--port", "0", "--ready-file", str(ready)]
        command += ["--spec", str(contract.document.path.resolve()), *arguments]
        for scope, values in keys.items():
            command += [part for value in values for part in ("--key", f"{scope}={value}")]
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603  # this interpreter, this package
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=_environment(),
                start_new_session=True,  # Ctrl-C is for the verification, which still has to clean up
            )
        try:
            document = _ready(process, ready, log)
            yield {**document, "keys": keys, "exclusive": True}
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _ready(process: "subprocess.Popen[bytes]", ready: Path, log: Path) -> dict[str, Any]:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if ready.exists():
            document: dict[str, Any] = json.loads(ready.read_text(encoding="utf-8"))
            return document
        if process.poll() is not None:
            break
        time.sleep(0.01)
    said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise UsageError(f"the mock did not start: {said[-1] if said else 'it said nothing'}")


def _environment() -> Mapping[str, str]:
    """Without settings that a shell may have for a server of its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SMARTCAL_")}
