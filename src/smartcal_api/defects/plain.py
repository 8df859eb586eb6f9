"""Plain Schemathesis, as its command comes, on the same servers: what the laws are compared with."""

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from sysconfig import get_path
from xml.etree import ElementTree

from smartcal_api.conformance.mock import fresh_mock
from smartcal_api.contract import Contract
from smartcal_api.defects.defect import Defect
from smartcal_api.errors import UsageError

_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: the checks that failed, by operation, how many requests were sent, and how long that took."""

    failures: frozenset[str]
    requests: int
    seconds: float
    done: bool

    @property
    def rate(self) -> float:
        return self.requests / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Plain:
    """What it says of the right server, which no defect is blamed for, and how fast it was there."""

    right: Ran
    paced: Ran

    def lines(self) -> Iterator[str]:
        yield (
            f"plain Schemathesis on the right server: {len(self.right.failures)} failures, {self.right.requests} "
            f"requests at {self.right.rate:.0f}/s; with --rate-limit=100/m {self.paced.requests} requests at "
            f"{self.paced.rate:.1f}/s"
        )


def compared(
    contract: Contract,
    defects: Sequence[Defect],
    *,
    seconds: float,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> tuple[Plain, dict[str, bool]]:
    """Whether it finds a failure on a server with the defect that it doesn't find on the right one."""
    plain = Plain(
        run(contract, None, seconds=seconds), run(contract, None, seconds=seconds, more=("--rate-limit=100/m",))
    )
    found: dict[str, bool] = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = pool.map(lambda each: run(contract, each, seconds=seconds), defects)
        for done, (defect, ran) in enumerate(zip(defects, runs, strict=True), 1):
            found[defect.name] = bool(ran.failures - plain.right.failures)
            progress(done, len(defects))
    return plain, found


def run(contract: Contract, defect: Defect | None, *, seconds: float, more: tuple[str, ...] = ()) -> Ran:
    """One run with default settings against a fresh server, broken off after so many seconds."""
    planted = ("--defect", defect.name) if defect else ()
    with fresh_mock(contract, arguments=planted) as mock, tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "junit.xml")
        command = [
            str(Path(get_path("scripts"), "schemathesis")),
            "run",
            str(contract.document.path.resolve()),
            f"--url={mock.document['root_url']}",
            f"--header=Authorization: Bearer {mock.document['keys']['admin'][0]}",
            f"--max-time={max(1, int(seconds))}",
            "--report=junit",
            f"--report-junit-path={report}",
            "--no-color",
            *more,
        ]
        began = time.perf_counter()
        try:
            ran = subprocess.run(  # noqa: S603  # the command that the extra installs, beside this interpreter
                command,
                cwd=folder,
                env={**os.environ, "COLUMNS": "160", "NO_PROXY": "127.0.0.1"},
                capture_output=True,
                text=True,
                timeout=3 * seconds + 30,
                check=False,
            )
            output, done = ran.stdout, True
        except FileNotFoundError:
            raise UsageError("--schemathesis: it isn't installed beside this command.") from None
        except subprocess.TimeoutExpired as error:
            output, done = (error.stdout or b"").decode("utf-8", "replace"), False
        return Ran(frozenset(_failures(report)), _requests(output), time.perf_counter() - began, done)


def _requests(output: str) -> int:
    found = re.search(r"(\d[\d,]*) generated|(\d[\d,]*) test cases", output)
    return int(next(each for each in found.groups() if each).replace(",", "")) if found else 0


def _failures(report: Path) -> Iterator[str]:
    """Operation and check, without what differs from run to run."""
    if not report.exists():
        return
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314  # written by the tool just now
        for failure in (*case.findall("failure"), *case.findall("error")):
            text = failure.get("message") or failure.text or "failed"
            for title in re.findall(r"^- (.+)$", text, re.MULTILINE) or [text.partition("\n")[0]]:
                yield f"{case.get('name')}: {_NUMBERS.sub('0', title.strip())}"
