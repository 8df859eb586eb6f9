"""What isn't understood is an error at start, or with --draft a 501 beside all the rest (law SRC 4)."""

import re
from pathlib import Path

import pytest

from smartcal_api.api.unmockable import read_servable
from smartcal_api.contract import Contract
from smartcal_api.contract import check as check
from smartcal_api.contract.check_survey import Survey
from smartcal_api.errors import ContractError
from tests.e2e.server import run, serving
from tests.edits import ACCOUNT, BOOKINGS, EVENTS, SCHEMAS, Edit, drop, edited, put, rename, write
from tests.wire import open_world

EVENT = "/paths/~1api~1v1~1events~1{event_id}/get"
# What is not understood, where, and the operations that it takes with it.
CONSTRUCTS: list[tuple[str, Edit, str, set[str]]] = [
    ("a style", put(f"{EVENTS}/parameters/0/style", "matrix"), f"{EVENTS}/parameters/0/style", {"listEvents"}),
    ("callbacks", put(f"{ACCOUNT}/callbacks", {}), f"{ACCOUNT}/callbacks", {"getAccount"}),
    ("a typing error", rename(f"{EVENT}/responses", "reponses"), f"{EVENT}/reponses", {"getEvent"}),
    ("a near-miss of ours", rename(f"{BOOKINGS}/x-order", "x-orders"), f"{BOOKINGS}/x-orders", {"listBookings"}),
    ("a keyword in a schema", put(f"{SCHEMAS}/Account/maxLenght", 3), f"{SCHEMAS}/Account/maxLenght", {"getAccount"}),
    ("a file elsewhere", put(f"{SCHEMAS}/Account/properties/plan", {"$ref": "plans.yaml#/Plan"}),
     f"{SCHEMAS}/Account/properties/plan", {"getAccount"}),
    ("a pattern that is none", put(f"{SCHEMAS}/AccountId/pattern", "^["), f"{SCHEMAS}/AccountId/pattern",
     {"getAccount"}),
    ("an unknown format", put(f"{SCHEMAS}/TimeRange/format", "span"), f"{SCHEMAS}/TimeRange/format",
     {"listBookings", "getBooking", "cancelBooking"}),
]  # fmt: skip
EVERY_CONSTRUCT = pytest.mark.parametrize(
    ("edit", "pointer", "touched"), [each[1:] for each in CONSTRUCTS], ids=[each[0] for each in CONSTRUCTS]
)
PRODUCT = {
    "listEvents": "/api/v1/events",
    "getEvent": "/api/v1/events/x",
    "listBookingPages": "/api/v1/booking-pages",
    "listBookings": "/api/v1/bookings",
    "getBooking": "/api/v1/bookings/x",
    "listWebhooks": "/api/v1/webhooks",
    "getAccount": "/api/v1/me",
}


@EVERY_CONSTRUCT
def test_src_4_without_draft_it_is_an_error_with_its_place(edit: Edit, pointer: str, touched: set[str]) -> None:
    with pytest.raises(ContractError) as caught:
        edited(edit)
    findings = {finding.pointer: finding for finding in caught.value.findings}
    assert any(found.startswith(pointer) or pointer.startswith(found) for found in findings), findings
    assert all(finding.line and finding.line > 1 and finding.message for finding in findings.values())


@EVERY_CONSTRUCT
def test_src_4_with_draft_that_operation_is_501_and_the_rest_is_served(
    edit: Edit, pointer: str, touched: set[str]
) -> None:
    world = open_world(edited(edit, draft=True))
    assert set(world.contract.unserved) == touched
    key = world.key("admin")
    for operation, path in PRODUCT.items():
        reply = world.get(path, key=key)
        expected = 501 if operation in touched else 404 if path.endswith("/x") else 200
        assert reply.status == expected, (operation, reply.body)
        if operation in touched:
            assert reply.code == "not_implemented"
            assert pointer.rpartition("/")[0].split("/")[-1] in reply.json["detail"]


