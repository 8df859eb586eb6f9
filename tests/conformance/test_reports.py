"""What a run tells, to people and to programs: masked, reproducible, comparable."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from smartcal_api.conformance.baseline import accept, read_baseline
from smartcal_api.conformance.comparison import compare
from smartcal_api.conformance.coverage import coverage
from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.law import Case, law
from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.report import REPORTS
from smartcal_api.conformance.report.terminal import terminal_report
from smartcal_api.conformance.story import curl_lines
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.verdict import Exit, Outcome, Result, Verdict
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError

KEY = Credential("key_read", "scp_a-secret-of-somebody", frozenset({"read"}))
DOCUMENTED, DECIDED = "/x-rate-limits", "/x-pagination"


def exchange(*, body: bytes = b"{}", target: str = "/api/v1/me", number: int = 0) -> Exchange:
    headers = (("Authorization", f"Bearer {KEY.value}"),)
    answered = (("Content-Type", "application/json"),)
    return Exchange(number, "X 1", None, "GET", target, headers, b"", KEY, 200, answered, body, 1.0, 0.01)


def outcome(verdict: Verdict, *, name: str = "X 1", clause: str = DOCUMENTED, basis: str = "documented") -> Outcome:
    made = law(name, "Something holds.", clause=clause, requests=1)(lambda _: None)
    return Outcome(Case(made, None), verdict, "it was <seen> & not", clause, basis, story=(exchange(),))


def result(contract: Contract, *outcomes: Outcome, **more: object) -> Result:
    values: dict[str, object] = {"strict": False, "required": (), **more}
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
        ([], {}, Exit.INCONCLUSIVE),
    ],
)
def test_the_exit_code_is_the_worst_that_decides(
    contract: Contract, verdicts: list[Verdict], more: dict[str, object], code: Exit
) -> None:
    assert result(contract, *(outcome(each) for each in verdicts), **more).exit_code is code


def test_what_is_only_decided_is_listed_apart_and_counts_when_strict(contract: Contract, masks: Masks) -> None:
    broken = outcome(Verdict.BROKEN, clause=DECIDED, basis="decision")
    lenient = result(contract, outcome(Verdict.HELD, name="Y 1"), broken)
    assert lenient.exit_code is Exit.CONFORMANT
    assert "decided by the contract, not documented" in terminal_report(lenient, masks)
    assert result(contract, broken, strict=True).exit_code is Exit.BROKEN


@pytest.mark.parametrize("name", REPORTS)
def test_no_report_holds_a_credential_or_somebodys_data(contract: Contract, masks: Masks, name: str) -> None:
    body = json.dumps(
        {"half": "\ud800", "email": "ann@example.com", "attendees": [{"name": "Ann"}], "id": "x", "echo": KEY.value}
    ).encode()
    found = replace(outcome(Verdict.BROKEN), why=f"{KEY.value} was seen", story=(exchange(body=body),))
    made = replace(result(contract, found), evidence=[exchange(body=body)])
    text = REPORTS[name].write(made, masks)
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
        text = REPORTS[name].write(replace(result(contract, found), evidence=[asked]), masks)
        assert [form for form in (*forms, "my_key", "nobody-knows-it") if form in text] == []


def test_a_report_can_be_read_by_what_it_is_for(contract: Contract, masks: Masks) -> None:
    made = result(contract, outcome(Verdict.BROKEN), outcome(Verdict.HELD, name="X 2"), outcome(Verdict.INCONCLUSIVE))
    suites = ElementTree.fromstring(REPORTS["junit.xml"].write(made, masks))
    assert [suite.attrib["failures"] for suite in suites] == ["1"]
    assert json.loads(REPORTS["evidence.har"].write(made, masks))["log"]["entries"][0]["response"]["status"] == 200
    line = contract.document.line(DOCUMENTED)
    annotation = REPORTS["annotations.txt"].write(made, masks)
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
        if tag not in ("meta", "br"):
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.names.add(str(value))
            elif name == "href":
                self.links.add(str(value).removeprefix("#"))
            elif name == "src":
                self.loads.append(str(value))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_else(contract: Contract, masks: Masks) -> None:
    verdicts = [outcome(each, name=f"X {number}") for number, each in enumerate(Verdict)]
    page = REPORTS["report.html"].write(result(contract, *verdicts), masks)
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert tags.links == tags.names == {"X-1"}
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
    path.write_text(REPORTS["verdict.json"].write(before, masks))
    now = [
        outcome(Verdict.BROKEN, name="A 1"),
        outcome(Verdict.HELD, name="A 2"),
        outcome(Verdict.BROKEN, name="A 3"),
        outcome(Verdict.INCONCLUSIVE, name="A 4"),
    ]
    assert list(compare(path, now)) == [
        "still broken: A 1",
        "fixed: A 2",
        "newly broken: A 3",
        "no longer verified: A 4",
        "no longer verified: A 5",
    ]


def test_a_deviation_is_accepted_for_a_reason_and_for_a_time(contract: Contract, tmp_path: Path) -> None:
    broken = outcome(Verdict.BROKEN)
    path = tmp_path / "baseline.toml"
    entry = '[[accepted]]\nfingerprint = "{}"\nreason = "known"\nowner = "ann"\nexpires = 2026-12-31\n'
    path.write_text(entry.format(broken.fingerprint) + entry.format("000000000000"))
    baseline = read_baseline(path)
    marked, notes = accept([broken], baseline, today=date(2026, 12, 31))
    assert result(contract, outcome(Verdict.HELD, name="Y 1"), *marked, strict=True).exit_code is Exit.CONFORMANT
    assert notes == ["accepted and not broken: 000000000000 (known, ann); take it out of the baseline"]
    marked, notes = accept([broken], baseline, today=date(2027, 1, 1))
    assert result(contract, *marked).exit_code is Exit.BROKEN
    assert "accepted until 2026-12-31, which is over: X 1 (ann)" in notes


def test_a_baseline_without_a_reason_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    path.write_text('[[accepted]]\nfingerprint = "x"\n')
    with pytest.raises(UsageError, match="number 1 lacks reason"):
        read_baseline(path)


def test_a_report_of_an_earlier_run_is_told_from_a_file_of_somebodys_own(contract: Contract, masks: Masks) -> None:
    for verdict in (Verdict.HELD, Verdict.BROKEN, Verdict.INCONCLUSIVE):
        made = result(contract, outcome(verdict))
        for name, report in REPORTS.items():
            text = report.write(made, masks).encode()
            assert not text or report.is_one(text), name
            assert not any(report.is_one(each) for each in (b"", b"notes", b"{}", b'<?xml version="1.0"?>\n', text[1:]))
