"""A deployment in a process of its own, with accounts and keys of its own."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.house.source import ROOT

PUBLIC = "https://receiver.example"
"""Where the receiver is for the rest of the world: subscriptions are https, and a tunnel leads them to loopback."""
NODE = shutil.which("node")
COMMANDS = {
    "node": [NODE or "node", str(ROOT / "tests/foreign/node/main.mjs")],
    "stdlib": [sys.executable, "-m", "tests.foreign.stdlib"],
}

KINDS = ("stdlib",) if NODE is None else ("node", "stdlib")
"""Those that this machine can run."""


@dataclass(frozen=True)
class Deployment:
    """`document` is what it says of itself when it listens."""

    document: dict[str, Any]
    receiver_port: int
    issued: Path
    """The secrets that it has given out, one a line."""

    @property
    def root(self) -> str:
        return str(self.document["root"])

    def key(self, scope: str) -> str:
        return next(each["value"] for each in self.document["keys"] if scope in each["scopes"])

    @property
    def other_key(self) -> str:
        return str(self.document["other_keys"][0]["value"])

    @property
    def secrets(self) -> set[str]:
        """All that it has told anybody in confidence."""
        given = self.issued.read_text(encoding="utf-8").split() if self.issued.exists() else []
        keys = [each["value"] for name in ("keys", "other_keys") for each in self.document[name]]
        return {*given, *keys, *(each["secret"] for each in self.document["clients"] if each["secret"])}

    @property
    def flags(self) -> list[str]:
        """What a user of `smartcal verify` would say of it."""
        flags = ["--url", self.root]
        for flag, keys in (("--key", "keys"), ("--other-key", "other_keys")):
            for each in self.document[keys]:
                flags += [flag, f"{','.join(each['scopes'])}={each['value']}"]
        for client in self.document["clients"]:
            secret = f":{client['secret']}" if client["secret"] else ""
            flags += ["--client", f"{client['id']}{secret}={','.join(client['uris'])}"]
        return [*flags, "--receiver-url", PUBLIC, "--receiver-port", str(self.receiver_port), "--allow-writes"]


@dataclass(frozen=True)
class Judged:
    """What `smartcal verify` said."""

    exit_code: int
    text: str
    verdict: dict[str, Any]

    @property
    def broken(self) -> dict[str, str]:
        """The laws whose breach decides, each with what was seen of it."""
        return {each["law"]: each["why"] for each in self._outcomes("broken")}

    @property
    def open(self) -> dict[str, str]:
        """The laws of which nothing could be said, each with why."""
        return {each["law"]: each["why"] for each in self._outcomes("inconclusive")}

    def _outcomes(self, verdict: str) -> list[dict[str, Any]]:
        return [each for each in self.verdict.get("outcomes", []) if each["verdict"] == verdict]


@contextmanager
def deployed(kind: str, *flags: str) -> Iterator[Deployment]:
    """`node` or `stdlib`, until the block is left."""
    with tempfile.TemporaryDirectory() as folder:
        port, issued = _free_port(), Path(folder, "issued")
        told = ["--tunnel", f"{PUBLIC}=http://127.0.0.1:{port}", "--issued", str(issued), *flags]
        pipe = subprocess.PIPE  # its end, also when this process was killed, ends the deployment
        with subprocess.Popen([*COMMANDS[kind], *told], cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
            try:
                assert process.stdout is not None
                yield Deployment(json.loads(process.stdout.readline()), port, issued)
            finally:
                process.kill()


def verify(deployment: Deployment, folder: Path, *flags: str) -> Judged:
    """By the command, as a user runs it: plain, and without a control plane."""
    command = [sys.executable, "-m", "smartcal_api", "verify", *deployment.flags, "--report-dir", str(folder), *flags]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=_environment())
    report = folder / "verdict.json"
    verdict = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    return Judged(done.returncode, done.stdout + done.stderr, verdict)


def leaked(deployment: Deployment, folder: Path, text: str) -> list[str]:
    """Where a secret stands in what was said of the deployment: the file, or the terminal."""
    said = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.is_file()}
    secrets = deployment.secrets
    return [
        name for name, content in (said | {"the terminal": text}).items() if any(each in content for each in secrets)
    ]


def of(laws: Sequence[str], found: Sequence[str]) -> bool:
    """Whether one of the laws found is one of those, or of one of those families."""
    return any(law in (each, each.partition(" ")[0]) for each in found for law in laws)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SMARTCAL_")}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