def test_src_4_a_draft_keeps_its_other_methods_and_its_405() -> None:
    """One operation of a path isn't understood: the other one is served, and both are allowed."""
    world = open_world(edited(put("/paths/~1api~1v1~1webhooks/get/callbacks", {}), draft=True))
    key = world.key("webhooks")
    hook = {"url": "https://hooks.example.com/", "events": ["event.created"]}
    assert world.post("/api/v1/webhooks", hook, key=key).status == 201
    assert world.get("/api/v1/webhooks", key=key).status == 501
    assert world.request("PUT", "/api/v1/webhooks", key=key).headers["allow"] == "GET, HEAD, POST"


def test_src_4_a_draft_that_is_501_still_counts_and_carries_its_headers() -> None:
    world = open_world(edited(put(f"{ACCOUNT}/callbacks", {}), draft=True), rate_limits=True)
    replies = [world.get("/api/v1/me", key=world.key("read")) for _ in range(101)]
    assert [reply.status for reply in replies] == [501] * 100 + [429]
    assert "x-request-id" in replies[0].headers


@pytest.mark.parametrize(
    "edit",
    [
        put("/x-rate-limits", []),
        put("/openapi", "2.0"),
        put("/x-pagination/parameters", {"page": "page"}),
        drop("/paths"),
    ],
    ids=["no limits", "another version", "half a paging", "no paths"],
)
def test_src_4_what_touches_the_whole_document_is_an_error_of_a_draft_too(edit: Edit) -> None:
    with pytest.raises(ContractError):
        edited(edit, draft=True)


def test_src_4_foreign_members_are_listed_and_ignored(tmp_path: Path) -> None:
    foreign = {"/x-internal": {"anything": 1}, f"{EVENTS}/x-codegen": "y", f"{SCHEMAS}/Event/x-go-type": "Event"}
    edits = [put(pointer, value) for pointer, value in foreign.items()]
    assert sorted(edited(*edits).foreign) == sorted(foreign)
    write(tmp_path / "foreign.yaml", *edits)
    with serving(tmp_path, "--spec", "foreign.yaml") as server:
        assert server.request("GET", "/api/v1/events", key=server.ready["keys"]["read"]).status == 200
        assert all(pointer in server.said() for pointer in foreign)


