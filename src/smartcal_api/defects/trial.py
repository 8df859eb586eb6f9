"""One trial: laws checked on a server of its own, right or with a defect, from one seed."""

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

from smartcal_api.conformance.control import Control
from smartcal_api.conformance.laws import ALL
from smartcal_api.conformance.pacing import Pacing
from smartcal_api.conformance.runner import Runner, cases
from smartcal_api.conformance.session import Session
from smartcal_api.conformance.verdict import Outcome, Verdict
from smartcal_api.contract import Contract
from smartcal_api.defects.defect import Defect
from smartcal_api.defects.deployment import Deployment, Plant

# It runs a tool of its own for minutes, over sockets.
_APART = "SCHEMA 3"


def judge(
    contract: Contract, *, seed: int, plant: Plant | None = None, only: Sequence[str] = (), full: bool = True
) -> list[Outcome]:
    """The verdicts of the laws named, or of all that a profile has; data and laws are both drawn from the seed."""
    chosen = cases(ALL, contract, full=full, only=only)
    chosen = [each for each in chosen if each.law.id != _APART or _APART in only]
    with tempfile.TemporaryDirectory(prefix="smartcal-prove-") as folder:
        store = Path(folder, "trial.db")
        with Deployment(contract, seed=seed, plant=plant, store=store) as deployment:
            target = deployment.target
            control = Control(target, transport=deployment.control_line())
            session = Session(contract, target, Pacing(contract.policy, control), control, connect=deployment.connect)
            try:
                return Runner(session, seed=seed, full=full).run(chosen)
            finally:
                session.close()


def caught(contract: Contract, defect: Defect, *, seed: int) -> str | None:
    """None where the law that the defect breaks says so; else what that law says."""
    outcomes = judge(contract, seed=seed, plant=defect.plant, only=(defect.law, *defect.beside))
    own = [each for each in outcomes if each.case.law.id == defect.law]
    if any(each.verdict is Verdict.BROKEN for each in own):
        return None
    told = [f"{each.case.name} {each.verdict.value}{': ' if each.why else ''}{each.why}" for each in own]
    worst = [each for each in told if " held" not in each] or told
    return "; ".join(worst[:3]) or f"there is no law {defect.law}"


def broken(outcomes: Sequence[Outcome]) -> list[str]:
    """What is broken, with the reason."""
    return [f"{each.case.name}: {each.why}" for each in outcomes if each.verdict is Verdict.BROKEN]


def quiet() -> None:
    """Servers that are broken on purpose would fill a terminal with their complaints."""
    logging.getLogger("smartcal").setLevel(logging.CRITICAL)
