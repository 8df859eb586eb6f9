"""One test for each law and operation."""

import warnings

import pytest

from smartcal_api.conformance.baseline import Baseline, accept
from smartcal_api.conformance.deviation import Deviation
from smartcal_api.conformance.law import Case
from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.runner import Runner
from smartcal_api.conformance.story import curl_lines
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.verdict import Verdict
from smartcal_api.contract import Contract


class Differs(UserWarning):
    """What only the contract decides, or what somebody has accepted."""


def test_law(case: Case, judged: Runner, baseline: Baseline, target: Target, masks: Masks, contract: Contract) -> None:
    def told(deviation: Deviation) -> str:
        story = "\n".join(curl_lines(deviation.story, target.root, masks))
        why = deviation.ground.sentence(contract.document.path.name)
        accepted = f"; accepted: {deviation.accepted}" if deviation.accepted else ""
        said = f"{masks.text(deviation.message)}\n{why} ({deviation.ground.clause}; {deviation.fingerprint}{accepted})"
        return f"{said}\n{story}"

    (outcome,), _ = accept([judged.check(case)], baseline)
    for deviation in outcome.deviations:
        if not deviation.counts:
            warnings.warn(f"{case.name}: {told(deviation)}", Differs, stacklevel=1)
    if outcome.verdict is Verdict.NOT_VERIFIED:
        pytest.skip(f"not verified: {outcome.why}")
    if outcome.accepted:
        pytest.skip(f"{outcome.verdict.value}: {masks.text(outcome.why)} (accepted: {outcome.accepted})")
    if outcome.verdict is Verdict.BROKEN:
        counting = (told(each) for each in outcome.deviations if each.counts)
        pytest.fail("\n\n".join((f"broken: {case.law.title}", *counting)), pytrace=False)
    if outcome.verdict is not Verdict.HELD:
        pytest.fail(f"{outcome.verdict.value}: {case.law.title}\n{masks.text(outcome.why)}", pytrace=False)
