"""A run in shards: each case is somebody's, and what they come to together is what one run comes to."""

from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import pytest

from smartcal_api.conformance.basis import Basis
from smartcal_api.conformance.law import Case
from smartcal_api.conformance.laws import ALL
from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.pacing import Pacing
from smartcal_api.conformance.report.merging import merge
from smartcal_api.conformance.report.record import CaseRecord, FindingRecord, Record
from smartcal_api.conformance.report.taking import take
from smartcal_api.conformance.runner import Runner, cases
from smartcal_api.conformance.shards import Shard, read_shard
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.verdict import Exit, Verdict
from smartcal_api.conformance.wire import Answer, Request
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from tests.conformance.judged import InProcess, keyed, opened, with_header
from tests.conformance.test_reports import result
from tests.wire import open_world

FAMILIES = (
    *("AUTH 1", "AUTH 3", "SCOPE 2", "PAGE 2", "PAGE 3", "BOOK 3", "HOOK 1", "OAUTH 9", "ERR 1", "ERR 3", "ERR 7"),
    *("HEADERS 1", "SCHEMA 1", "SCHEMA 2"),
)


def spoilt(request: Request, answer: Answer) -> Answer:
    """What one case finds, what only those find that watch, and what no case at all may find in one shard alone."""
    if answer.status == 404:
        return with_header(answer, "X-Request-Id", None)
    if answer.status == 401 and request.target.endswith("/me"):
        return Answer(200, answer.headers, answer.body)
    return answer


def judged(contract: Contract, whole: list[Case], shard: Shard | None) -> Record:
    world = open_world(contract)
    transport = InProcess(world, spoilt)
    session = opened(world, transport)
    own = shard.of(whole, session.target) if shard else whole
    found = Runner(session, seed=3, full=False).run(own)
    session.close()
    planned = [each.name for each in whole] if shard else []
    made = result(contract, *found, shard=str(shard or ""), planned=planned)
    return take(made, Masks(contract, session.target))


def told(case: CaseRecord) -> tuple[str, Verdict, set[str]]:
    return case.name, case.verdict, {each.fingerprint for each in case.findings}


def test_what_shards_come_to_is_what_one_run_comes_to(contract: Contract) -> None:
    whole = cases(ALL, contract, full=False, only=FAMILIES)
    single = judged(contract, whole, None)
    shards = {str(number): judged(contract, whole, Shard(number, 3)) for number in (1, 2, 3)}
    merged = merge(shards)
    assert [told(each) for each in merged.cases] == [told(each) for each in single.cases]
    assert (merged.exit_code, merged.shard, merged.planned) == (Exit.BROKEN, "", ())
    verdicts = {each.verdict for each in single.cases}
    assert {Verdict.HELD, Verdict.BROKEN, Verdict.NOT_VERIFIED} <= verdicts
    assert all(len(each.cases) < len(whole) for each in shards.values())
    assert {"AUTH 1", "HEADERS 1", "ERR 1"} <= {each.law for each in single.findings}
    lacking = merge({name: each for name, each in shards.items() if name != "2"})
    gone = [each for each in lacking.cases if each.why == "shard 2/3 is missing"]
    assert {each.verdict for each in gone} == {Verdict.INCONCLUSIVE}
    assert {"ERR 7", "AUTH 3"} <= {each.law for each in gone}, "what they didn't see may have been wrong"
    assert [each.name for each in lacking.cases] == [each.name for each in whole]


@pytest.mark.parametrize("count", [1, 2, 4, 7])
def test_every_case_is_in_one_shard_and_all_cost_about_the_same(contract: Contract, count: int) -> None:
    whole = cases(ALL, contract, full=True)
    target = keyed(open_world(contract))
    parts = [Shard(number, count).of(whole, target) for number in range(1, count + 1)]
    own = sorted(each.name for part in parts for each in part if not each.away)
    assert own == sorted(each.name for each in whole)
    assert all({each.name for each in whole if each.law.watches} <= {each.name for each in part} for part in parts)
    changing = [{each.name for each in part if each.law.changes and not each.away} for part in parts]
    assert sum(map(bool, changing)) == 1, "nobody changes what another is looking at"
    costs = [
        sum(each.law.requests for each in part if not each.away and not target.lacks(each.law.needs)) for part in parts
    ]
    dearest = max(each.law.requests for each in whole if not target.lacks(each.law.needs))
    assert max(costs) - min(costs) <= dearest


@pytest.mark.parametrize("text", ["", "1", "0/2", "3/2", "1/0", "-1/2", "1/2/3", "a/b", "१/२"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="write it as I/N"):
        read_shard(text)
    assert read_shard("2/3") == Shard(2, 3)


def test_jobs_keep_one_limit_together(contract: Contract) -> None:
    """By a server that counts them all, of four that each send as fast as their share of a key lets them."""
    now = 0.0
    sent: list[float] = []

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    jobs = [Pacing(contract.policy, None, jobs=4, clock=lambda: now, sleep=sleep) for _ in range(4)]
    answer = SimpleNamespace(status=200, header=lambda _: None)
    for _ in range(60):
        for job in jobs:
            job.before("key")
            job.after("key", answer)  # type: ignore[arg-type]
            sent.append(now)
    for limit in contract.policy.rate_limits:
        over = [later - first for first, later in zip(sent, sent[limit.limit :], strict=False)]
        assert all(each >= limit.window_seconds for each in over)
    assert all(later >= earlier for earlier, later in pairwise(sent))


def test_parts_of_another_run_are_refused() -> None:
    case = CaseRecord("PAGE 1", "listEvents", Verdict.HELD)
    part = Record("http://127.0.0.1:1", (case,), Exit.CONFORMANT, shard="1/2", planned=("PAGE 1 listEvents",))
    away = replace(part, shard="2/2", cases=(), root="http://127.0.0.1:2")
    assert merge({"1": part, "2": away}).exit_code is Exit.CONFORMANT
    for other, said in (
        (part, "both shard 1/2"),
        (replace(away, shard="2/3"), "of another number"),
        (replace(away, shard="", planned=part.planned), "of another number|other deployment"),
        (replace(away, planned=()), "of other cases"),
        (replace(away, digest="0f"), "of other contract"),
        (replace(away, root="https://api.example.com"), "of other deployment"),
        (replace(away, cases=(case,)), "ran twice"),
    ):
        with pytest.raises(UsageError, match=said):
            merge({"1": part, "2": other})


def test_failures_in_several_shards_may_be_more_than_accidents() -> None:
    found = FindingRecord("ERR 7", "listEvents", "it failed", Basis.DECIDED, "2.f", decides=False, kind="failure")
    case = CaseRecord("ERR 7", "", Verdict.HELD, watches=True, findings=(found,))
    part = Record("http://127.0.0.1:1", (case,), Exit.CONFORMANT, shard="1/2", planned=("ERR 7",))
    other = replace(part, shard="2/2")
    assert merge({"1": part, "2": other}).exit_code is Exit.INCONCLUSIVE
    sound = replace(other, cases=(replace(case, findings=()),))
    assert merge({"1": part, "2": sound}).exit_code is Exit.CONFORMANT


def test_a_target_of_sandboxes_is_one_deployment() -> None:
    part = Record("https://api.example.com/~a", (), Exit.CONFORMANT, shard="1/2")
    merge({"1": part, "2": replace(part, shard="2/2", root="https://api.example.com/~b")})
    with pytest.raises(UsageError, match="deployment"):
        merge({"1": part, "2": replace(part, shard="2/2", root="https://other.example.com/~b")})
    assert Target(root="https://api.example.com/~a").root.endswith("~a")
