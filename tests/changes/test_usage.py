"""Who is hit by a change: by the values that were sent where they were recorded, else by the operation."""

from datetime import UTC, datetime
from typing import Any

import pytest

from smartcal_api.changes.usage import Usage
from smartcal_api.traffic.call import Call
from smartcal_api.traffic.traffic import Traffic
from tests.changes.small import difference

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)


def call(target: str, caller: str = "web", method: str = "GET", **more: Any) -> Call:
    return Call(method, target, 200, AT, caller, **more)


CALLS = [
    call("/things?size=100"),
    call("/things?size=20&kind=a", "cron"),
    call("/things?size=90&q=x", "cron"),
    call("/things/abc", "shop"),
    call("/things", "shop", "POST", request_headers=(), request_body=b'{"title": "x", "note": null}'),
    call("/things", "shop", "POST", request_headers=(), request_body=b'{"title": "x"}'),
    call("/elsewhere"),
]


def listing(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = data["paths"]["/things"]["get"]
    return found


def narrower(data: dict[str, Any]) -> None:
    listing(data)["parameters"][1]["schema"]["maximum"] = 50


def removed(data: dict[str, Any]) -> None:
    del listing(data)["parameters"][2]


def required(data: dict[str, Any]) -> None:
    listing(data)["parameters"][0]["required"] = True


def gone(data: dict[str, Any]) -> None:
    del data["paths"]["/things/{thing_id}"]


def not_null(data: dict[str, Any]) -> None:
    data["components"]["schemas"]["NewThing"]["properties"]["note"]["type"] = "string"


def answered(data: dict[str, Any]) -> None:
    del listing(data)["responses"]["200"]["headers"]["X-Total"]


@pytest.mark.parametrize(
    ("edit", "callers", "certain"),
    [
        (narrower, {"web": 1, "cron": 1}, True),
        (removed, {"cron": 1}, True),
        (required, {"web": 1, "cron": 1}, True),
        (gone, {"shop": 1}, True),
        (not_null, {"shop": 1}, True),
        (answered, {"cron": 2, "web": 1}, False),
    ],
)
def test_the_calls_are_those_that_the_change_is_about(edit: Any, callers: dict[str, int], certain: bool) -> None:
    comparison = difference(edit)
    change = next(each for each in comparison.changes if each.matters)
    use = Usage(comparison, Traffic(CALLS)).of(change)
    assert use is not None
    assert (dict(use.callers), use.certain) == (callers, certain)
    count = sum(callers.values())
    assert use.sentence().startswith(f"{count} call")
    assert use.sentence().endswith("the last on 2026-11-30, among 7 recorded on 2026-11-30")


def test_of_none_it_says_on_what_that_rests() -> None:
    comparison = difference(gone)
    logged = Traffic([Call("GET", "/things", 200, AT, "web")])
    use = Usage(comparison, logged).of(comparison.changes[0])
    assert use is not None
    assert use.sentence() == "no call among 1 recorded on 2026-11-30; bodies weren't recorded"
