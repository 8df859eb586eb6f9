"""`make foreign`: what `smartcal verify` says of the deployments, each of its runs with a deployment of its own.

Nearly all of a run's minute is waiting for the limits, so many run side by side. Not collected by default.
"""

from pathlib import Path

import pytest

from tests.foreign.bugs import BUGS, FULL, QUICK, Bug
from tests.foreign.deployment import KINDS, deployed, leaked, of, verify

SEEDS = {QUICK: range(1, 21), FULL: range(1, 3)}
NOISE = ("--latency", "300", "--gateway", "0.01")


@pytest.mark.parametrize("seed", SEEDS[FULL])
@pytest.mark.parametrize("kind", KINDS)
def test_a_right_deployment_holds_in_full(kind: str, seed: int, tmp_path: Path) -> None:
    _holds(kind, tmp_path, "--profile", FULL, "--seed", str(seed))


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_is_seen_by_its_law(bug: Bug, tmp_path: Path) -> None:
    with deployed(bug.deployment, "--bugs", bug.name) as deployment:
        judged = verify(deployment, tmp_path, "--profile", bug.profile)
        assert leaked(deployment, tmp_path, judged.text) == []
    assert judged.exit_code == 1, judged.text
    assert of(bug.laws, list(judged.broken)), judged.broken


@pytest.mark.parametrize("seed", SEEDS[QUICK])
@pytest.mark.parametrize("kind", KINDS)
def test_a_right_deployment_holds(kind: str, seed: int, tmp_path: Path) -> None:
    _holds(kind, tmp_path, "--profile", QUICK, "--seed", str(seed))


@pytest.mark.parametrize("attempt", range(3))
@pytest.mark.parametrize("kind", KINDS)
def test_noise_on_the_way_changes_nothing(kind: str, attempt: int, tmp_path: Path) -> None:
    _holds(kind, tmp_path, "--profile", QUICK, noise=NOISE)


@pytest.mark.parametrize(
    "form", ["--limiter bucket", "--limiter window", "--limiter log", "--coding always", "--ids uuid"]
)
@pytest.mark.parametrize("kind", KINDS)
def test_any_usual_form_holds(kind: str, form: str, tmp_path: Path) -> None:
    _holds(kind, tmp_path, "--profile", QUICK, noise=tuple(form.split()))


@pytest.mark.parametrize(("kind", "envelope"), [("node", "items"), ("stdlib", "results")])
def test_another_envelope_is_told_once_and_breaks_nothing(kind: str, envelope: str, tmp_path: Path) -> None:
    with deployed(kind, "--envelope", envelope) as deployment:
        judged = verify(deployment, tmp_path, "--profile", QUICK)
    assert judged.exit_code == 3, judged.text
    assert judged.broken == {}


def _holds(kind: str, folder: Path, *flags: str, noise: tuple[str, ...] = ()) -> None:
    with deployed(kind, *noise) as deployment:
        judged = verify(deployment, folder, *flags)
        assert leaked(deployment, folder, judged.text) == []
    assert judged.broken == {}, judged.text
    assert judged.exit_code == 0, judged.text
