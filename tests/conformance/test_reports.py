"""What a run tells, to people and to programs: masked, reproducible, comparable."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import date
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from smartcal_api.conformance.baseline import Baseline, accept, read_baseline
from smartcal_api.conformance.basis import SAFETY, Basis, Ground
from smartcal_api.conformance.coverage import coverage
from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.deviation import Deviation, fingerprint
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.law import Case, law
from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.report import REPORTS, reports
from smartcal_api.conformance.report.comparison import compare
from smartcal_api.conformance.report.stored import read_record
from smartcal_api.conformance.report.taking import take
from smartcal_api.conformance.report.terminal import terminal_report
from smartcal_api.conformance.standards import ERROR_IS_NAMED
from smartcal_api.conformance.story import curl_lines
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.verdict import Exit, Outcome, Result, Verdict
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError

KEY = Credential("key_read", "scp_a-secret-of-somebody", frozenset({"read"}))
DOCUMENTED = "/x-rate-limits"


def exchange(*, body: bytes = b"{}", target: str = "/api/v1/me", number: int = 0) -> Exchange:
    headers = (("Authorization", f"Bearer {KEY.value}"),)
    answered = (("Content-Type", "application/json"),)
    return Exchange(number, "X 1", None, "GET", target, headers, b"", KEY, 200, answered, body, 1.0, 0.01)


def deviation(name: str = "X 1", *, basis: Basis = Basis.DOCUMENTED, **more: Any) -> Deviation:
    values: dict[str, Any] = {"decides": basis is not Basis.DECIDED, "story": (exchange(),), **more}
    ground = Ground(basis, "Rate Limits", DOCUMENTED)
    return Deviation("it was <seen> & not", ground, name, **values)


def outcome(ending: Verdict, *deviations: Deviation, name: str = "X 1") -> Outcome:
    """`BROKEN` is an ending that holds but for what is documented."""
    case = Case(law(name, "Something holds.", requests=1)(lambda _: None), None)
    if ending is Verdict.BROKEN:
        return Outcome(case, Verdict.HELD, deviations=deviations or (deviation(name),))
    return Outcome(case, ending, "it was <seen> & not", deviations)


def result(contract: Contract, *outcomes: Outcome, **more: object) -> Result:
    values: dict[str, object] = {"strict": (), "required": (), **more}
    return Result(
        outcomes,
        [exchange()],
        1.0,
        0.0,
        "http://127.0.0.1:1",
        0,
        "full",
        contract,
        **values,  # type: ignore[arg-type]
    )


def written(name: str, made: Result, masks: Masks) -> str:
    """One of the files of `--report-dir`."""
    return reports(take(made, masks), made, masks)[name]


@pytest.fixture
def masks(contract: Contract) -> Masks:
    return Masks(contract, Target(root="http://127.0.0.1:1", credentials=(KEY,)))


@pytest.mark.parametrize(
    ("verdicts", "more", "code"),
    [
        ([Verdict.HELD], {}, Exit.CONFORMANT),
        ([Verdict.HELD, Verdict.NOT_VERIFIED], {}, Exit.CONFORMANT),
        ([Verdict.HELD, Verdict.NOT_VERIFIED], {"required": ("all",)}, Exit.INCONCLUSIVE),
        ([Verdict.HELD, Verdict.NOT_VERIFIED], {"required": ("x1",)}, Exit.INCONCLUSIVE),
        ([Verdict.HELD, Verdict.NOT_VERIFIED], {"required": ("Y 1",)}, Exit.CONFORMANT),
        ([Verdict.HELD, Verdict.INCONCLUSIVE], {}, Exit.INCONCLUSIVE),
        ([Verdict.INCONCLUSIVE, Verdict.BROKEN], {}, Exit.BROKEN),
        ([Verdict.NOT_VERIFIED], {}, Exit.INCONCLUSIVE),
        ([Verdict.ERROR, Verdict.BROKEN], {}, Exit.BROKEN),
        ([Verdict.HELD, Verdict.ERROR, Verdict.INCONCLUSIVE], {}, Exit.ERROR),
        ([], {}, Exit.INCONCLUSIVE),
    ],
)
def test_the_exit_code_is_the_worst_that_decides(
    contract: Contract, verdicts: list[Verdict], more: dict[str, object], code: Exit
) -> None:
    assert result(contract, *(outcome(each) for each in verdicts), **more).exit_code is code


def test_what_is_only_decided_is_listed_apart_and_counts_when_strict(contract: Contract, masks: Masks) -> None:
    lenient = result(contract, outcome(Verdict.HELD, deviation(basis=Basis.DECIDED)))
    assert lenient.exit_code is Exit.CONFORMANT
    assert "Differences from choices that only openapi.yaml makes: they don't count" in terminal_report(
        take(lenient, masks)
    )
    counted = outcome(Verdict.HELD, deviation(basis=Basis.DECIDED, decides=True))
    assert result(contract, counted, strict=("all",)).exit_code is Exit.BROKEN


def test_reports_say_in_a_sentence_why_something_counts(contract: Contract, masks: Masks) -> None:
    grounds = {
        SAFETY: "unsafe, whatever the contract says",
        ERROR_IS_NAMED: "against RFC 6749, section 5.2",
        Ground(Basis.DOCUMENTED, "Rate Limits"): "against the product document, Rate Limits",
        Ground(Basis.DECIDED): "differs from a choice that only openapi.yaml makes: does not count",
    }
    found = [replace(deviation(kind=said), ground=ground) for ground, said in grounds.items()]
    found[-1] = replace(found[-1], decides=False)
    told = result(contract, outcome(Verdict.HELD, *found))
    for name in ("report.html", "junit.xml", "annotations.txt"):
        text = written(name, told, masks).lower()
        assert [said for said in grounds.values() if said.lower() not in text] == [], name
    document = json.loads(written("verdict.json", told, masks))
    assert [each["basis"] for each in document["outcomes"][0]["findings"]] == [*map(str, Basis)]


def test_what_one_change_would_mend_is_told_once(contract: Contract, masks: Masks) -> None:
    cases = [
        outcome(Verdict.HELD, deviation(f"X {number}", cause="X-Request-Id is never sent", kind=str(number)))
        for number in range(7)
    ]
    text = terminal_report(take(result(contract, *cases), masks))
    assert text.count("fingerprint") == 1
    assert "and so in 6 more: X 1, X 2" in text


def test_what_is_long_is_told_with_its_length(masks: Masks) -> None:
    told = [exchange(target="/" + "x" * 8192, body=b'"' + b"y" * 4000 + b'"')]
    (line, answered) = curl_lines(told, "http://a", masks)
    assert len(line) < 500
    assert "… (8201 characters)" in line
    assert "… (4002 characters)" in answered


@pytest.mark.parametrize("name", REPORTS)
def test_no_report_holds_a_credential_or_somebodys_data(contract: Contract, masks: Masks, name: str) -> None:
    body = json.dumps(
        {"half": "\ud800", "email": "ann@example.com", "attendees": [{"name": "Ann"}], "id": "x", "echo": KEY.value}
    ).encode()
    found = outcome(Verdict.HELD, replace(deviation(story=(exchange(body=body),)), message=f"{KEY.value} was seen"))
    made = replace(result(contract, found), evidence=[exchange(body=body)])
    text = written(name, made, masks)
    assert text.encode()
    for secret in (KEY.value, "ann@example.com", "Ann"):
        assert secret not in text


@pytest.mark.parametrize("name", REPORTS)
def test_auth_3_no_report_holds_an_encoded_credential_or_a_foreign_one(contract: Contract, name: str) -> None:
    """Foreign ones are those that an app sent through `smartcal proxy`, or that a browser recorded."""
    plain = Credential("key_read", "my_plain_key_77Q", frozenset({"read"}))
    short = Credential("key_write", "my_key", frozenset({"write"}))
    forms = [plain.value.replace("_", "%5F"), b64encode(f"app:{plain.value}".encode()).decode()]
    sent = (*((f"x-note-{number}", form) for number, form in enumerate(forms)), ("Authorization", "Bearer my_key"))
    foreign = (("Authorization", "Bearer nobody-knows-it"), ("X-API-Key", "nobody-knows-it"))
    known = exchange(body=json.dumps({"id": forms}).encode(), target=f"/x?{forms[0]}")
    target = Target(root="http://127.0.0.1:1", credentials=(plain, short))
    for masks, asked in (
        (Masks(contract, target), replace(known, request_headers=sent)),
        (Masks(contract, Target(root=target.root), foreign=True), replace(exchange(), request_headers=foreign)),
    ):
        found = replace(outcome(Verdict.BROKEN), why="it was seen", story=(asked,))
        text = written(name, replace(result(contract, found), evidence=[asked]), masks)
        assert [form for form in (*forms, "my_key", "nobody-knows-it") if form in text] == []


def test_a_report_can_be_read_by_what_it_is_for(contract: Contract, masks: Masks) -> None:
    made = result(contract, outcome(Verdict.BROKEN), outcome(Verdict.HELD, name="X 2"), outcome(Verdict.INCONCLUSIVE))
    suites = ElementTree.fromstring(written("junit.xml", made, masks))
    assert [suite.attrib["failures"] for suite in suites] == ["1"]
    assert json.loads(written("evidence.har", made, masks))["log"]["entries"][0]["response"]["status"] == 200
    line = contract.document.line(DOCUMENTED)
    annotation = written("annotations.txt", made, masks)
    assert annotation.startswith(f"::error file=openapi.yaml,line={line},title=X 1 is broken::Something holds. it was")


class Tags(HTMLParser):
    """Every tag that was opened is closed, in order; and the links within the page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: set[str] = set()
        self.links: set[str] = set()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br", "link", "input"):
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.names.add(str(value))
            elif name == "href" and str(value).startswith("#"):
                self.links.add(str(value).removeprefix("#"))
            elif name == "href":
                assert value == "data:,", "nothing is fetched"
            elif name == "src":
                self.loads.append(str(value))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_else(contract: Contract, masks: Masks) -> None:
    verdicts = [outcome(each, name=f"X {number}") for number, each in enumerate(Verdict)]
    page = written("report.html", result(contract, *verdicts), masks)
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert tags.links <= tags.names
    assert [each for each in tags.links if each.startswith("X-1-")], "to what is broken, from the matrix"
    assert tags.loads == []
    assert "url(" not in page
    assert "it was &lt;seen&gt; &amp; not" in page


