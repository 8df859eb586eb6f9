"""Law SRC 5 for resources of one's own: a file is taken whole, or refused by line and pointer."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from smartcal_api.clock import Clock, parse_rfc3339
from smartcal_api.contract import Contract, Document
from smartcal_api.errors import UsageError
from smartcal_api.sandbox import Sandbox
from smartcal_api.server.data import load_data
from smartcal_api.server.world import open_sandbox
from smartcal_api.settings import Settings
from smartcal_api.store import open_store
from tests.house.source import ROOT
from tests.store.states import dump
from tests.wire import NOW

DOCUMENTED = (ROOT / "docs/data.md").read_text(encoding="utf-8")
EVENT, BOOKING, PAGE = (prefix + "a" * 20 for prefix in ("evt_", "bkg_", "bpg_"))


def loaded(contract: Contract, path: Path, text: str) -> Sandbox:
    path.write_text(text, encoding="utf-8")
    clock = Clock(parse_rfc3339(NOW), frozen=True)
    sandbox = Sandbox("default", contract, open_store(contract), clock)
    load_data(sandbox, contract, Document.read(path))
    return sandbox


def documents(sandbox: Sandbox, collection: str, owner: int = 1) -> list[Any]:
    return [json.loads(text) for who, text in sandbox.store.all(collection) if who == owner]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data.yaml"


def test_the_documented_example_is_loaded_as_the_page_says(contract: Contract, file: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", DOCUMENTED, re.DOTALL)
    sandbox = loaded(contract, file, example)
    (account,) = documents(sandbox, "Account")
    assert (account["name"], account["timezone"]) == ("Ada Lovelace", "Europe/London")
    (booking,) = documents(sandbox, "Booking")
    assert (booking["status"], booking["start_time"]) == ("pending", "2026-03-05T12:00:00Z")
    assert booking["end_time"] == "2026-03-05T12:30:00Z", "as long as its page says"
    events = {each["id"]: each for each in documents(sandbox, "Event")}
    assert events[booking["event_id"]]["title"] == "Intro call: Grace Hopper"
    assert {each["start_time"] for each in events.values()} == {"2026-03-05T12:00:00Z", "2026-03-09T09:00:00Z"}
    assert documents(sandbox, "Account", 2)[0]["name"] == "Somebody Else"
    for collection in ("Account", "BookingPage", "Booking", "Event"):
        validator = contract.schemas.at(f"/components/schemas/{collection}")
        assert all(validator.is_valid(each) for each in documents(sandbox, collection))


def test_sbx_2_the_same_file_makes_the_same_data(contract: Contract, file: Path) -> None:
    text = json.dumps({"Booking": [{}, {}], "Event": [{}], "Webhook": {"url": "http://127.0.0.1:1/"}})
    first, second = (dump(loaded(contract, file, text).store) for _ in range(2))
    for each in (first, second):
        assert each.pop("webhook_secrets")
    assert first == second


def test_bookings_and_events_of_a_file_may_name_each_other(contract: Contract, file: Path) -> None:
    times = {"start_time": "now+1d", "end_time": "now+25h"}
    data = {
        "Event": [{"id": EVENT, "booking_id": BOOKING, **times}],
        "Booking": [{"id": BOOKING, "event_id": EVENT, **times}],
    }
    sandbox = loaded(contract, file, json.dumps(data))
    (event,), (booking,) = documents(sandbox, "Event"), documents(sandbox, "Booking")
    assert (event["booking_id"], booking["event_id"]) == (BOOKING, EVENT)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("Event:\n  - title: A\n  - title: 3\n  - status: maybe\n", ["3: /Event/1/title: ", "4: /Event/2/status: "]),
        ("Event:\n  - titel: A\n", ["2: /Event/0/titel: is not a member of Event; did you mean title?"]),
        ("Events: []\n", ["1: /Events: is not a collection; did you mean Event?"]),
        ("Event:\n  - start_time: soon\n", ["2: /Event/0/start_time: 'soon' is not an RFC 3339 timestamp"]),
        ("Event: [{start_time: now, end_time: now-1h}]\n", ["1: /Event/0/end_time: must be later"]),
        (f"Booking:\n - booking_page_id: {PAGE}\n", ["2: /Booking/0/booking_page_id: names no booking page"]),
        (f"Event:\n - booking_id: {BOOKING}\n", ["2: /Event/0/booking_id: names no booking"]),
        (f"Event:\n - id: {EVENT}\n - id: {EVENT}\n", ["3: /Event/1: There is a Event of the id"]),
        ("BookingPage: {timezone: Europe/Nowhere}\n", ["1: /BookingPage/timezone: 'Europe/Nowhere'"]),
        ("Booking: {status: cancelled, cancellation: null}\n", ["1: /Booking/cancellation: is there exactly when"]),
        ("other:\n  Event:\n    - all_day: 1\n", ["3: /other/Event/0/all_day: "]),
        ("other:\n  other: {}\n", ["2: /other/other: is not a collection"]),
        ("Event: [3]\n", ["1: /Event/0: is not an object"]),
        ("other: 3\n", ["1: /other: is not a mapping"]),
        ("- 3\n", ["1: /: is not a mapping"]),
        ("Event: [}\n", ["1: /: is not YAML"]),
    ],
)
def test_src_5_faults_are_told_by_line_and_pointer(
    contract: Contract, file: Path, text: str, faults: list[str]
) -> None:
    with pytest.raises(UsageError) as refused:
        loaded(contract, file, text)
    lines = str(refused.value).splitlines()
    assert len(lines) == len(faults), lines
    for line, fault in zip(lines, faults, strict=True):
        assert line.startswith(f"{file}:{fault}"), line


@pytest.mark.parametrize("other", [{"seed": 1}, {"events": 5}, {"bookings": 1}, {"bundle": Path("x")}])
def test_a_file_stands_in_the_place_of_a_data_set(contract: Contract, file: Path, other: dict[str, Any]) -> None:
    file.write_text("Event: []\n")
    with (
        pytest.raises(UsageError, match=r"--data: has the resources to start with"),
        open_sandbox(contract, Settings(data=file, **other)),
    ):
        pass


def test_a_file_is_for_a_new_store_and_leaves_one_as_new_where_it_is_at_fault(
    contract: Contract, tmp_path: Path
) -> None:
    good, bad, store = tmp_path / "good.yaml", tmp_path / "bad.yaml", tmp_path / "a.db"
    good.write_text("Event: [{title: A}]\n")
    bad.write_text("Event: [{title: 3}]\n")
    for _ in range(2):
        with pytest.raises(UsageError, match="/Event/0/title"), open_sandbox(contract, Settings(data=bad, store=store)):
            pass
    with open_sandbox(contract, Settings(data=good, store=store)) as sandbox:
        assert [each["title"] for each in documents(sandbox, "Event")] == ["A"]
    with (
        pytest.raises(UsageError, match="has data already"),
        open_sandbox(contract, Settings(data=good, store=store)),
    ):
        pass
    with open_sandbox(contract, Settings(store=store)) as sandbox:
        assert [each["title"] for each in documents(sandbox, "Event")] == ["A"]
