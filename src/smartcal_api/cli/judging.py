"""What commands that judge have in common: the extra that they need, and how a verdict is told."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smartcal_api.cli.interruption import finishing
from smartcal_api.errors import UsageError
from smartcal_api.output import Output, head

if TYPE_CHECKING:
    from smartcal_api.conformance.masking import Masks
    from smartcal_api.conformance.report import Report
    from smartcal_api.conformance.verdict import Result


_ALL = "all"


@contextmanager
def judging_extra(command: str) -> Iterator[None]:
    """What judges is an extra of the package: servers don't need it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("smartcal_api"):
            raise
        lacking = (error.name or "").partition(".")[0]
        raise UsageError(
            f"`smartcal {command}` needs {lacking}; install the extra: pip install 'smartcal-api[contract-tests]'."
        ) from None


def strict_option(option: Callable[..., Callable[..., Any]]) -> Callable[..., Any]:
    """The flag of the commands that judge; it takes a name or none."""
    return option(
        "--strict",
        multiple=True,
        is_flag=False,
        flag_value=_ALL,
        metavar="[LAW]",
        help="Choices that only the contract makes count: all, or those of a law or family. Repeatable.",
    )


def strict_names(given: Iterable[str]) -> tuple[str, ...]:
    """The laws whose choices count; the environment can say `1` or `true` for all."""
    return tuple(_ALL if name.lower() in (_ALL, "1", "true") else name for name in given)


class ReportFolder:
    """Where `--report-dir` wants the reports. It may hold anything else; what has the name of a report must be one."""

    def __init__(self, folder: Path, *, replace: bool) -> None:
        self._folder = folder
        self._replace = replace

    def check(self) -> None:
        """Raises `UsageError` before anything is judged: it would be a pity afterwards."""
        if self._folder.exists() and not self._folder.is_dir():
            raise UsageError(f"--report-dir: {self._folder} is not a folder; name one, or a new one.")
        if self._folder.exists():
            for output in self._outputs().values():
                output.check()

    def write(self, result: "Result", masks: "Masks") -> None:
        from smartcal_api.conformance.report import REPORTS

        texts = {name: report.write(result, masks) for name, report in REPORTS.items()}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"--report-dir: can't write to {self._folder}: {error.strerror}.") from None
        self.check()
        for name, output in self._outputs().items():
            output.write(texts[name].encode("utf-8"))

    def _outputs(self) -> dict[str, Output]:
        from smartcal_api.conformance.report import REPORTS

        return {
            name: Output(
                self._folder / name,
                "--report-dir",
                "a report",
                partial(_is_report, report),
                replace=self._replace,
                instead="name another folder, or add --replace to have it replaced",
            )
            for name, report in REPORTS.items()
        }


def report_folder(folder: Path | None, *, replace: bool) -> ReportFolder | None:
    """Checked; None where no reports are wanted. Raises `UsageError`."""
    if folder is None:
        return None
    found = ReportFolder(folder, replace=replace)
    found.check()
    return found


def tell(result: "Result", masks: "Masks", folder: ReportFolder | None, *, ending: str = "") -> int:
    """Prints the verdict, writes the reports where they are wanted, and returns the exit code. `ending` is the last
    thing that is said."""
    from smartcal_api.conformance.report.annotations import annotations_report
    from smartcal_api.conformance.report.terminal import terminal_report

    with finishing():
        masks.learn(result.evidence)
        click.echo(terminal_report(result, masks) + (f" · {ending}" if ending else ""))
        if os.environ.get("GITHUB_ACTIONS") == "true":
            click.echo(annotations_report(result, masks), nl=False)
        if folder is not None:
            folder.write(result, masks)
    return int(result.exit_code)


def _is_report(report: "Report", path: Path) -> bool:
    return report.is_one(head(path))