def test_coverage_tells_what_of_the_contract_was_seen(contract: Contract) -> None:
    asked = replace(exchange(target="/api/v1/events?status=confirmed&page=2"), operation="listEvents")
    (events,) = [each for each in coverage(contract, [asked, asked]) if each.operation.id == "listEvents"]
    seen = {each.name: each.count for each in events.all if each.count}
    assert seen == {"200": 2, "status": 2, "page": 2, "status=confirmed": 2, "read": 2}
    assert {"401", "source", "status=cancelled", "admin"} <= {each.name for each in events.all if not each.count}


def test_a_story_is_told_in_curl_lines_with_a_variable_for_the_credential(masks: Masks) -> None:
    lines = list(curl_lines([exchange(target="/api/v1/me?x=1&y=2")], "http://127.0.0.1:1", masks))
    assert lines == [
        "curl -si -H \"Authorization: Bearer $SMARTCAL_KEY_READ\" 'http://127.0.0.1:1/api/v1/me?x=1&y=2'",
        "# 200 {}",
    ]


def test_a_run_is_compared_with_one_before(contract: Contract, masks: Masks, tmp_path: Path) -> None:
    before = result(
        contract,
        *(outcome(Verdict.BROKEN, name=name) for name in ("A 1", "A 2")),
        *(outcome(Verdict.HELD, name=name) for name in ("A 3", "A 4", "A 5")),
    )
    path = tmp_path / "verdict.json"
    path.write_text(written("verdict.json", before, masks))
    now = [
        outcome(Verdict.BROKEN, name="A 1"),
        outcome(Verdict.HELD, name="A 2"),
        outcome(Verdict.BROKEN, name="A 3"),
        outcome(Verdict.INCONCLUSIVE, name="A 4"),
    ]
    changed = compare(read_record(path), take(result(contract, *now), masks))
    assert list(changed.lines) == [
        "newly broken: A 3",
        "fixed: A 2",
        "no longer verified: A 4",
        "no longer verified: A 5",
        "still broken: 1 as before",
    ]


