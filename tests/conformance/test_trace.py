"""Requests can be found in the traces of the deployment: Trace Context, section 3.2."""

import re

from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.sending import Sending
from smartcal_api.conformance.story import curl_lines
from smartcal_api.conformance.trace import Trace
from smartcal_api.contract import Contract
from tests.conformance.judged import InProcess, opened
from tests.wire import open_world

TRACEPARENT = re.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-01")


def test_each_request_is_a_span_of_the_trace_of_its_case_and_a_story_shows_it(contract: Contract) -> None:
    world = open_world(contract)
    session = opened(world, InProcess(world))
    for case in ("PAGE 1", "PAGE 1", "PAGE 2"):
        session.case = case
        session.send(Sending("GET", "/api/v1/me"))
    found = [TRACEPARENT.fullmatch(dict(each.request_headers)["traceparent"]) for each in session.evidence]
    traces = [each[1] for each in found if each]
    assert (len(traces), len(set(traces)), traces[0]) == (3, 2, traces[1])
    assert len({each[2] for each in found if each}) == 3
    (line, _) = curl_lines(session.evidence[:1], session.target.root, Masks(contract, session.target))
    assert traces[0] in line
    session.close()


def test_a_request_with_a_trace_of_its_own_keeps_it() -> None:
    assert Trace().fields("PAGE 1", (("TraceParent", "00-x"),)) == ()
    assert Trace().fields("PAGE 1", ()) != Trace().fields("PAGE 1", ())
