"""Every law of HOOK, DELV and SIGN is broken by a deployment that breaks it in one thing, and held by the right one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smartcal_api.conformance import receiver
from smartcal_api.conformance.laws import delivery
from smartcal_api.conformance.verdict import Verdict
from smartcal_api.contract import Contract
from tests.conformance.delivery_spoils import SPOILT
from tests.conformance.deployed import Deployment, Way, deployed
from tests.conformance.judged import differing
from tests.edits import Edit, put, write

FAMILIES = ("HOOK", "DELV", "SIGN")
SCHEDULE = "/x-retry-schedule"
# A server that is right by another contract than it is judged by.
OTHERWISE: list[tuple[str, Edit]] = [
    ("DELV 4", put(f"{SCHEDULE}/delays_seconds/2", 270)),
    ("DELV 4", put(f"{SCHEDULE}/delays_seconds/6", 45000)),
    ("DELV 4", put(f"{SCHEDULE}/delays_seconds/-", 36000)),
    ("DELV 4", put(f"{SCHEDULE}/disable_after_exhausted", 9)),
    ("DELV 4", put(f"{SCHEDULE}/disable_after_exhausted", 11)),
    ("DELV 8", put(f"{SCHEDULE}/disable_on_status", [418])),
    ("HOOK 3", put("/x-resource-limits/webhooks", 21)),
]


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory, contract: Contract) -> Iterator[Deployment]:
    with deployed(tmp_path_factory.mktemp("deployed"), contract) as found:
        yield found


@pytest.mark.parametrize(("law", "way"), SPOILT, ids=[f"{law}-{way.__name__}" for law, way in SPOILT])
def test_a_law_is_broken_by_what_is_wrong_on_the_way(
    law: str, way: type[Way], deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_HANG", 1.0)
    monkeypatch.setattr(receiver, "PATIENCE", 2.0)  # what never comes is waited for in vain
    found = deployment.judged(law, way=way())
    assert differing(found), [each.why for each in found]


@pytest.mark.parametrize(("law", "edit"), OTHERWISE, ids=[f"{law}-{n}" for n, (law, _) in enumerate(OTHERWISE)])
def test_a_law_is_broken_by_a_server_of_another_contract(
    law: str, edit: Edit, tmp_path: Path, contract: Contract
) -> None:
    with deployed(tmp_path, contract, "--spec", str(write(tmp_path / "edited.yaml", edit))) as deployment:
        found = deployment.judged(law)
    assert differing(found), [each.why for each in found]


@pytest.mark.parametrize("seed", range(5))
def test_the_right_deployment_breaks_none(seed: int, deployment: Deployment) -> None:
    found = deployment.judged(*FAMILIES, seed=seed)
    assert [(each.case.name, each.why) for each in found if each.ending is not Verdict.HELD] == []
    assert differing(found) == []
