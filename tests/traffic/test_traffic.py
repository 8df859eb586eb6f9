"""Recorded traffic: each form is read, and says who called."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from smartcal_api.errors import UsageError
from smartcal_api.traffic.call import Call
from smartcal_api.traffic.callers import UNKNOWN, Callers, read_callers
from smartcal_api.traffic.traffic import Traffic, named_fields, read_traffic
from tests.lint.sound import sound

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
COMBINED = '10.0.0.1 - ann [28/Nov/2026:12:00:00 +0000] "GET /books?size=5 HTTP/1.1" 200 12 "-" "web/1.0 \\"x\\""\n'


def archive(*entries: dict[str, Any]) -> str:
    return json.dumps({"log": {"version": "1.2", "entries": list(entries)}})


def har(method: str = "GET", url: str = "https://api.example.com/books?size=5", **more: Any) -> dict[str, Any]:
    request = {"method": method, "url": url, "headers": [{"name": "User-Agent", "value": "web/1.0"}], **more}
    answered = {"status": 200, "headers": [], "content": {"text": "[]"}}
    return {"startedDateTime": "2026-11-28T12:00:00Z", "request": request, "response": answered}


def journal(**more: Any) -> dict[str, Any]:
    asked = {"headers": {"user-agent": "web/1.0"}, "body": {"a": 1}, "body_bytes": 7}
    answered = {"headers": {}, "body": "text", "body_bytes": 4}
    entry = {
        "serial": 1,
        "sandbox": "default",
        "time": "2026-11-28T12:00:00Z",
        "method": "GET",
        "path": "/books?size=5",
    }
    return {**entry, "status": 200, "principal": {"fingerprint": "3f2a"}, "request": asked, "response": answered} | more


def read(tmp_path: Path, text: str, callers: Callers | None = None, **fields: str) -> Traffic:
    (tmp_path / "x").write_text(text)
    return read_traffic([tmp_path / "x"], callers or Callers(), fields)


@pytest.mark.parametrize(
    ("text", "caller", "bodies"),
    [
        (archive(har()), "web/1.0", True),
        (json.dumps({"data": [journal()]}), "3f2a", True),
        (json.dumps(journal()) + "\n" + json.dumps(journal()), "3f2a", True),
        (json.dumps({"data": [journal(principal="3f2a", request=None, response=None)]}), "3f2a", False),
        (COMBINED, 'web/1.0 \\"x\\"', False),
        (
            json.dumps({"method": "get", "path": "/books", "query": "size=5", "status": 200, "ts": 1795867200}),
            UNKNOWN,
            False,
        ),
        (
            json.dumps(
                {"verb": "GET", "url": "https://x/books?size=5", "status": "200", "time": "2026-11-28T12:00:00Z"}
            ),
            UNKNOWN,
            False,
        ),
    ],
)
def test_each_form_has_the_call_and_its_caller(tmp_path: Path, text: str, caller: str, bodies: bool) -> None:
    traffic = read(tmp_path, text)
    call = traffic.calls[0]
    assert (call.method, call.target, call.status, call.at, call.caller) == ("GET", "/books?size=5", 200, NOON, caller)
    assert call.query == [("size", "5")]
    assert (traffic.bodies, traffic.odd) == (bodies, 0)
    assert traffic.extent("calls").endswith("recorded on 2026-11-28")


def test_bodies_come_as_they_were(tmp_path: Path) -> None:
    entry = har("POST", postData={"text": '{"a": 1}'})
    entry["response"]["content"] = {"text": base64.b64encode(b"\xff").decode(), "encoding": "base64"}
    call = read(tmp_path, archive(entry)).calls[0]
    assert (call.request_body, call.response_body) == (b'{"a": 1}', b"\xff")
    form = har("POST", postData={"params": [{"name": "a", "value": "1 2"}]})
    assert read(tmp_path, archive(form)).calls[0].request_body == b"a=1+2"
    assert read(tmp_path, json.dumps({"data": [journal()]})).calls[0].request_body == b'{"a": 1}'


def test_a_caller_is_what_is_named_else_its_key_else_its_agent_and_a_file_names_its_team(tmp_path: Path) -> None:
    headers = [{"name": "X-App", "value": "shop"}, {"name": "X-Key", "value": "secret"}]
    plain = read_callers(None, None, sound())
    keyed = read(tmp_path, archive(har(headers=headers), har(headers=headers)), plain).calls
    assert keyed[0].caller == keyed[1].caller
    assert keyed[0].caller.startswith("key ")
    assert "secret" not in keyed[0].caller
    (tmp_path / "teams.toml").write_text(f'[callers]\n"{keyed[0].caller}" = "web team"\nshop = "shop team"\n')
    by_file = read_callers(None, tmp_path / "teams.toml", sound())
    assert read(tmp_path, archive(har(headers=headers)), by_file).calls[0].caller == "web team"
    named = read_callers("x-app", tmp_path / "teams.toml", {})
    assert read(tmp_path, archive(har(headers=headers)), named).calls[0].caller == "shop team"
    assert read(tmp_path, COMBINED, Callers("user")).calls[0].caller == "ann"
    masked = [{"name": "Authorization", "value": "Bearer ***"}]
    assert read(tmp_path, archive(har(headers=masked))).calls[0].caller == UNKNOWN


def test_fields_of_json_lines_can_be_named_and_lie_inside_of_others(tmp_path: Path) -> None:
    line = {"http": {"verb": "PUT", "at": "/x"}, "when": 1795867200000, "who": {"app": "shop"}}
    fields = named_fields(["method=http.verb", "target=http.at", "time=when"])
    (call,) = read(tmp_path, json.dumps(line), Callers("who.app"), **fields).calls
    assert (call.method, call.path, call.at, call.caller, call.status) == ("PUT", "/x", NOON, "shop", None)
    with pytest.raises(UsageError, match="--field"):
        named_fields(["verb"])


def test_what_is_odd_is_counted_and_a_file_without_a_call_is_refused(tmp_path: Path) -> None:
    traffic = read(tmp_path, f"{COMBINED}garbage\n{{\n{COMBINED}")
    assert (len(traffic.calls), traffic.odd) == (2, 2)
    assert read(tmp_path, archive(har(), {"request": {}}, 7)).odd == 2  # type: ignore[arg-type]
    for text in ("", "x", "{}", "[]", '{"log": {"entries": [1]}}', '[{"a": 1}]'):
        with pytest.raises(UsageError, match="holds no call"):
            read(tmp_path, text)
    assert Traffic([Call("GET", "/x", None, None, "a")]).extent() == "1 recorded"
