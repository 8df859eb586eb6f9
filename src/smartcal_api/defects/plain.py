"""Plain Schemathesis, as its command comes, on the same servers: what the laws are compared with."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from sysconfig import get_path
from xml.etree import ElementTree

from smartcal_api.conformance.laws.fuzzing import EXAMPLES
from smartcal_api.conformance.mock import fresh_mock
from smartcal_api.contract import Contract
from smartcal_api.defects.defect import Defect
from smartcal_api.errors import UsageError

LONGEST = 120.0
"""Seconds after which a run is broken off; on a right server it takes about fifteen."""
_SEEDS = (1, 2, 3)
"""A defect is tried with the first of them, a right server with each: what differs by chance is no catch."""
_LIMITED = "RATE"
"""The family whose defects need limits. Under them most answers are 429, so the others are tried without."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: the checks that failed, by operation, how many requests were sent, how long that took, whether it came
    to its end."""

    failures: frozenset[str]
    requests: int
    seconds: float
    done: bool = True

    @property
    def rate(self) -> float:
        return self.requests / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Plain:
    """What it says of a right server, which no defect is blamed for, and what it took on the others."""

    failures: tuple[str, ...]
    requests: int
    seconds: float
    broken_off: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        yield (
            f"plain Schemathesis: {len(self.failures)} false alarms on a right server, {self.requests} requests "
            f"in {self.seconds:.0f} s"
        )
        if self.broken_off:
            yield f"broken off after {LONGEST:.0f} s, so not caught: {', '.join(self.broken_off)}"


def compared(
    contract: Contract, defects: Sequence[Defect], *, progress: Callable[[int, int], None] = lambda *_: None
) -> tuple[Plain, dict[str, bool]]:
    """Whether it finds a failure on a server with the defect that it doesn't find on a right one."""
    began = time.monotonic()
    right = [(seed, limited) for limited in sorted({_limited(each) for each in defects}) for seed in _SEEDS]
    total = len(right) + len(defects)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        plain = [pool.submit(run, contract, None, seed=seed, limited=limited) for seed, limited in right]
        tried = [pool.submit(run, contract, each, seed=_SEEDS[0], limited=_limited(each)) for each in defects]
        try:
            ran = []
            for done, future in enumerate([*plain, *tried], 1):
                ran.append(future.result())
                progress(done, total)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    known = frozenset[str]().union(*(each.failures for each in ran[: len(right)]))
    found = dict(zip((each.name for each in defects), ran[len(right) :], strict=True))
    return (
        Plain(
            failures=tuple(sorted(known)),
            requests=sum(each.requests for each in ran),
            seconds=time.monotonic() - began,
            broken_off=tuple(name for name, each in found.items() if not each.done),
        ),
        {name: bool(each.failures - known) for name, each in found.items()},
    )


def run(contract: Contract, defect: Defect | None, *, seed: int, limited: bool, longest: float = LONGEST) -> Ran:
    """One run against a fresh server, with as many examples as the law SCHEMA 3 takes."""
    planted = ("--defect", defect.name) if defect else ()
    limits = ("--rate-limits", "on" if limited else "off")
    with fresh_mock(contract, arguments=(*limits, *planted)) as mock:
        return schemathesis(
            contract,
            mock.document["root_url"],
            mock.document["keys"]["admin"][0],
            more=(f"--seed={seed}", f"--max-examples={EXAMPLES}"),
            longest=longest,
        )


def schemathesis(
    contract: Contract, root: str, key: str, *, more: tuple[str, ...] = (), longest: float = LONGEST
) -> Ran:
    """Its command on a server, with a credential where its documentation has it: bound to a scheme, as a header of its
    own would stand beside the ones that it invents."""
    with tempfile.TemporaryDirectory(prefix="smartcal-prove-") as folder:
        config, report, output = (Path(folder, name) for name in ("schemathesis.toml", "junit.xml", "output"))
        schemes = contract.data["components"]["securitySchemes"].items()
        bearer = next(name for name, each in schemes if each["type"] == "http")
        config.write_text(f"[auth.openapi.{bearer}]\nbearer = {json.dumps(key)}\n", encoding="utf-8")
        command = [
            str(Path(get_path("scripts"), "schemathesis")),
            f"--config-file={config}",
            "run",
            str(contract.document.path.resolve()),
            f"--url={root}",
            "--report=junit",
            f"--report-junit-path={report}",
            "--no-color",
            *more,
        ]
        began = time.perf_counter()
        with output.open("wb") as written:
            done = _done(command, folder, written.fileno(), longest)
        seconds = time.perf_counter() - began
        return Ran(frozenset(failures(report)), _requests(output.read_text("utf-8", "replace")), seconds, done)


def _done(command: Sequence[str], folder: str, output: int, longest: float) -> bool:
    """Whether it came to its end in its time. Interrupted, it still writes its report; killed, it doesn't."""
    try:
        process = subprocess.Popen(  # noqa: S603  # the command that the extra installs, beside this interpreter
            command,
            cwd=folder,
            env={**os.environ, "COLUMNS": "160", "NO_PROXY": "127.0.0.1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    except FileNotFoundError:
        raise UsageError("Schemathesis isn't installed beside this command.") from None
    try:
        process.wait(longest)
        return True
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
        return False
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _limited(defect: Defect) -> bool:
    return defect.family == _LIMITED


def _requests(output: str) -> int:
    found = re.search(r"(\d[\d,]*) generated", output)
    return int(found[1].replace(",", "")) if found else 0


def failures(report: Path) -> Iterator[str]:
    """Operation and check, without what differs from run to run. Of a run that was broken off there may be nothing."""
    try:
        cases = ElementTree.parse(report).iter("testcase")  # noqa: S314  # written by the tool just now
    except (FileNotFoundError, ElementTree.ParseError):
        return
    for case in cases:
        for failure in (*case.findall("failure"), *case.findall("error")):
            text = failure.text or failure.get("message") or "failed"
            for title in re.findall(r"(?m)^- (ST\d+ .+)$", text) or [text.strip().partition("\n")[0]]:
                if "Health Check" in title:
                    continue  # it generated too slowly, which is nothing about the server
                yield f"{case.get('name')}: {title.strip()}"
