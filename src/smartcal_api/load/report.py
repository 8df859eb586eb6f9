"""What came of it: how long answers took, by operation, beside whether they kept the contract."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from smartcal_api.conformance.report.markdown import escaped
from smartcal_api.conformance.report.record import Record, grouped
from smartcal_api.conformance.report.wording import SAID, counted, headline
from smartcal_api.conformance.verdict import Exit
from smartcal_api.load.running import Loaded

_COLUMNS = ("requests", "median_ms", "p95_ms", "p99_ms", "max_ms")
_HEADS = ("operation", "requests", "median", "p95", "p99", "max", "answers")


def exit_code(loaded: Loaded, record: Record) -> Exit:
    """What the answers come to by the contract; a request that the server failed at, or didn't answer, decides, too."""
    if not any(each["statuses"] for each in loaded.operations):
        return Exit.INCONCLUSIVE
    return Exit.BROKEN if loaded.unanswered or loaded.failed else record.exit_code


def text(loaded: Loaded, record: Record, left_out: list[str]) -> str:
    """For a terminal."""
    rows = [_HEADS, *_rows(loaded)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    lines = [_row(row, widths) for row in rows]
    lines += ["", *_findings(record), *(f"  not asked: {each}" for each in left_out)]
    return "\n".join([*lines, f"{SAID[exit_code(loaded, record)].lower()}: {_sum(loaded)}"]) + "\n"


def markdown(loaded: Loaded, record: Record, left_out: list[str]) -> str:
    """For a job summary or a pull request."""
    lines = [
        f"### {SAID[exit_code(loaded, record)]} under load: {escaped(record.product)}",
        "",
        escaped(_sum(loaded)),
        "",
    ]
    lines += [f"| {' | '.join(_HEADS)} |", "|---|---:|---:|---:|---:|---:|---|"]
    lines += [f"| {' | '.join(map(escaped, row))} |" for row in _rows(loaded)]
    lines += ["", *(f"- {escaped(each.strip())}" for each in _findings(record))]
    lines += [f"- not asked: {escaped(each)}" for each in left_out]
    return "\n".join(lines) + "\n"


def as_json(loaded: Loaded, record: Record, left_out: list[str]) -> str:
    """For programs; times are in milliseconds."""
    findings = [
        {"operation": each.operation, "message": each.message, "clause": each.clause, "counts": each.counts}
        for each in record.findings
    ]
    told: dict[str, Any] = {
        "root": record.root,
        "exit_code": int(exit_code(loaded, record)),
        "seconds": round(loaded.seconds, 2),
        "requests": loaded.requests,
        "judged": loaded.judged,
        "unanswered": loaded.unanswered,
        "failed": loaded.failed,
        "operations": list(loaded.operations),
        "findings": findings,
        "not_asked": left_out,
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


FORMATS: Mapping[str, Callable[[Loaded, Record, list[str]], str]] = {
    "text": text,
    "json": as_json,
    "markdown": markdown,
}


def _rows(loaded: Loaded) -> Iterator[tuple[str, ...]]:
    for each in sorted(loaded.operations, key=lambda found: -found["requests"]):
        answers = ", ".join(f"{count} × {status}" for status, count in each["statuses"].items())
        if each["unanswered"]:
            answers += f", {each['unanswered']} unanswered"
        times = (f"{each[name]:.0f}" + " ms" * (name != "requests") for name in _COLUMNS)
        yield (each["operation"], *times, answers.removeprefix(", "))


def _row(row: tuple[str, ...], widths: list[int]) -> str:
    first, *middle, last = row
    cells = (text.rjust(width) for text, width in zip(middle, widths[1:-1], strict=True))
    return "  ".join([first.ljust(widths[0]), *cells, last]).rstrip()


def _findings(record: Record) -> Iterator[str]:
    for group in grouped(record.breaches):
        yield f"✗ {headline(group)} ({group[0].ground(record.document)})"
    minor = grouped(record.differences)
    if minor:
        yield f"  {len(minor)} differences from choices that only {record.document} makes: they don't count"


def _sum(loaded: Loaded) -> str:
    rate = loaded.requests / loaded.seconds if loaded.seconds else 0.0
    refused = loaded.answered(429)
    said = [
        f"{counted(loaded.requests, 'request')} in {loaded.seconds:.1f} s, {rate:.0f} a second",
        f"{loaded.judged} judged",
    ]
    said += [f"{refused} refused by limits"] if refused else []
    said += [f"{loaded.failed} failed"] if loaded.failed else []
    return " · ".join([*said, *([f"{loaded.unanswered} unanswered"] if loaded.unanswered else [])])