def test_src_4_the_command_ends_with_2_and_names_file_line_pointer_and_cause(tmp_path: Path) -> None:
    file = write(tmp_path / "draft.yaml", put(f"{ACCOUNT}/callbacks", {}), put(f"{EVENTS}/parameters/0/in", "body"))
    lines = file.read_text().splitlines()
    for command in (["serve", "--port", "0"], ["routes"], ["store", "seed", "new.db"]):
        done = run(*command, "--spec", "draft.yaml", folder=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        said = done.stderr.removeprefix("smartcal: ").splitlines()
        assert len(said) == 2
        for text, pointer in zip(said, (f"{EVENTS}/parameters/0/in", f"{ACCOUNT}/callbacks"), strict=True):
            match = re.fullmatch(r"draft\.yaml:(\d+): (\S+): (.+)", text)
            assert match, text
            assert match[2] == pointer
            assert f'"{pointer.rpartition("/")[2]}"' in lines[int(match[1]) - 1]


def test_src_4_the_command_serves_a_draft(tmp_path: Path) -> None:
    write(tmp_path / "draft.yaml", put(f"{ACCOUNT}/callbacks", {}))
    listed = run("routes", "--spec", "draft.yaml", "--draft", folder=tmp_path)
    assert {row.split()[3]: row.split()[4] for row in listed.stdout.splitlines()}["getAccount"] == "501"
    with serving(tmp_path, "--spec", "draft.yaml", "--draft") as server:
        key = server.ready["keys"]["read"]
        assert server.request("GET", "/api/v1/me", key=key).status == 501
        assert server.request("GET", "/api/v1/events", key=key).status == 200
        assert f"{ACCOUNT}/callbacks" in server.said()


@pytest.mark.parametrize("gone", [{"Event"}, {"Booking"}, {"Webhook"}, {"Account"}, {"BookingPage"}])
def test_src_4_any_part_of_the_product_may_be_a_draft(gone: set[str]) -> None:
    """Handlers of what is served reach into what isn't: a cancellation, into the event of the booking."""
    world = open_world(edited(*(put(f"{SCHEMAS}/{name}/maxLenght", 3) for name in gone), draft=True))
    key = world.key("admin")
    bookings = world.get("/api/v1/bookings?upcoming=true", key=key)
    replies = [world.get(path, key=key) for path in PRODUCT.values()]
    hook = {"url": "https://hooks.example.com/", "events": ["event.created"]}
    replies.append(world.post("/api/v1/webhooks", hook, key=key))
    if bookings.status == 200:
        replies.append(world.post(f"/api/v1/bookings/{bookings.json['data'][0]['id']}/cancel", key=key))
    assert {reply.status for reply in replies} <= {200, 201, 404, 501}
    assert 501 in {reply.status for reply in replies}


def test_src_4_what_is_not_understood_and_used_by_nothing_is_kept_to_be_told() -> None:
    draft = edited(put(f"{SCHEMAS}/Orphan", {"type": "string", "maxLenght": 3}), draft=True)
    assert [finding.pointer for finding in draft.unused] == [f"{SCHEMAS}/Orphan/maxLenght"]
    assert not draft.unserved


def _answering(schema: dict[str, object]) -> dict[str, object]:
    return {"description": "x", "content": {"application/json": {"schema": schema}}}


def _operation(name: str, schema: dict[str, object], **more: object) -> dict[str, object]:
    return {"get": {"operationId": name, "responses": {"200": _answering(schema)}, **more}}


@pytest.mark.parametrize(
    "preference",
    ["", "dynamic=true", "example=x", "code=200", "code=404", "wait=0", "wait=x", "dynamic=true, code=500"],
)
def test_src_4_an_operation_that_is_not_served_is_501_whatever_it_is_asked(preference: str) -> None:
    draft = edited(put("/paths/~1api~1v1~1z", _operation("z", {"type": "string", "format": "span"})), draft=True)
    world = open_world(draft)
    headers = {"Prefer": preference} if preference else {}
    for method, path in (("GET", "/api/v1/z"), ("GET", "/api/v1/z?x=1&x=2"), ("HEAD", "/api/v1/z")):
        reply = world.request(method, path, key=world.key("read"), headers=headers)
        assert reply.status == 501, (method, path, reply.body)


UNMOCKABLE = {
    "/paths/~1api~1v1~1a": _operation("a", {"type": "string", "pattern": "^(?!)$"}),
    "/paths/~1api~1v1~1b": _operation("b", {"type": "string", "format": "email", "maxLength": 3}),
    "/paths/~1api~1v1~1c": {
        "get": {
            "operationId": "c",
            "responses": {"204": {"description": "x"}, "404": _answering({"type": "string", "pattern": "^(?!)$"})},
        }
    },
}


def test_src_4_what_can_not_be_mocked_is_told_all_at_once_and_is_501_in_a_draft(
    tmp_path: Path, contract: Contract
) -> None:
    """`routes` and `serve` agree, since both ask before anything else is done."""
    path = write(tmp_path / "draft.json", *(put(pointer, item) for pointer, item in UNMOCKABLE.items()))
    with pytest.raises(ContractError) as refused:
        read_servable(path)
    assert len(refused.value.findings) == len(UNMOCKABLE)
    assert all("can't be mocked" in each.message for each in refused.value.findings)
    draft = read_servable(path, draft=True)
    assert set(draft.unserved) == {"a", "b", "c"}
    world = open_world(draft)
    for name in ("a", "b", "c"):
        reply = world.get(f"/api/v1/{name}", key=world.key("read"))
        assert (reply.status, reply.code) == (501, "not_implemented")
        assert "can't be mocked" in reply.json["detail"]
    assert world.get("/api/v1/me", key=world.key("read")).status == 200


def test_src_4_a_draft_is_surveyed_once_however_much_of_it_is_not_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    surveyed: list[Survey] = []
    monkeypatch.setattr(check, "Survey", lambda *given: surveyed.append(Survey(*given)) or surveyed[-1])
    times = []
    for findings in (1, 40):
        surveyed.clear()
        names = [put(f"{SCHEMAS}/Orphan{number}", {"maxLenght": 3}) for number in range(findings)]
        assert len(edited(*names, draft=True).unused) == findings
        times.append(len(surveyed))
    assert times[0] == times[1]
