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
from urllib.parse import urlsplit

from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError

_PATIENCE = 60.0
_KEYS = 12
"""Keys of each scope, so many that no law waits for another's budget."""


class Mock:
    """The command, with its data in a file. `document` is its ready file, in which `keys` has a list for each scope."""

    def __init__(self, contract: Contract, folder: Path, arguments: tuple[str, ...]) -> None:
        prefix = contract.policy.secrets["api_key"]
        self._keys = {
            scope: [f"{prefix}{secrets.token_urlsafe(24)}" for _ in range(_KEYS)] for scope in contract.scopes
        }
        self._folder = folder
        spec = contract.document.path.resolve()
        if contract.document.overlays or not spec.is_file():  # a pipe, which has been read to its end
            spec = folder / "openapi.yaml"
            contract.document.copy(spec)
        self._arguments = (
            *("--store", str(folder / "store.db"), "--spec", str(spec)),
            *(
                part
                for scope, values in self._keys.items()
                for value in values
                for part in ("--key", f"{scope}={value}")
            ),
            *arguments,
        )
        self._process = self._start(0)
        ready = self._ready()
        self._port = urlsplit(ready["root_url"]).port or 0
        self.document = {**ready, "keys": self._keys, "exclusive": True}

    def restart(self) -> None:
        """Kills it, as a crash would, and starts it again at the same address."""
        self._process.kill()
        self._process.wait()
        self._process = self._start(self._port)
        self._ready()

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def _ready_file(self) -> Path:
        return self._folder / "ready.json"

    @property
    def _log(self) -> Path:
        return self._folder / "serve.log"

    def _start(self, port: int) -> "subprocess.Popen[bytes]":
        self._ready_file.unlink(missing_ok=True)
        command = [sys.executable, "-m", "smartcal_api", "serve", "--port", str(port)]
        with self._log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603  # this interpreter, this package
                [*command, "--ready-file", str(self._ready_file), *self._arguments],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=_environment(),
                start_new_session=True,  # Ctrl-C is for the verification, which still has to clean up
            )

    def _ready(self) -> dict[str, Any]:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if self._ready_file.exists():
                document: dict[str, Any] = json.loads(self._ready_file.read_text(encoding="utf-8"))
                return document
            if self._process.poll() is not None:
                break
            time.sleep(0.01)
        self.stop()
        said = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise UsageError(f"the mock did not start: {said[-1] if said else 'it said nothing'}")


@contextmanager
def fresh_mock(contract: Contract, *, arguments: tuple[str, ...] = ()) -> Iterator[Mock]:
    """A mock that ends with the context; `arguments` are more of `smartcal serve`."""
    with tempfile.TemporaryDirectory(prefix="smartcal-verify-") as folder:
        mock = Mock(contract, Path(folder), arguments)
        try:
            yield mock
        finally:
            mock.stop()


def _environment() -> Mapping[str, str]:
    """Without settings that a shell may have for a server of its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SMARTCAL_")}
