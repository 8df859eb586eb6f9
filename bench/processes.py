"""Child processes on loopback: started, waited for, looked at, and ended in any case."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.client import Connection
from bench.figures import CannotMeasure

ROOT = Path(__file__).parents[1]
_OF_A_PROCESS = 2
_PROC = Path("/proc")
_POLL = 0.002


class Server(NamedTuple):
    """A server that answers; `seconds` went by from its start to its first 200."""

    name: str
    process: "subprocess.Popen[bytes]"
    port: int
    seconds: float

    def cpu_seconds(self) -> float:
        """What it has used of the processor, in user and system mode, to the nanosecond: on a busy machine a round
        is less than a tick of /proc. Its clock is that of clock_getcpuclockid(3)."""
        return time.clock_gettime((~self.process.pid << 3) | _OF_A_PROCESS)

    def resident_megabytes(self) -> float | None:
        """What it has in memory; None where the system doesn't say so under /proc."""
        try:
            status = (_PROC / str(self.process.pid) / "status").read_text()
        except FileNotFoundError:
            return None
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


class Program(NamedTuple):
    """How a server is started: `{port}` in the command stands for the port."""

    name: str
    command: Sequence[str]
    first: str

    @contextmanager
    def running(self, folder: Path, *, patience: float = 30.0) -> Iterator[Server]:
        """The server, once it has answered `first` with 200."""
        log = folder / f"{self.name.replace(' ', '-')}.log"
        port = _free_port()
        process = None
        try:
            with log.open("wb") as output, _interruption_held():
                began = time.perf_counter()
                process = subprocess.Popen(
                    [part.format(port=port) for part in self.command],
                    cwd=folder,
                    env=_environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
            while not Connection.answers(port, self.first):
                if process.poll() is not None:
                    raise CannotMeasure(f"{self.name} ended before it answered: {_last_line(log)}")
                if time.perf_counter() - began > patience:
                    raise CannotMeasure(f"{self.name} did not answer within {patience:.0f} s: {_last_line(log)}")
                time.sleep(_POLL)
            yield Server(self.name, process, port, time.perf_counter() - began)
        finally:
            if process is not None:
                _end(process)


def has_proc() -> bool:
    return (_PROC / "self" / "stat").exists()


@contextmanager
def _interruption_held() -> Iterator[None]:
    """Ctrl-C waits until the end of the block: within `Popen` it would leave a process that nobody knows of."""
    caught: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: caught.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if caught:
            signal.raise_signal(signal.SIGINT)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=3)
    except subprocess.TimeoutExpired:
        pass
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environment() -> dict[str, str]:
    """Without settings that somebody's shell may have; with this checkout to import from."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SMARTCAL_")}
    return kept | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}", "PYTHONUNBUFFERED": "1"}


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "it said nothing")


def smartcal(*arguments: str) -> list[str]:
    """The installed command, as a user would start it."""
    script = Path(sys.executable).with_name("smartcal")
    return [*([str(script)] if script.exists() else [sys.executable, "-m", "smartcal_api"]), *arguments]
