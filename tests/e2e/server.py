"""Starts the real command on a free port and waits for its ready file: a real uvicorn, a real socket."""

import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.issued import WEBHOOK_SECRET, Issued, bytes_of

_PATIENCE = 60.0
_ISSUED = re.compile(r'"(access_token|refresh_token|secret)": ?"([^"]+)"|[?&](code)=([^&\s]+)')


class Answered(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Running(NamedTuple):
    """A server; `printed` and `log` are what it has on its standard output and on its standard error."""

    process: "subprocess.Popen[bytes]"
    ready: dict[str, Any]
    printed: Path
    log: Path
    store: Path | None
    issued: Issued
    refusals: list[bytes]

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
            answered = Answered(answer.status, {n.lower(): v for n, v in answer.getheaders()}, answer.read())
            self._note(path, answered)
            return answered
        finally:
            connection.close()

    def said(self) -> str:
        """Everything that the server printed, on both streams."""
        return self.printed.read_text(encoding="utf-8") + self.log.read_text(encoding="utf-8")

    def leaks(self) -> list[str]:
        """Where secrets stand in clear that the ready file or an answer has; the banner shows them on purpose."""
        found = [*self.issued.found("the log", self.log.read_bytes())]
        found += self.issued.found("a refusal", b"\n".join(self.refusals))
        if self.store is not None:
            found += self.issued.found(self.store.name, bytes_of(self.store), but=WEBHOOK_SECRET)
        return found

    def _note(self, path: str, answered: Answered) -> None:
        location = answered.headers.get("location", "")
        if answered.status >= 400 or "error=" in location:
            self.refusals.append(repr(answered.headers).encode() + answered.body)
            return
        told = location if answered.status >= 300 else answered.body.decode(errors="replace")
        for member, secret, parameter, code in _ISSUED.findall(told):
            what = WEBHOOK_SECRET if "webhook" in path else f"what was answered as {member or parameter}"
            self.issued.note(what, secret or code)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "smartcal_api", *arguments]


def run(
    *arguments: str, folder: Path, timeout: float = _PATIENCE, env: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """The command, to its end."""
    return subprocess.run(
        command(*arguments),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=timeout,
        env=environment(**(env or {})),
        check=False,
    )


def environment(**more: str) -> dict[str, str]:
    """The environment without settings that somebody's shell, or a machine that runs the tests, may have."""
    settings = ("SMARTCAL_", "GITHUB_", "CI_")
    return {name: value for name, value in os.environ.items() if not name.startswith(settings)} | more


@contextmanager
def serving(
    folder: Path, *arguments: str, env: Mapping[str, str] | None = None, output: int | None = None
) -> Iterator[Running]:
    """`smartcal serve --port 0` in `folder`; the process is ended in any case. `output` takes what it prints.

    At the end no secret may stand in clear where it was told to nobody (law AUTH 3).
    """
    ready_file, printed, log = folder / "ready.json", folder / "serve.out", folder / "serve.log"
    ready_file.unlink(missing_ok=True)
    with printed.open("ab") as told, log.open("ab") as logged:
        process = subprocess.Popen(
            command("serve", "--port", "0", "--ready-file", str(ready_file), *arguments),
            cwd=folder,
            stdout=told if output is None else output,
            stderr=logged,
            env=environment(**(env or {})),
        )
    try:
        ready = _ready(process, ready_file, log)
        running = Running(process, ready, printed, log, _store(folder, arguments), _issued(ready), [])
        yield running
    finally:
        process.kill()
        process.wait()
    assert not (leaks := running.leaks()), "\n".join(leaks)


def _store(folder: Path, arguments: tuple[str, ...]) -> Path | None:
    return folder / arguments[arguments.index("--store") + 1] if "--store" in arguments else None


def _issued(ready: dict[str, Any]) -> Issued:
    """What the ready file gives away: the keys, and the secrets of the clients."""
    issued = Issued()
    for key in (*ready["keys"].values(), *ready["other"]["keys"].values()):
        issued.note("a key of the ready file", key)
    for client in ready["oauth"]["clients"]:
        if client["client_secret"] is not None:
            issued.note("a client secret of the ready file", client["client_secret"])
    return issued


def _ready(process: "subprocess.Popen[bytes]", ready_file: Path, log: Path) -> dict[str, Any]:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"serve ended with {process.returncode}: {log.read_text()}")
        if ready_file.exists():
            return json.loads(ready_file.read_text())
        time.sleep(0.01)  # only while a process of the operating system starts; nothing under test is waited for
    raise AssertionError(f"serve did not get ready: {log.read_text()}")
