"""What commands that judge have in common: the extra that they need, and how a verdict is told."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartcal_api.errors import UsageError

if TYPE_CHECKING:
    from smartcal_api.conformance.masking import Masks
    from smartcal_api.conformance.verdict import Result


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


def tell(result: "Result", masks: "Masks", folder: Path | None) -> int:
    """Prints the verdict, writes the reports where they are wanted, and returns the exit code."""
    from smartcal_api.conformance.report import REPORTS
    from smartcal_api.conformance.report.annotations import annotations_report
    from smartcal_api.conformance.report.terminal import terminal_report

    masks.learn(result.evidence)
    click.echo(terminal_report(result, masks))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        click.echo(annotations_report(result, masks), nl=False)
    if folder is not None:
        _write(folder, {name: report(result, masks) for name, report in REPORTS.items()})
    return int(result.exit_code)


def _write(folder: Path, reports: dict[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in reports.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--report-dir: can't write to {folder}: {error.strerror}.") from None
