"""One test for each law and operation."""

import pytest

from smartcal_api.conformance.law import Case
from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.runner import Runner
from smartcal_api.conformance.story import curl_lines
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.verdict import Verdict


def test_law(case: Case, judged: Runner, target: Target, masks: Masks) -> None:
    outcome = judged.check(case)
    if outcome.verdict is Verdict.NOT_VERIFIED:
        pytest.skip(f"not verified: {outcome.why}")
    if outcome.verdict is not Verdict.HELD:
        story = "\n".join(curl_lines(outcome.story, target.root, masks))
        said = f"{case.law.title}\n{masks.text(outcome.why)}\n{outcome.basis} at {outcome.clause}\n{story}"
        pytest.fail(f"{outcome.verdict.value}: {said}", pytrace=False)
