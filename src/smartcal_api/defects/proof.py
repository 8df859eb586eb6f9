"""The proof: every defect is caught by the law that it breaks, from any seed, and a right server breaks none."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from smartcal_api.contract import Contract
from smartcal_api.defects.defect import Defect
from smartcal_api.defects.plain import Plain
from smartcal_api.defects.table import find
from smartcal_api.defects.trial import Trials, broken, quiet

SEEDS, RIGHT = 20, 100
# Their laws wait for deliveries.
_SLOW = ("DELV", "HOOK")
# So many defects, or trials of a right server, are one piece of work: what the first of them has found to be valid, the
# others need not judge again.
_PIECE = 5
_SHOWN = 3
Piece = TypeVar("Piece")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of one defect: the seeds from which its law missed it, each with why, and who else noticed."""

    defect: str
    law: str
    says: str
    seeds: int
    missed: dict[int, str] = field(default_factory=dict)
    decided: bool = False
    """Whether it differs from a choice of the contract alone."""
    plain: tuple[int, ...] = ()
    """The exit codes that the findings of its law give without `--strict`, each once."""
    quick: bool | None = None
    """None where the profile wasn't run."""
    schemathesis: bool | None = None

    @property
    def counts(self) -> bool:
        """Whether a plain verdict counts it on every seed, unless it need not."""
        return self.decided or self.plain == (1,)

    @property
    def caught(self) -> int:
        return self.seeds - len(self.missed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """`alarms` are what a right server was blamed for, each with its seed."""

    tried: tuple[Tried, ...]
    right: int
    alarms: tuple[str, ...]
    seconds: float = 0.0
    plain: Plain | None = None

    @property
    def proven(self) -> bool:
        return not self.alarms and all(not each.missed and each.counts for each in self.tried)


def prove(
    defects: Sequence[Defect],
    *,
    spec: Path | None,
    seeds: int,
    right: int,
    quick: bool,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> tuple[list[Tried], list[str]]:
    """Every defect on so many seeds, and the right server on `right`, on all cores; in the order of the defects."""
    # Those that take longest come first, or one worker would be left with them at the end.
    names = [each.name for each in sorted(defects, key=lambda each: not each.law.startswith(_SLOW))]
    tried: dict[str, Tried] = {}
    alarms: list[str] = []
    # Not forked: a fork of a process with threads has their locks and not them.
    # One more than there are cores, for some laws wait for deliveries.
    workers = (os.cpu_count() or 1) + 1
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_end_with_parent) as pool:
        trying = [pool.submit(partial(_try, each, spec=spec, seeds=seeds, quick=quick)) for each in _pieces(names)]
        judging = [pool.submit(partial(_judge, each, spec=spec)) for each in _pieces(range(right))]
        everything: list[Future[Any]] = [*trying, *judging]
        try:
            for done, future in enumerate(as_completed(everything), 1):
                found: list[Tried | str] = future.result()
                tried |= {each.defect: each for each in found if isinstance(each, Tried)}
                alarms += [each for each in found if isinstance(each, str)]
                progress(done, len(everything))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [tried[each.name] for each in defects], sorted(alarms)


def _pieces(whole: Sequence[Piece]) -> list[list[Piece]]:
    return [[*whole[first : first + _PIECE]] for first in range(0, len(whole), _PIECE)]


def _end_with_parent() -> None:
    """Has a worker end when whoever started it is killed: it would go on with what it was given, and then wait."""
    parent = parent_process()
    assert parent is not None  # a worker has one

    def wait() -> None:
        parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()


def _try(names: Sequence[str], *, spec: Path | None, seeds: int, quick: bool) -> list[Tried]:
    quiet()
    trials = Trials(Contract.read(spec))
    return [_tried(trials, find(name), seeds=seeds, quick=quick) for name in names]


def _tried(trials: Trials, defect: Defect, *, seeds: int, quick: bool) -> Tried:
    found = {seed: trials.tried(defect, seed=seed) for seed in range(seeds)}
    noticed = trials.noticed(defect, seed=0) if quick else None
    return Tried(
        defect=defect.name,
        law=defect.law,
        says=defect.says,
        seeds=seeds,
        missed={seed: each.missed for seed, each in found.items() if each.missed},
        decided=defect.decided,
        plain=tuple(sorted({int(each.exit_code) for each in found.values()})),
        quick=noticed,
    )


def _judge(seeds: Sequence[int], *, spec: Path | None) -> list[str]:
    quiet()
    trials = Trials(Contract.read(spec))
    return [f"seed {seed}: {each}" for seed in seeds for each in broken(trials.judge(seed=seed))]


def table(proof: Proof) -> Iterator[str]:
    """A line a defect, then what was missed, what was false, and the sums."""
    width = max((len(each.defect) for each in proof.tried), default=0)
    shows_quick = any(each.quick is not None for each in proof.tried)
    shows_plain = any(each.schemathesis is not None for each in proof.tried)
    head = [f"  {'defect':<{width}}", f"{'law':<10}", "caught", "plain exit"]
    head += ["quick"] if shows_quick else []
    head += ["Schemathesis"] if shows_plain else []
    yield "  ".join(head)
    for each in proof.tried:
        mark = "✓" if not each.missed and each.counts else "✗"
        plain = "/".join(map(str, each.plain)) + (" (decided)" if each.decided else "")
        line = [f"{mark} {each.defect:<{width}}", f"{each.law:<10}", f"{f'{each.caught}/{each.seeds}':>6}"]
        line.append(f"{plain:<11}")
        line += [f"{_word(each.quick):>5}"] if shows_quick else []
        line += [_word(each.schemathesis)] if shows_plain else []
        yield "  ".join(line).rstrip()
    yield ""
    for each in proof.tried:
        for seed, why in list(each.missed.items())[:_SHOWN]:
            yield f"  missed: {each.defect}, seed {seed}: {why}"
        if not each.counts:
            yield f"  doesn't count: {each.defect}, whose findings give exit code {'/'.join(map(str, each.plain))}"
    yield from (f"  false alarm: {alarm}" for alarm in proof.alarms)
    if proof.plain is not None:
        yield from (f"  {line}" for line in proof.plain.lines())
    yield _sums(proof)


def _sums(proof: Proof) -> str:
    whole = sum(1 for each in proof.tried if not each.missed)
    deciding = [each for each in proof.tried if not each.decided]
    parts = [
        f"{whole} of {len(proof.tried)} defects caught on every seed",
        f"{sum(each.counts for each in deciding)} of the {len(deciding)} that decide give exit code 1",
    ]
    for word, seen in (
        ("by quick", [each.quick for each in proof.tried if each.quick is not None]),
        ("by plain Schemathesis", [each.schemathesis for each in proof.tried if each.schemathesis is not None]),
    ):
        if seen:
            parts.append(f"{sum(seen)} {word}")
    parts.append(f"{len(proof.alarms)} false alarms on {proof.right} seeds of a right server")
    return f"{'proven' if proof.proven else 'not proven'}: {' · '.join(parts)} · {proof.seconds:.0f} s"


def _word(seen: bool | None) -> str:
    return "" if seen is None else "yes" if seen else "no"
