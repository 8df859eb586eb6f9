"""Archives as they come from browsers, with what those leave out: what can't be judged is counted, and no breach."""

from pathlib import Path
from typing import Any

import pytest

from smartcal_api.conformance.archive import NOT_KEPT, read_archive
from smartcal_api.conformance.recorded import Recording
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from tests.conformance.test_recorded import ROOT, archive, entry
from tests.wire import World


@pytest.fixture
def good(world: World) -> Any:
    return entry(world, "GET", "/api/v1/me")


def changed(entry: Any, part: str, **members: Any) -> Any:
    """The entry with other members of its request or response; those that are None are gone."""
    kept = {name: value for name, value in {**entry[part], **members}.items() if value is not None}
    return {**entry, part: kept}


@pytest.mark.parametrize(
    "odd", [{}, None, 1, [], {"request": None}, {"request": {"url": 1}}, {"request": {"url": "x"}}]
)
def test_an_odd_entry_is_left_out_by_its_number(contract: Contract, tmp_path: Path, good: Any, odd: Any) -> None:
    found = read_archive(archive(tmp_path / "x.har", good, odd, good), contract)
    assert [each.exchange.number for each in found.entries] == [1, 3]
    assert found.left_out in ({"not an exchange of HTTP": (2,)}, {}), "an address that isn't ours is left out unsaid"


def test_what_was_never_answered_is_no_breach(contract: Contract, tmp_path: Path, good: Any) -> None:
    blocked = changed(good, "response", status=0, headers=[])
    entries = (blocked, {**good, "response": None}, {k: v for k, v in good.items() if k != "response"}, good)
    found = read_archive(archive(tmp_path / "x.har", *entries), contract)
    assert [each.exchange.number for each in found.entries] == [4]
    assert found.left_out == {"never answered": (1, 2, 3)}
    alone = read_archive(archive(tmp_path / "y.har", blocked), contract)
    assert (alone.entries, alone.left_out) == ((), {"never answered": (1,)})


@pytest.mark.parametrize("content", [{"size": 234}, {"size": 0}, {"size": -1}, {"size": 9, "text": ""}, None])
def test_a_body_that_was_not_kept_is_not_judged_and_all_else_is(
    contract: Contract, tmp_path: Path, good: Any, content: Any
) -> None:
    unkept = changed(good, "response", content=content, headers=[])
    (found,) = read_archive(archive(tmp_path / "x.har", unkept), contract).entries
    assert found.unread == NOT_KEPT
    recording = Recording(contract)
    assert {fault.message for _, fault in recording.add(*found)} >= {"Missing required header: X-RateLimit-Limit"}
    assert recording.result(ROOT, seconds=0.0).notes == [f"not judged (1): {NOT_KEPT} (getAccount)"]


def test_what_has_no_body_has_kept_all_of_it(contract: Contract, tmp_path: Path, good: Any) -> None:
    head = changed(changed(good, "request", method="HEAD"), "response", content={"size": 0})
    (found,) = read_archive(archive(tmp_path / "x.har", head), contract).entries
    assert found.unread == ""


def test_the_fields_of_a_form_are_a_body(contract: Contract, tmp_path: Path, good: Any) -> None:
    fields = [{"name": "grant_type", "value": "refresh token"}, {"name": "a&b"}]
    for posted, body in (
        ({"params": fields}, b"grant_type=refresh+token&a%26b="),
        ({"text": "x", "params": fields}, b"x"),
    ):
        form = changed(good, "request", method="POST", url=f"{ROOT}/oauth/token", postData=posted)
        (found,) = read_archive(archive(tmp_path / "x.har", form), contract).entries
        assert found.exchange.request_body == body
    (found,) = read_archive(
        archive(tmp_path / "x.har", good | {"request": {**good["request"], "postData": None}}), contract
    ).entries
    assert found.exchange.request_body == b""


def test_one_root_is_judged_the_one_named_or_that_of_the_most_requests(
    contract: Contract, tmp_path: Path, good: Any
) -> None:
    other, below = "https://other.example.com", "https://gate.example.com/calendar"
    entries = [changed(good, "request", url=f"{root}/api/v1/me") for root in (other, ROOT, ROOT, below)]
    path = archive(tmp_path / "x.har", *entries)
    found = read_archive(path, contract)
    assert (found.root, len(found.entries)) == (ROOT, 2)
    assert found.left_out == {f"to {other}, which --url URL would select": (1,)}
    named = read_archive(path, contract, other)
    assert (named.root, len(named.entries)) == (other, 1)
    prefixed = read_archive(path, contract, below)
    assert [each.exchange.target for each in prefixed.entries] == ["/api/v1/me"]
    with pytest.raises(UsageError, match=r"no request to https://x\.example to a path of the contract; it has some to"):
        read_archive(path, contract, "https://x.example")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ('{"log": {"entries": {}}}', "is not an HTTP Archive"),
        ('{"log": {"entries": []}}', "has no request to a path of the contract"),
        ('{"log": {"creator": {"name": "smartcal verify"}, "entries": []}}', "in which values are masked"),
    ],
)
def test_what_is_no_recording_is_refused(contract: Contract, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "x.har"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_archive(path, contract)
