"""A run of it: tenants, the process that sends, and what it brings back."""

import base64
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.recorded import Recording
from smartcal_api.conformance.target import Target, from_ready_file
from smartcal_api.conformance.verdict import Result
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.load.scenario import Task, plan
from smartcal_api.remote import Control, Sandbox
from smartcal_api.remote.target import read_target

_FAILURE, _MEANT = 500, ("501", "503")
_GRACE = 60.0
"""Seconds that the process may take beside those that it sends for."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """`operations` are the figures of each, `judged` how many answers the verdict of `result` is about."""

    seconds: float
    judged: int
    operations: Sequence[Mapping[str, Any]]
    result: Result

    @property
    def requests(self) -> int:
        return sum(each["requests"] for each in self.operations)

    @property
    def unanswered(self) -> int:
        return sum(each["unanswered"] for each in self.operations)

    @property
    def failed(self) -> int:
        """How many answers were a failure of the server: of the 5xx all but those that are meant."""
        found = (each["statuses"].items() for each in self.operations)
        return sum(
            count for each in found for status, count in each if int(status) >= _FAILURE and status not in _MEANT
        )

    def answered(self, status: int) -> int:
        """How many answers had it."""
        return sum(each["statuses"].get(str(status), 0) for each in self.operations)


def need(package: str) -> None:
    """Raises `ModuleNotFoundError` where it isn't installed. It isn't imported here: it would patch this process."""
    try:
        found = find_spec(package)
    except ValueError:  # it is told that there is none
        found = None
    if found is None:
        raise ModuleNotFoundError(name=package)


def load(
    contract: Contract, target: Target, wanted: Sequence[Task], *, users: int, seconds: float, limits: str, seed: int
) -> Loaded:
    """Raises `UsageError` where the process that sends doesn't run."""
    with tenants(target, users) as found, tempfile.TemporaryDirectory(prefix="smartcal-load-") as folder:
        stated = plan(contract, target, found, wanted, users=users, seconds=seconds, limits=limits, seed=seed)
        figures = _sent(stated, Path(folder), seconds)
        recording = Recording(contract)
        for exchange in _answers(Path(folder) / "answers.jsonl", found):
            recording.add(exchange)
    result = recording.result(target.root, seconds=figures["seconds"])
    return Loaded(figures["seconds"], figures["judged"], figures["operations"], result)


@contextmanager
def tenants(target: Target, users: int) -> Iterator[list[Target]]:
    """A sandbox for each user where there is a control plane, removed again; else what was given is for all of them."""
    if target.control_url is None:
        yield [target]
        return
    document = {"root_url": target.root, "control_url": target.control_url, "control_token": target.control_token}
    control = Control(read_target(document, "--target"))
    made: list[str] = []
    try:
        found = []
        for _ in range(users):
            answer = control.post("/sandboxes", {})
            made.append(answer["name"])
            found.append(replace(target, **{**from_ready_file(answer), "exclusive": target.exclusive}))
        yield found
    finally:
        for name in made:
            Sandbox(control, name).delete()


def _sent(stated: Mapping[str, Any], folder: Path, seconds: float) -> dict[str, Any]:
    (folder / "plan.json").write_text(json.dumps(stated), encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "-m", "smartcal_api.load.users", str(folder / "plan.json"), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:  # noqa: S603  # no shell
        try:
            output, _ = process.communicate(timeout=seconds + _GRACE)
        except KeyboardInterrupt:
            process.terminate()  # it ends what it has begun, and tells what came so far
            output, _ = process.communicate(timeout=_GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise UsageError(f"Locust was not done after {seconds + _GRACE:.0f} s.") from None
    if not (folder / "figures.json").exists():
        last = output.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise UsageError(f"Locust ended with {process.returncode}: {last[0]}")
    figures: dict[str, Any] = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    return figures


def _answers(path: Path, found: Sequence[Target]) -> Iterator[Exchange]:
    known = {each.value: each for target in found for each in target.credentials}
    roots = sorted({urlsplit(each.root).path for each in found}, key=len, reverse=True)
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            told = json.loads(line)
            parts = urlsplit(told["url"])
            root = next((each for each in roots if parts.path.startswith(f"{each}/")), "")
            sent = tuple((name, value) for name, value in told["sent"])
            key = dict(sent).get("Authorization", "").removeprefix("Bearer ")
            yield Exchange(
                number=number,
                case="under load",
                operation=None,
                method=told["method"],
                target=parts.path.removeprefix(root) + (f"?{parts.query}" if parts.query else ""),
                request_headers=sent,
                request_body=base64.b64decode(told["body"]),
                credential=known.get(key),
                status=told["status"],
                headers=tuple((name, value) for name, value in told["headers"]),
                body=base64.b64decode(told["content"]),
                began=told["began"],
                seconds=told["seconds"],
            )