ENTRY = '[[accepted]]\nfingerprint = "{}"\nreason = "known"\nowner = "ann"\nexpires = 2026-12-31\n'


def baseline(contract: Contract, path: Path, *fingerprints: str, today: date = date(2026, 12, 31)) -> Baseline:
    path.write_text("".join(ENTRY.format(each) for each in fingerprints))
    return replace(read_baseline(path, contract), today=today)


def test_a_deviation_is_accepted_for_a_reason_and_for_a_time(contract: Contract, tmp_path: Path) -> None:
    broken, path = outcome(Verdict.BROKEN), tmp_path / "baseline.toml"
    gone = fingerprint("Y 1", "", "status")
    known = baseline(contract, path, broken.fingerprint, gone)
    marked, notes = accept([broken, outcome(Verdict.HELD, name="Y 1")], known)
    assert result(contract, *marked).exit_code is Exit.CONFORMANT
    assert notes == [f"accepted and not seen any more: {gone} (known, ann); take it out of the baseline"]
    marked, notes = accept([broken], replace(known, today=date(2027, 1, 1)))
    assert result(contract, *marked).exit_code is Exit.BROKEN
    assert notes == ["accepted until 2026-12-31, which is over: X 1 (ann)"], "Y 1 wasn't run, so nothing is said of it"


