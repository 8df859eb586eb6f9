"""The page of `smartcal verify`, in a browser: by day and by night, wide and narrow, from a cell to its story."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.report.page import html_report
from smartcal_api.conformance.report.record import exit_code
from smartcal_api.conformance.report.taking import take
from smartcal_api.conformance.verdict import Verdict
from smartcal_api.conformance.wire import Answer, Request
from smartcal_api.contract import Contract
from tests.conformance.judged import edited, outcomes
from tests.conformance.test_reports import masks, outcome, result  # noqa: F401  # `masks` is a fixture
from tests.wire import open_world


def has_a_wrong_type(request: Request, answer: Answer) -> Answer:
    if answer.status == 200 and request.target.endswith("/me"):
        return edited(answer, lambda body: body.update(email=1))
    return answer


@pytest.fixture(scope="session")
def contract() -> Contract:
    return Contract.read()


@pytest.fixture
def report(contract: Contract, masks: Masks, tmp_path: Path) -> Path:  # noqa: F811
    found = outcomes(open_world(contract), only=("SCHEMA 1", "AUTH", "PAGE"), spoil=has_a_wrong_type)
    path = tmp_path / "report.html"
    path.write_text(html_report(take(result(contract, *found), masks)))
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 400])
def test_a_broken_cell_leads_to_its_story(
    browser: Any, report: Path, screenshots: Path, scheme: str, width: int
) -> None:
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(report.as_uri())
    assert page.locator("h1").inner_text() == "Not conformant"
    cell = page.locator("td.broken a")
    assert cell.count() == 1
    cell.click()
    assert page.evaluate("location.hash").startswith("#SCHEMA-1-")
    assert page.locator("details:target[open] pre").inner_text().startswith("curl -si")
    page.fill("[name=text]", "nothing has this")
    assert page.locator("details.cause").count() == 0
    page.fill("[name=text]", "")
    page.select_option("[name=group]", "operation")
    assert page.locator(".group h3").first.inner_text().startswith("getAccount")
    # The page itself never scrolls sideways; what is wide scrolls within it.
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in asked if not re.match("file:", url)] == []
    assert said == []
    page.screenshot(path=screenshots / f"report-{scheme}-{width}.png", full_page=True)
    page.close()


def test_the_first_screen_says_it_whatever_the_number_of_findings(
    browser: Any,
    contract: Contract,
    masks: Masks,  # noqa: F811
    tmp_path: Path,
    screenshots: Path,
) -> None:
    """On a desk and on a telephone: the verdict, and what to do, before anything that has to be scrolled to."""
    whole = take(result(contract, outcome(Verdict.BROKEN)), masks)
    (broken,) = whole.cases
    (finding,) = broken.findings
    for count, said in ((0, "Conformant"), (1, "Not conformant"), (200, "Not conformant")):
        each = (replace(finding, law=f"X {number}", kind=f"k{number}") for number in range(count))
        cases = tuple(replace(broken, law=one.law, findings=(one,)) for one in each)
        held = replace(broken, law="Y 1", verdict=Verdict.HELD, why="", findings=())
        record = replace(whole, cases=(held, *cases), exit_code=exit_code((held, *cases)))
        path = tmp_path / f"{count}.html"
        path.write_text(html_report(record))
        for width in (1280, 390):
            page = browser.new_page(viewport={"width": width, "height": 800})
            page.goto(path.as_uri())
            assert page.locator("h1").inner_text() == said
            assert page.locator("details.cause").count() == count
            assert page.locator("header").first.bounding_box()["height"] < 800
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert [each["id"] for each in Axe().run(page).response["violations"]] == []
            page.screenshot(path=screenshots / f"report-{count}-{width}.png")
            page.close()
