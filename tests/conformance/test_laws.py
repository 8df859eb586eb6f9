"""Every law is broken by an application that breaks it, and by nothing else (each spoils one thing on the wire)."""

import json
from collections import Counter
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest

from smartcal_api.conformance.laws import ALL
from smartcal_api.conformance.wire import Answer, Request
from smartcal_api.contract import Contract
from tests.conformance.judged import Spoil, differing, edited, outcomes, path, query, with_header
from tests.wire import open_world


def a_list(request: Request, answer: Answer) -> bool:
    return request.method == "GET" and answer.status == 200 and b'"pagination"' in answer.body


def drops_the_last_item_of_full_pages(request: Request, answer: Answer) -> Answer:
    if a_list(request, answer) and query(request).get("page") == "2":
        return edited(answer, lambda body: {**body, "data": body["data"][:-1]})
    return answer


def counts_one_too_many(request: Request, answer: Answer) -> Answer:
    if a_list(request, answer) and query(request).get("per_page") not in (None, "100"):
        return edited(answer, lambda body: body["pagination"].update(total=body["pagination"]["total"] + 1))
    return answer


def links_one_page_too_far(request: Request, answer: Answer) -> Answer:
    link = {name.lower(): value for name, value in answer.headers}.get("link")
    return with_header(answer, "Link", link.replace("page=1>", "page=2>")) if link else answer


def links_lose_the_filters(request: Request, answer: Answer) -> Answer:
    link = {name.lower(): value for name, value in answer.headers}.get("link")
    return with_header(answer, "Link", link.replace("status=", "x=")) if link else answer


def orders_backwards(request: Request, answer: Answer) -> Answer:
    return edited(answer, lambda body: body["data"].reverse()) if a_list(request, answer) else answer


def defaults_to_ten(request: Request, answer: Answer) -> Answer:
    if a_list(request, answer) and "per_page" not in query(request):
        return edited(answer, lambda body: body["pagination"].update(per_page=10))
    return answer


def filters_nothing(parameter: str) -> Spoil:
    def spoil(request: Request, answer: Answer) -> Answer:
        if a_list(request, answer) and parameter in query(request):
            return edited(answer, lambda body: body.update(data=[]))
        return answer

    return spoil


def tells_of_no_realm(request: Request, answer: Answer) -> Answer:
    return with_header(answer, "WWW-Authenticate", "Basic") if answer.status == 401 else answer


def lets_nobody_know_the_scope(request: Request, answer: Answer) -> Answer:
    return with_header(answer, "WWW-Authenticate", 'Bearer realm="x"') if answer.status == 403 else answer


def tells_foreign_from_missing(request: Request, answer: Answer) -> Answer:
    if answer.status == 404 and "000000" not in request.target and b'"not_found"' in answer.body:
        return Answer(403, answer.headers, answer.body)
    return answer


def has_a_title_of_its_own(request: Request, answer: Answer) -> Answer:
    return edited(answer, lambda body: body.update(title="Oops")) if answer.status == 404 and answer.body else answer


def allows_more(request: Request, answer: Answer) -> Answer:
    return with_header(answer, "Allow", "GET, HEAD, PATCH") if answer.status == 405 else answer


def takes_any_parameter(request: Request, answer: Answer) -> Answer:
    return Answer(200, answer.headers, b"{}") if "no_such" in request.target and answer.status == 400 else answer


def fails_on_depth(request: Request, answer: Answer) -> Answer:
    return Answer(500, answer.headers, answer.body) if b"[[[[[[" in request.body else answer


def lacks_the_limit(request: Request, answer: Answer) -> Answer:
    return with_header(answer, "X-RateLimit-Limit", None) if answer.status == 404 else answer


def repeats_its_request_id(request: Request, answer: Answer) -> Answer:
    return with_header(answer, "X-Request-Id", "req_00000000000000000000")


def has_a_wrong_type(request: Request, answer: Answer) -> Answer:
    if answer.status == 200 and path(request) == "/api/v1/me":
        return edited(answer, lambda body: body.update(email=1))
    return answer


def forgets_the_reason(request: Request, answer: Answer) -> Answer:
    if (
        request.method == "GET"
        and b'"cancellation":{"reason":"' in answer.body
        and not path(request).endswith("bookings")
    ):
        return edited(answer, lambda body: body["cancellation"].update(reason=body["cancellation"]["reason"][:1] + "!"))
    return answer


def always_cancels(request: Request, answer: Answer) -> Answer:
    if answer.status == 409 and b"already" in answer.body:
        return Answer(200, answer.headers, answer.body)
    return answer


def shows_another_title_alone(request: Request, answer: Answer) -> Answer:
    if path(request).count("/") == 4 and "events/evt" in request.target and answer.status == 200:
        return edited(answer, lambda body: body.update(title=body["title"] + "!"))
    return answer


def grants_everything(request: Request, answer: Answer) -> Answer:
    if path(request) == "/api/v1/me" and answer.status == 200:
        return edited(answer, lambda body: body.update(scopes=["admin", "read", "webhooks", "write"]))
    return answer


def shows_the_key(request: Request, answer: Answer) -> Answer:
    key = next((value for name, value in request.headers if name == "Authorization"), "")
    if answer.status == 403 and answer.body:
        return edited(answer, lambda body: body.update(detail=body["detail"] + key))
    return answer


def head_says_something_else(request: Request, answer: Answer) -> Answer:
    return with_header(answer, "Content-Type", "text/plain") if request.method == "HEAD" else answer


