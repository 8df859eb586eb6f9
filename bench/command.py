"""The command: chooses what is measured, prints each table when it is there, and ends whatever was started."""

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench.deliveries import deliveries
from bench.figures import CannotMeasure, Section
from bench.footprint import memory, reload, start
from bench.growth import growth
from bench.load import find_wrk
from bench.overhead import overhead
from bench.plan import Plan
from bench.plugin import plugin
from bench.rounds import rounds
from bench.sandboxes import live, sandboxes
from bench.stalls import stalls
from bench.throughput import NAMES, throughput
from bench.verdicts import verdicts

MEASURES: dict[str, Callable[[Plan], Section]] = {
    "overhead": overhead,
    "start": start,
    "reload": reload,
    "memory": memory,
    "growth": growth,
    "sandboxes": sandboxes,
    "live": live,
    "stalls": stalls,
    "rounds": rounds,
    "plugin": plugin,
    "deliveries": deliveries,
    "verify": verdicts,
}
_MEASURED, _CANNOT, _INTERRUPTED = 0, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when all of it was measured, whatever the figures; 2 where something can't be; 130 when interrupted."""
    options = _options(arguments)
    # A SIGTERM ends the run the way that Ctrl-C does: through every `finally`, so that no server stays behind.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    done: list[Section] = []
    try:
        with tempfile.TemporaryDirectory(prefix="smartcal-bench-") as folder:
            plan = Plan.quick(Path(folder)) if options.quick else Plan(folder=Path(folder))
            print(_preface(), flush=True)
            try:
                for section in _sections(plan, options.only or [*NAMES, *MEASURES]):
                    print(section, flush=True)
                    done.append(section)
            finally:  # what could be measured is worth having, whatever came after it
                if options.json is not None:
                    report = json.dumps(_report(done, quick=options.quick), indent=2)
                    options.json.write_text(report + "\n", encoding="utf-8")
    except CannotMeasure as error:
        print(f"bench: {error}", file=sys.stderr)
        return _CANNOT
    except OSError as error:
        print(f"bench: {error.filename or 'the system'}: {error.strerror or error}", file=sys.stderr)
        return _CANNOT
    except KeyboardInterrupt:
        print("bench: interrupted; all servers are stopped.", file=sys.stderr)
        return _INTERRUPTED
    return _MEASURED


def _sections(plan: Plan, names: Sequence[str]) -> Iterator[Section]:
    loads = [name for name in NAMES if name in names]
    if loads:
        yield throughput(plan, loads)
    for name, measure in MEASURES.items():
        if name in names:
            yield measure(plan)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="within a minute, and only roughly")
    parser.add_argument(
        "--only",
        action="append",
        choices=[*NAMES, *MEASURES],
        metavar="NAME",
        help=f"measure this alone; repeatable: {', '.join([*NAMES, *MEASURES])}",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    return parser.parse_args(arguments)


def _preface() -> str:
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} CPUs{load}. Ratios hold within a run, absolute figures drift with the machine's load.\n"


def _report(sections: Sequence[Section], *, quick: bool) -> dict[str, object]:
    figures = [figure.record() for section in sections for figure in section.figures()]
    return {"quick": quick, "cpus": os.cpu_count(), "wrk": find_wrk() is not None, "figures": figures}
