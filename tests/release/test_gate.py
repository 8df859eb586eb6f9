"""Whether a build can be released: each reason alone is enough for no, or for can't tell."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from smartcal_api.conformance.basis import Basis
from smartcal_api.conformance.report.record import CaseRecord, FindingRecord, Record
from smartcal_api.conformance.verdict import Exit, Verdict
from smartcal_api.errors import UsageError
from smartcal_api.release.answer import Answer
from smartcal_api.release.gate import decide
from smartcal_api.release.policy import Policy, read_policy
from smartcal_api.release.proof import Change, Diff, Hit, Impact, Proof
from smartcal_api.release.telling import markdown, text

NOW = datetime(2026, 2, 3, 12, 0, tzinfo=UTC)
FINDING = FindingRecord("AUTH 4", "getEvent", "somebody else's event was read", Basis.SAFETY, "2.AUTH4.getEvent.1")
ACCEPTED = replace(FINDING, accepted="known (ann, until 2026-12-31)")
HELD = CaseRecord("PAGE 1", "listEvents", Verdict.HELD)
LACKING = CaseRecord("STATE 3", "", Verdict.NOT_VERIFIED, why="a mock that can be killed")
OPEN = CaseRecord("RATE 3", "", Verdict.INCONCLUSIVE, why="limits seem to be switched off")
FINE = Record(
    root="https://staging.example.com",
    cases=(HELD,),
    exit_code=Exit.CONFORMANT,
    contract="1.0.0",
    digest="0f" * 32,
    labels={"build": "3f2a"},
    finished="2026-02-03T10:00:00Z",
    profile="full",
)
BREAKS = Change("breaking", "those who call", "GET /events query per_page", "maximum 100 → 50", "")


def with_cases(*cases: CaseRecord) -> Record:
    return replace(FINE, cases=(HELD, *cases))


def diff(*changes: Change, announced: bool = False, version: str = "1.0.0") -> Diff:
    return Diff(version, announced, changes)


BROKEN = with_cases(CaseRecord("AUTH 4", "getEvent", Verdict.BROKEN, findings=(FINDING,)))
LIVED_WITH = with_cases(CaseRecord("AUTH 4", "getEvent", Verdict.HELD, findings=(ACCEPTED,)))
YES, NO, UNKNOWN = Answer


@pytest.mark.parametrize(
    ("verdict", "changed", "policy", "answer", "about"),
    [
        (FINE, None, {}, YES, ""),
        (FINE, diff(), {"needs": ["verdict", "diff"]}, YES, ""),
        (FINE, None, {"needs": ["verdict", "diff"]}, UNKNOWN, "diff: none was given"),
        (None, diff(), {}, UNKNOWN, "verdict: none was given"),
        (BROKEN, None, {}, NO, "broken: 1 cause: AUTH 4 getEvent: somebody else's event was read"),
        (LIVED_WITH, None, {}, YES, "accepted: 1: known (ann, until 2026-12-31)"),
        (LIVED_WITH, None, {"accepted": 1}, YES, "accepted: 1 of at most 1"),
        (LIVED_WITH, None, {"accepted": 0}, NO, "accepted: 1 of at most 0"),
        (with_cases(OPEN), None, {}, UNKNOWN, "undecided: 1 case: RATE 3: limits seem to be switched off"),
        (with_cases(OPEN), None, {"not_verified": ["RATE 3"]}, YES, ""),
        (with_cases(replace(OPEN, verdict=Verdict.ERROR)), None, {}, UNKNOWN, "undecided: 1 case: RATE 3"),
        (with_cases(LACKING), None, {}, YES, "not verified: 1 case: STATE 3"),
        (with_cases(replace(LACKING, required=True)), None, {}, UNKNOWN, "not verified: 1 case"),
        (with_cases(LACKING), None, {"not_verified": []}, UNKNOWN, "not verified: 1 case: STATE 3"),
        (with_cases(LACKING), None, {"not_verified": ["state"]}, YES, "not verified: nothing that matters"),
        (replace(FINE, cases=(LACKING,)), None, {}, UNKNOWN, "undecided: no case was decided at all"),
        (replace(FINE, left_out=("BOOK 1 x",)), None, {}, UNKNOWN, "not verified: 1 case left out by --only: BOOK 1 x"),
        (replace(FINE, left_out=("BOOK 1 x",)), None, {"not_verified": ["BOOK"]}, YES, ""),
        (FINE, None, {"max_age_hours": 2.5}, YES, "age: the oldest ended 2.0 h ago, at most 2.5"),
        (FINE, None, {"max_age_hours": 1}, UNKNOWN, "age: the oldest ended 2.0 h ago, at most 1: one.json"),
        (replace(FINE, finished=""), None, {"max_age_hours": 1}, UNKNOWN, "age: one.json doesn't say"),
        (FINE, None, {"labels": ["build"]}, YES, "build: build 3f2a, at https://staging.example.com"),
        (replace(FINE, labels={}), None, {"labels": ["build"]}, UNKNOWN, "build: one.json doesn't say its build"),
        (replace(FINE, profile="quick"), None, {"profile": "full"}, UNKNOWN, "profile: one.json is of another"),
        (replace(FINE, profile="recorded"), None, {"profile": "full"}, YES, ""),
        (FINE, diff(BREAKS), {}, NO, "breaking: 1 for those who call: GET /events query per_page: maximum 100 → 50"),
        (FINE, diff(BREAKS), {"breaking": "announced"}, NO, "breaking: 1 for those who call"),
        (FINE, diff(BREAKS, announced=True), {"breaking": "announced"}, YES, "announced by its version"),
        (FINE, diff(BREAKS), {"breaking": "any"}, YES, "breaking: 1 for those who call"),
        (FINE, diff(replace(BREAKS, accepted="agreed")), {}, YES, "breaking: nothing"),
        (FINE, diff(replace(BREAKS, level="risky")), {}, YES, "risky: 1 for those who call"),
        (FINE, diff(replace(BREAKS, level="risky")), {"risky": "none"}, NO, "risky: 1 for those who call"),
        (FINE, diff(version="2.0.0"), {}, UNKNOWN, "contract: new.json is about version 2.0.0, one.json about 1.0.0"),
        (BROKEN, diff(version="2.0.0"), {"max_age_hours": 1}, NO, "broken: 1 cause"),
    ],
)
def test_a_release_is_decided_by_what_the_policy_asks(
    verdict: Record | None, changed: Diff | None, policy: dict[str, Any], answer: Answer, about: str
) -> None:
    proof = Proof({"one.json": verdict} if verdict else {}, {"new.json": changed} if changed else {})
    found, reasons = decide(proof, Policy(**policy), labels={}, now=NOW)
    assert found is answer, reasons
    assert [each for each in reasons if about in f"{each.about}: {each.said}"], reasons
    assert text(found, reasons).count("\n") == len(reasons) + 1, "a line a reason"
    assert markdown(found, reasons).count("\n- ") == len(reasons)


HIT = Hit("GET /events", "per_page is 100", 7, {"app_a": 5, "app_b": 2}, "")


@pytest.mark.parametrize(
    ("impact", "policy", "answer", "said"),
    [
        (Impact(9, ()), {}, YES, "none of 9 recorded calls"),
        (Impact(0, ()), {}, UNKNOWN, "impact.json is about no call at all"),
        (Impact(9, (HIT,)), {}, NO, "7 recorded calls (app_a 5, app_b 2): GET /events: per_page is 100"),
        (Impact(9, (HIT,)), {"impact": "any"}, YES, "7 recorded calls (app_a 5, app_b 2)"),
        (Impact(9, (replace(HIT, accepted="agreed"),)), {}, YES, "none of 9 recorded calls"),
        (None, {"needs": ["impact"]}, UNKNOWN, "none was given"),
    ],
)
def test_calls_that_were_recorded_decide_with_it(
    impact: Impact | None, policy: dict[str, Any], answer: Answer, said: str
) -> None:
    proof = Proof({"one.json": FINE}, {}, {"impact.json": impact} if impact else {})
    found, reasons = decide(proof, Policy(**policy), labels={}, now=NOW)
    (reason,) = [each for each in reasons if each.about == "impact"]
    assert (found, reason.answer, reason.said[: len(said)]) == (answer, answer, said)


def test_it_is_about_the_build_and_the_contract_that_were_asked_for(tmp_path: Path) -> None:
    def decided(*verdicts: Record, policy: Policy | None = None, **labels: str) -> list[str]:
        proof = Proof({f"{number}.json": each for number, each in enumerate(verdicts)}, {})
        _, reasons = decide(proof, policy or Policy(), labels=labels, now=NOW)
        return [f"{each.about}: {each.said}" for each in reasons if each.answer is not YES]

    assert decided(FINE, FINE, build="3f2a") == []
    assert decided(FINE, build="77b1") == ["build: 0.json is of build 3f2a, not of 77b1"]
    other = replace(FINE, labels={"build": "77b1"})
    assert decided(FINE, other, policy=Policy(labels=["build"])) == ["build: 1.json is of build 77b1, not of 3f2a"]
    assert decided(FINE, replace(FINE, digest="aa")) == ["contract: 1.json is of another document than 0.json"]
    (tmp_path / "openapi.yaml").write_text("openapi: 3.1.0\n")
    stated = Policy(contract="openapi.yaml", folder=tmp_path)
    assert decided(FINE, policy=stated) == ["contract: 0.json is of another document than openapi.yaml"]
    assert decided(replace(FINE, digest=str(stated.digest())), policy=stated) == []
    # What one left out, another one of the same deployment has decided.
    assert decided(replace(FINE, left_out=("PAGE 1 listEvents",)), FINE) == []


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ("max_age = 3", "there is no 'max_age'; did you mean max_age_hours?"),
        ('max_age_hours = "3"', "max_age_hours takes a number of hours"),
        ("accepted = true", "accepted takes a whole number"),
        ('not_verified = "RATE"', "not_verified takes a list of texts"),
        ("labels = [1]", "labels takes a list of texts"),
        ('breaking = "some"', "breaking takes none, announced, any, not 'some'"),
        ('needs = ["prayer"]', "needs takes verdict, diff, impact, not 'prayer'"),
        ("= 3", "release.toml"),
    ],
)
def test_a_policy_that_says_something_else_is_refused(stated: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "release.toml").write_text(f"{stated}\n")
    with pytest.raises(UsageError) as refused:
        read_policy(tmp_path / "release.toml")
    assert said in str(refused.value)


def test_a_policy_is_about_files_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "release.toml").write_text('contract = "openapi.yaml"\nmax_age_hours = 24\n')
    policy = read_policy(tmp_path / "release.toml")
    monkeypatch.chdir("/")
    with pytest.raises(UsageError, match=r"contract: .*openapi\.yaml"):
        policy.digest()
    (tmp_path / "openapi.yaml").write_text("x")
    assert len(str(policy.digest())) == 64
