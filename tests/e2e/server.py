"""Starts the real command on a free port and waits for its ready file: a real uvicorn, a real socket."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

_PATIENCE = 60.0


class Answered(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Running(NamedTuple):
    process: "subprocess.Popen[bytes]"
    ready: dict[str, Any]
    log: Path

    @property
    def port(self) -> int:
        return int(self.ready["root_url"].rpartition(":")[2])

    def request(
        self,
        method: str,
        path: str,
        *,
        key: str | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] = {},
    ) -> Answered:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        try:
            fields = dict(headers) | ({"Authorization": f"Bearer {key}"} if key else {})
            if body is not None:
                fields.setdefault("Content-Type", "application/json")
            connection.request(method, path, body=body, headers=fields)
            answer = connection.getresponse()
            return Answered(answer.status, {n.lower(): v for n, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def said(self) -> str:
        """Everything that the server printed, on both streams."""
        return self.log.read_text(encoding="utf-8")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "smartcal_api", *arguments]


def run(*arguments: str, folder: Path, timeout: float = _PATIENCE) -> "subprocess.CompletedProcess[str]":
    """The command, to its end."""
    return subprocess.run(
        command(*arguments), cwd=folder, capture_output=True, text=True, timeout=timeout, env=environment(), check=False
    )


def environment(**more: str) -> dict[str, str]:
    """The environment without settings that somebody's shell may have."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SMARTCAL_")} | more


@contextmanager
def serving(
    folder: Path, *arguments: str, env: Mapping[str, str] | None = None, output: int | None = None
) -> Iterator[Running]:
    """`smartcal serve --port 0` in `folder`; the process is ended in any case. `output` takes what it prints."""
    ready_file, log = folder / "ready.json", folder / "serve.log"
    ready_file.unlink(missing_ok=True)
    with log.open("ab") as logged:
        process = subprocess.Popen(
            command("serve", "--port", "0", "--ready-file", str(ready_file), *arguments),
            cwd=folder,
            stdout=logged if output is None else output,
            stderr=logged,
            env=environment(**(env or {})),
        )
    try:
        yield Running(process, _ready(process, ready_file, log), log)
    finally:
        process.kill()
        process.wait()


def _ready(process: "subprocess.Popen[bytes]", ready_file: Path, log: Path) -> dict[str, Any]:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"serve ended with {process.returncode}: {log.read_text()}")
        if ready_file.exists():
            return json.loads(ready_file.read_text())
        time.sleep(0.01)  # only while a process of the operating system starts; nothing under test is waited for
    raise AssertionError(f"serve did not get ready: {log.read_text()}")
