"""What commands that judge have in common: the extra that they need, and how a verdict is told."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
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
    from smartcal_api.conformance.report.record import Record
    from smartcal_api.conformance.verdict import Result


_ALL = "all"
_SUMMARY = "GITHUB_STEP_SUMMARY"


@contextmanager
def judging_extra(command: str, *more: str) -> Iterator[None]:
    """What judges is an extra of the package, and so may be what a command has of its own: servers don't need them."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("smartcal_api"):
            raise
        lacking = (error.name or "").partition(".")[0]
        raise UsageError(
            f"`smartcal {command}` needs {lacking}; install the extra: pip install "
            f"'smartcal-api[{','.join(('contract-tests', *more))}]'."
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

    def write(self, texts: Mapping[str, str]) -> None:
        """Each under its name."""
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


def tell(
    result: "Result",
    masks: "Masks",
    folder: ReportFolder | None,
    *,
    ending: str = "",
    labels: Mapping[str, str] | None = None,
    before: "Record | None" = None,
) -> int:
    """Prints the verdict, writes the reports where they are wanted, and returns the exit code. `ending` is the last
    thing that is said, `before` the verdict that it is compared with."""
    from smartcal_api.conformance.report import reports
    from smartcal_api.conformance.report.annotations import annotations_report
    from smartcal_api.conformance.report.comparison import compare
    from smartcal_api.conformance.report.markdown import markdown_report
    from smartcal_api.conformance.report.taking import take
    from smartcal_api.conformance.report.terminal import terminal_report

    with finishing():
        masks.learn(result.evidence)
        record = take(result, masks, labels=labels)
        if before is not None:
            record = replace(record, changes=compare(before, record).lines)
        click.echo(terminal_report(record) + (f" · {ending}" if ending else ""))
        if os.environ.get("GITHUB_ACTIONS") == "true":
            click.echo(annotations_report(record), nl=False)
        if folder is not None:
            folder.write(reports(record, result, masks))
        summarize(markdown_report(record))
    return int(result.exit_code)


def summarize(text: str) -> None:
    """Adds to the summary of the job, where GitHub Actions wants one; raises `UsageError`."""
    path = os.environ.get(_SUMMARY)
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8") as summary:
            summary.write(f"{text}\n")
    except OSError as error:
        raise UsageError(f"{_SUMMARY}: can't write to {path}: {error.strerror}.") from None


def labels_option(option: Callable[..., Callable[..., Any]]) -> Callable[..., Any]:
    """`--label`, of a command whose flags `option` makes."""
    return option("--label", multiple=True, metavar="NAME=VALUE", help="Such as build=SHA, told with it. Repeatable.")


def named_labels(given: Iterable[str]) -> dict[str, str]:
    """Raises `UsageError`."""
    found = {}
    for text in given:
        name, separator, value = text.partition("=")
        if not separator or not name.strip() or not value.strip():
            raise UsageError(f"--label: {text!r} is not a label; write it as NAME=VALUE, such as build=3f2a91c.")
        found[name.strip()] = value.strip()
    return found


def _is_report(report: "Report", path: Path) -> bool:
    return report.is_one(head(path))