@pytest.mark.parametrize("ending", [Verdict.INCONCLUSIVE, Verdict.NOT_VERIFIED])
def test_that_nothing_could_be_observed_can_be_accepted_too(
    ending: Verdict, contract: Contract, tmp_path: Path
) -> None:
    open_ = outcome(ending)
    marked, notes = accept([open_], baseline(contract, tmp_path / "baseline.toml", open_.fingerprint))
    more = [outcome(Verdict.HELD, name="Y 1")]
    assert notes == []
    assert result(contract, *marked, *more, required=("all",)).exit_code is Exit.CONFORMANT
    assert result(contract, open_, *more, required=("all",)).exit_code is Exit.INCONCLUSIVE


def test_a_new_fault_doesn_t_hide_behind_an_accepted_one(contract: Contract, tmp_path: Path) -> None:
    """Operation, parameter and what was seen are in a fingerprint."""
    one = deviation(operation="listEvents", kind="status", parameter="page", seen="500")
    names = ("operation", "parameter", "seen", "kind", "law")
    others = [replace(one, **dict.fromkeys([name], "x")) for name in names]
    assert len({each.fingerprint for each in (one, *others)}) == 6
    known = baseline(contract, tmp_path / "baseline.toml", one.fingerprint)
    marked, _ = accept([outcome(Verdict.HELD, one, *others)], known)
    assert [bool(each.accepted) for each in marked[0].deviations] == [True, *[False] * 5]
    assert result(contract, *marked).exit_code is Exit.BROKEN


def test_a_fingerprint_of_version_1_still_accepts_what_it_accepted(contract: Contract, tmp_path: Path) -> None:
    """It was a hash of the case, the clause and a kind; the clause of an expectation can be another one by now."""
    old = sha256(b"RATE 5\n/x-rate-limit-headers\nmissing").hexdigest()[:12]
    known = baseline(contract, tmp_path / "baseline.toml", old, "0" * 12)
    marked, notes = accept([outcome(Verdict.HELD, deviation("RATE 5", kind="missing"))], known)
    assert marked[0].deviations[0].accepted
    assert ["of an older version" in note and "000000000000" in note for note in notes] == [True]


def test_a_baseline_without_a_reason_is_refused(contract: Contract, tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    path.write_text('[[accepted]]\nfingerprint = "x"\n')
    with pytest.raises(UsageError, match="number 1 has no reason"):
        read_baseline(path, contract)


def test_a_report_of_an_earlier_run_is_told_from_a_file_of_somebodys_own(contract: Contract, masks: Masks) -> None:
    for verdict in (Verdict.HELD, Verdict.BROKEN, Verdict.INCONCLUSIVE):
        made = result(contract, outcome(verdict))
        for name, report in REPORTS.items():
            text = written(name, made, masks).encode()
            assert not text or report.is_one(text), name
            assert not any(report.is_one(each) for each in (b"", b"notes", b"{}", b'<?xml version="1.0"?>\n', text[1:]))