def tells_everybody_of_one_account(request: Request, answer: Answer) -> Answer:
    if path(request) == "/api/v1/me" and answer.status == 200:
        return edited(answer, lambda _: {"object": "account", "id": "acc_00000000000000000000"})
    return answer


def selects_nothing_by_two_filters(request: Request, answer: Answer) -> Answer:
    if a_list(request, answer) and {"source", "start_before"} <= query(request).keys():
        return edited(answer, lambda body: body.update(data=[]))
    return answer


def fails_far_beyond_a_bound(request: Request, answer: Answer) -> Answer:
    return Answer(500, answer.headers, answer.body) if "page=100000000000000000000" in request.target else answer


def _asked(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(request.target).query, keep_blank_values=True)


def _taken(answer: Answer, wrong: bool) -> Answer:
    return Answer(200, answer.headers, b"{}") if wrong and answer.status == 400 else answer


def takes_one_of_two(request: Request, answer: Answer) -> Answer:
    return _taken(answer, len(_asked(request)) != len(dict(_asked(request))))


def takes_an_empty_one(request: Request, answer: Answer) -> Answer:
    return _taken(answer, any(not value for _, value in _asked(request)))


def takes_a_page_that_is_no_number(request: Request, answer: Answer) -> Answer:
    page = dict(_asked(request)).get("page", "1")
    return _taken(answer, not page.lstrip("-").isdigit())


def calls_broken_json_422(request: Request, answer: Answer) -> Answer:
    broken = request.body and answer.status == 400 and not _is_json(request.body)
    return Answer(422, answer.headers, answer.body) if broken else answer


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def counts_below_nothing(request: Request, answer: Answer) -> Answer:
    remaining = {name.lower(): value for name, value in answer.headers}.get("x-ratelimit-remaining")
    return with_header(answer, "X-RateLimit-Remaining", str(int(remaining) - 1000)) if remaining else answer


def tells_of_another_limit(request: Request, answer: Answer) -> Answer:
    return with_header(answer, "X-RateLimit-Limit", "77")


SPOILED: list[tuple[str, Callable[..., Answer]]] = [
    ("PAGE 1", drops_the_last_item_of_full_pages),
    ("PAGE 2", counts_one_too_many),
    ("PAGE 3", links_one_page_too_far),
    ("PAGE 3", links_lose_the_filters),
    ("PAGE 4", orders_backwards),
    ("PAGE 5", defaults_to_ten),
    ("FILT 1", filters_nothing("source")),
    ("FILT 1", filters_nothing("upcoming")),
    ("FILT 2", filters_nothing("status")),
    ("AUTH 1", tells_of_no_realm),
    ("AUTH 3", shows_the_key),
    ("AUTH 4", tells_foreign_from_missing),
    ("AUTH 6", tells_everybody_of_one_account),
    ("FILT 5", selects_nothing_by_two_filters),
    ("ERR 8", fails_far_beyond_a_bound),
    ("SCOPE 1", lets_nobody_know_the_scope),
    ("SCOPE 3", grants_everything),
    ("ERR 1", has_a_title_of_its_own),
    ("ERR 2", takes_any_parameter),
    ("ERR 2", takes_one_of_two),
    ("ERR 2", takes_an_empty_one),
    ("ERR 2", takes_a_page_that_is_no_number),
    ("ERR 4", allows_more),
    ("ERR 5", calls_broken_json_422),
    ("ERR 6", fails_on_depth),
    ("RATE 2", counts_below_nothing),
    ("RATE 2", tells_of_another_limit),
    ("RATE 5", lacks_the_limit),
    ("HEADERS 1", repeats_its_request_id),
    ("HEADERS 2", head_says_something_else),
    ("SCHEMA 1", has_a_wrong_type),
    ("BOOK 1", forgets_the_reason),
    ("BOOK 1", always_cancels),
    ("BOOK 2", always_cancels),
    ("STATE 1", shows_another_title_alone),
]


@pytest.mark.parametrize(("law", "spoil"), SPOILED, ids=[f"{law}-{spoil.__name__}" for law, spoil in SPOILED])
def test_a_law_is_broken_by_what_breaks_it(law: str, spoil: Spoil, contract: Contract) -> None:
    needs = (law,) if law not in ("AUTH 3", "ERR 1", "RATE 5", "HEADERS 1") else (law, "SCOPE", "ERR 3")
    found = outcomes(open_world(contract), only=needs, spoil=spoil, full=True)
    differ = {each.case.law.id for each in found if each.deviations}
    assert law in differ, [(each.case.name, each.verdict, each.why) for each in found]


@pytest.mark.parametrize("seed", range(3))
def test_an_application_that_is_right_breaks_nothing(seed: int, contract: Contract) -> None:
    """A false alarm is the worst that a judge can do."""
    found = outcomes(open_world(contract, seed=seed, now="2026-11-25T12:00:00Z", rate_limits=True), seed=seed)
    assert json.dumps(differing(found)) == "[]"


def test_no_law_costs_more_than_it_says(contract: Contract) -> None:
    """So that `--plan` can be relied on. The first of a family reads the list that the others know, too."""
    others = tuple(each.id for each in ALL if each.id != "SCHEMA 3")  # another tool says what that costs
    found = outcomes(open_world(contract, now="2026-11-25T12:00:00Z", rate_limits=True), only=others, full=True)
    sent = Counter({each.case.law.id: 0 for each in found})
    said = Counter(sent)
    for each in found:
        sent[each.case.law.id] += each.requests
        said[each.case.law.id] += each.case.law.requests
    assert {law: (sent[law], said[law]) for law in sent if sent[law] > said[law] + 6} == {}
