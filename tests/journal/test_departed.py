"""Law SBX 6: what was last asked of a sandbox is still known when it is gone, within bounds that are true."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.contract import Contract
from smartcal_api.journal import Journal, Kept, RequestHead, write_request, write_response
from smartcal_api.journal.departed import ENTRIES, Departed
from tests.control.plane import open_plane

SECRET = b'{"access_token": "sct_of_nobody"}'


def kept(serial: int, *, status: int = 200, path: bytes = b"/", body: bytes = b"") -> Kept:
    head = write_request(RequestHead("GET", path, b"", "1.1", []))
    return (serial, head, write_response(status, []), b"sent", body, 0, 0, "", f"req_{serial}", None, None, None, None)


def journal(name: str, *entries: Kept) -> Journal:
    made = Journal(name)
    for entry in entries:
        made.append(entry)
    return made


@given(st.lists(st.integers(0, 40), max_size=30), st.integers(1, 9), st.integers(1_000, 100_000))
def test_its_bounds_hold_whatever_goes_and_what_it_forgets_it_counts(
    numbers: list[int], sandboxes: int, size: int
) -> None:
    departed = Departed(sandboxes=sandboxes, size=size)
    for index, number in enumerate(numbers):
        departed.keep(f"s{index}", journal(f"s{index}", *(kept(serial) for serial in range(1, number + 1))))
    left = list(departed)
    assert len(left) <= sandboxes
    assert sum(each.size for each in left) <= size
    asked = [f"s{index}" for index, number in enumerate(numbers) if number]
    assert departed.forgotten == len(asked) - len(left)
    assert [each.sandbox for each in left] == asked[departed.forgotten :]
    for each in left:
        number = numbers[int(each.sandbox[1:])]
        assert [entry.serial for entry in each.entries] == list(range(max(1, number - ENTRIES + 1), number + 1))


def test_auth_3_a_body_is_kept_only_where_it_says_why_a_request_was_refused() -> None:
    departed = Departed()
    reason = b'{"error": "invalid_grant", "error_description": "used before"}'
    departed.keep("gone", journal("gone", kept(1, body=SECRET), kept(2, status=400, body=reason), kept(3, body=b"x")))
    (left,) = departed
    assert [(entry.received, entry.body) for entry in left.entries] == [(b"", b""), (b"", reason), (b"", b"")]


def test_a_sandbox_that_is_removed_or_expires_leaves_its_latest_requests(contract: Contract) -> None:
    plane = open_plane(contract)

    def told() -> dict[str, Any]:
        found: dict[str, Any] = plane.get("/journal").json
        return {each["sandbox"]: each["deleted"] for each in found["data"]}

    for name in ("removed", "expired", "unasked", "stays"):
        plane.create(name=name, ttl_seconds=60)
        if name != "unasked":
            plane.get(f"/~{name}/api/v1/me")
    plane.request("DELETE", "/sandboxes/removed")
    plane.request("DELETE", "/sandboxes/unasked")
    plane.sandbox("expired").touched -= 10**12
    plane.registry.reap()
    assert told() == {"removed": True, "expired": True, "stays": False}
    (first, *_) = plane.get("/journal?limit=1").json["data"]
    (request,) = first["requests"]
    assert (request["path"], request["status"], request["clause"]["code"]) == ("/api/v1/me", 401, "missing_credentials")
    plane.create(name="removed")
    plane.get("/~removed/api/v1/events")
    assert [each["sandbox"] for each in plane.get("/journal").json["data"]].count("removed") == 2
