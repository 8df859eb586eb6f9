"""`smartcal verdict`: what has been judged, read again; nothing is sent."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartcal_api.cli.judging import named_labels, summarize
from smartcal_api.cli.options import format_option
from smartcal_api.errors import UsageError

if TYPE_CHECKING:
    from smartcal_api.conformance.report.record import Record

_FILE = click.Path(path_type=Path)
_INCONCLUSIVE = 3


@click.group()
def verdict() -> None:
    """Read verdicts again: show, compare, merge, follow and decide by them.

    A verdict is the verdict.json that `smartcal verify --report-dir` and `smartcal proxy --report-dir` write. Nothing
    is sent.
    """


@verdict.command()
@click.argument("file", type=_FILE)
@format_option("text", "json", "markdown", "html", "junit", "sarif", "github")
def show(file: Path, shape: str) -> int:
    """Tell a verdict once more, in any of the formats.

    Exit code: that of the verdict.
    """
    from smartcal_api.conformance.report import FORMATS
    from smartcal_api.conformance.report.stored import read_record

    record = read_record(file)
    click.echo(FORMATS[shape](record), nl=False)
    return int(record.exit_code)


@verdict.command()
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
def compare(old: Path, new: Path) -> int:
    """Tell what has changed from one verdict to another.

    Exit code: 0 nothing new is broken, 1 something is, 3 something is no longer verified.
    """
    from smartcal_api.conformance.report.comparison import compare
    from smartcal_api.conformance.report.stored import read_record

    before, now = read_record(old), read_record(new)
    if before.digest and now.digest and (before.digest, before.overlays) != (now.digest, now.overlays):
        click.echo("they are of different documents: what is new may be what is asked", err=True)
    found = compare(before, now)
    click.echo("\n".join(found.lines) or "nothing has changed")
    return 1 if found.new else _INCONCLUSIVE if found.lost else 0


@verdict.command()
@click.argument("files", type=_FILE, nargs=-1, required=True)
@format_option("json", "text", "markdown", "html", "junit", "sarif", "github")
def merge(files: tuple[Path, ...], shape: str) -> int:
    """Make one verdict of the parts of a run.

    Each case has to have run exactly once, of the same contract, deployment and
    build. What a missing shard of `verify --shard` leaves open is inconclusive.

    Where GITHUB_STEP_SUMMARY is set, the verdict is added to it.

    Exit code: that of the whole, 2 where they aren't the parts of one run.
    """
    from smartcal_api.conformance.report import FORMATS
    from smartcal_api.conformance.report.merging import merge
    from smartcal_api.conformance.report.stored import read_record

    whole = merge({str(path): read_record(path) for path in files})
    click.echo(FORMATS[shape](whole), nl=False)
    summarize(FORMATS["markdown"](whole))
    return int(whole.exit_code)


@verdict.command()
@click.argument("folder", type=_FILE)
@click.option("--last", type=click.IntRange(1), metavar="N", help="The last N verdicts alone.")
@format_option("text", "markdown", "json")
def trend(folder: Path, last: int | None, shape: str) -> int:
    """Tell how laws fared in the verdicts of a folder.

    A law is flaky where the same build, or the same run, held and broke it.
    """
    from smartcal_api.conformance.report.trend import json_trend, markdown_trend, text_trend, trend

    found = sorted(_verdicts(folder), key=lambda each: each.finished)
    told = {"text": text_trend, "markdown": markdown_trend, "json": json_trend}[shape]
    click.echo(told(trend(found[-last:] if last else found)), nl=False)
    return 0


@verdict.command()
@click.argument("files", type=_FILE, nargs=-1, required=True)
@click.option("--policy", type=_FILE, metavar="FILE", help="What a release has to have; default: nothing is broken.")
@click.option("--label", multiple=True, metavar="NAME=VALUE", help="What is to be released: build=SHA. Repeatable.")
@format_option("text", "markdown", "json")
def gate(files: tuple[Path, ...], policy: Path | None, label: tuple[str, ...], shape: str) -> int:
    """Say whether a build can be released.

    It is decided by verdicts, and by what `smartcal diff` and `smartcal impact` print with --format json.

    Where GITHUB_STEP_SUMMARY is set, the answer is added to it.

    Exit code: 0 yes, 1 no, 2 a wrong flag or file, 3 can't tell.
    """
    from smartcal_api.release.gate import decide
    from smartcal_api.release.policy import read_policy
    from smartcal_api.release.proof import read_proof
    from smartcal_api.release.telling import FORMATS

    stated = read_policy(policy)
    answer, reasons = decide(read_proof(files), stated, labels=named_labels(label), now=datetime.now(UTC))
    click.echo(FORMATS[shape](answer, reasons), nl=False)
    summarize(FORMATS["markdown"](answer, reasons))
    return int(answer)


def _verdicts(folder: Path) -> "Iterator[Record]":
    """Every verdict below a folder, whatever its name; raises `UsageError` where there is none."""
    from smartcal_api.conformance.report.stored import from_json, is_verdict
    from smartcal_api.input import Unreadable, read_json

    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder; name one that verdicts are kept in.")
    count = 0
    for path in sorted(folder.rglob("*.json")):
        try:
            document = read_json(path, most=1024 * 1024 * 1024)
            if is_verdict(document):
                yield from_json(document)
                count += 1
        except (Unreadable, LookupError, TypeError, ValueError, AttributeError):
            click.echo(f"left out: {path} is not a verdict", err=True)
    if not count:
        raise UsageError(f"{folder} holds no verdict; `smartcal verify --report-dir` writes them.")
