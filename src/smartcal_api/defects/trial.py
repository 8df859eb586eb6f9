"""One trial: laws checked on a server of its own, right or with a defect, from one seed."""

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from smartcal_api.conformance.control import Control
from smartcal_api.conformance.judge import Judge
from smartcal_api.conformance.laws import ALL
from smartcal_api.conformance.pacing import Pacing
from smartcal_api.conformance.runner import Runner, cases
from smartcal_api.conformance.session import Session
from smartcal_api.conformance.verdict import Exit, Outcome, Verdict
from smartcal_api.contract import Contract
from smartcal_api.defects.defect import Defect
from smartcal_api.defects.deployment import Deployment, Plant

# It runs a tool of its own for minutes, over sockets.
_APART = "SCHEMA 3"


@dataclass(frozen=True, slots=True)
class Trial:
    """Why the law missed a defect, where it did, and the exit code that its findings give without `--strict`."""

    missed: str
    exit_code: Exit


class Trials:
    """Trials under one contract. What validates answers is kept from one to the next, as it is the same for all."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._judge = Judge(contract)

    def judge(
        self,
        *,
        seed: int,
        plant: Plant | None = None,
        only: Sequence[str] = (),
        full: bool = True,
        until: str | None = None,
    ) -> list[Outcome]:
        """The verdicts of the laws named, or of all that a profile has; data and laws are both drawn from the seed.
        It ends as soon as the law `until` is broken by what decides."""
        chosen = cases(ALL, self._contract, full=full, only=only)
        chosen = [each for each in chosen if each.law.id != _APART]
        outcomes = []
        with self._session(seed, plant) as session:
            runner = Runner(session, seed=seed, full=full)
            for case in chosen:
                outcomes += runner.run([case])
                if case.law.id == until and outcomes[-1].verdict is Verdict.BROKEN:
                    break
        return outcomes

    def tried(self, defect: Defect, *, seed: int) -> "Trial":
        """What the law that the defect breaks says of it."""
        only = (defect.law, *defect.beside)
        outcomes = self.judge(seed=seed, plant=defect.plant, only=only, until=defect.law)
        own = [each for each in outcomes if each.case.law.id == defect.law]
        told = [f"{each.case.name}: {each.why}" for each in own if each.ending is not Verdict.HELD]
        why = "; ".join(told[:2]) or (f"{defect.law} held" if own else f"there is no law {defect.law}")
        missed = "" if any(each.deviations for each in own) else why
        return Trial(missed, Exit.BROKEN if any(each.verdict is Verdict.BROKEN for each in own) else Exit.CONFORMANT)

    def noticed(self, defect: Defect, *, seed: int) -> bool:
        """Whether the quick profile finds anything broken, which is all that a pipeline would see."""
        return bool(broken(self.judge(seed=seed, plant=defect.plant, full=False)))

    @contextmanager
    def _session(self, seed: int, plant: Plant | None) -> Iterator[Session]:
        with (
            tempfile.TemporaryDirectory(prefix="smartcal-prove-") as folder,
            Deployment(self._contract, seed=seed, plant=plant, store=Path(folder, "trial.db")) as deployment,
        ):
            target = deployment.target
            control = Control(target, transport=deployment.control_line())
            session = Session(
                self._contract,
                target,
                Pacing(self._contract.policy, control),
                control,
                connect=deployment.connect,
                known_judge=self._judge,
            )
            try:
                yield session
            finally:
                session.close()


def broken(outcomes: Sequence[Outcome]) -> list[str]:
    """What differs, whatever it rests on, and what laws failed with, each with the reason."""
    found = [f"{each.name}: {each.message}" for outcome in outcomes for each in outcome.deviations]
    return found + [f"{each.case.name}: {each.why}" for each in outcomes if each.ending is Verdict.ERROR]


def quiet() -> None:
    """Servers that are broken on purpose would fill a terminal with their complaints."""
    logging.getLogger("smartcal").setLevel(logging.CRITICAL)
