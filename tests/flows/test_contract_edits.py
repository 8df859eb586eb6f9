"""Whatever an edit changes of what code mentions: it is live, or told, and nothing answers 500 (law SRC 2)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.api.assignment import Kind
from smartcal_api.contract import Contract
from smartcal_api.errors import ContractError, UsageError
from smartcal_api.sandbox.adaptation import adapt
from smartcal_api.sandbox.staging import Staging
from smartcal_api.sandbox.staging.refusal import Refusal
from smartcal_api.server.application import fit
from tests.edits import edited
from tests.flows.contract_edits import Changed, every_edit
from tests.wire import Reply, World, open_world

HOOK = {"url": "https://hooks.example.com/"}
_SECRET = re.compile("(?<=[a-z]_)[0-9A-Za-z_-]{43}")  # its prefix stays
FORM = "application/x-www-form-urlencoded"


def test_src_2_whatever_is_renamed_or_changed_is_live_or_told(
    contract: Contract, request: pytest.FixtureRequest
) -> None:
    edits, usual = every_edit(contract), "\n".join(seen(open_world()))
    if request.config.getoption("--edits", "some") == "all":
        assert [fault for each in edits for fault in judged(each, usual)] == []
        return

    @settings(max_examples=8, derandomize=True)  # the same every time; `make edits` tries them all
    @given(st.sampled_from(edits))
    def one(changed: Changed) -> None:
        assert list(judged(changed, usual)) == []

    one()


def judged(changed: Changed, usual: str) -> Iterator[str]:
    try:
        world = open_world(edited(*changed.edits))
        adapted = adapt(world.sandbox, world.contract)
        fit(world.sandbox, world.application)
    except (ContractError, UsageError):
        return  # told, with its place
    try:
        lines = list(seen(world))
    except Exception as error:  # the one that is meant: a defect of ours
        yield f"{changed.name}: {type(error).__name__}: {error}"
        return
    yield from (f"{changed.name}: {line[:200]}" for line in lines if " 500 " in line)
    otherwise = [name for name, each in world.application.assigned.items() if each.kind is not Kind.HANDLER]
    told = [*adapted, *world.application.unfit, *world.application.remarks, *otherwise]
    text = "\n".join(lines)
    live = text == usual if changed.shows == "" else changed.shows is None or changed.shows in text
    if not live and not told:
        yield f"{changed.name}: neither live nor told"


def seen(world: World) -> Iterator[str]:
    """What a client sees, a line for each request: operationId, status, media type, body."""
    for name, reply in replies(world):
        body = reply.body.decode("utf-8", "replace")
        request_id = reply.headers.get("x-request-id", "")
        text = _SECRET.sub("", body.replace(request_id, ""))
        yield f"{name} {reply.status} {name} {reply.headers.get('content-type', '')} {text}"
    staging = Staging(world.contract)
    for event_type in world.contract.data["webhooks"]:
        try:
            happened = staging.trigger(world.sandbox, event_type)
            yield f"{event_type}: {[(each.type, each.data) for each in happened]}"
        except Refusal as refusal:
            yield f"{event_type}: {refusal}"


def replies(world: World) -> Iterator[tuple[str, Reply]]:
    key = world.key(*world.contract.scopes)

    def ask(method: str, path: str, sent: object = None, **more: Any) -> Reply:
        reply = world.request(method, path, **more) if sent is None else world.post(path, sent, **more)
        asked.append((method, path, reply))
        return reply

    asked: list[tuple[str, str, Reply]] = []
    names = ("events", "booking-pages", "bookings", "webhooks")
    listed = {name: ask("GET", f"/api/v1/{name}", key=key) for name in names}
    for name in ("events", "booking-pages", "bookings"):
        documents = listed[name].json.get("data", []) if listed[name].status < 300 else []
        ask("GET", f"/api/v1/{name}/{documents[0]['id'] if documents and 'id' in documents[0] else 'x'}", key=key)
        ask("GET", f"/api/v1/{name}/nothing", key=key)
    for query in (*["status=confirmed&upcoming=true"] * 2, "status=completed", "status=cancelled"):
        found = ask("GET", f"/api/v1/bookings?{query}", key=key)
        documents = found.json.get("data", []) if found.status < 300 else []
        identifier = documents[0].get("id", "x") if documents else "x"
        for _ in range(2):
            ask("POST", f"/api/v1/bookings/{identifier}/cancel", {"reason": "x"}, key=key)
    types = {"events": ["event.created"]}
    made = ask("POST", "/api/v1/webhooks", HOOK | types, key=key)
    for body in ({"url": "http://nobody@a.example/"} | types, {}):
        ask("POST", "/api/v1/webhooks", body, key=key)
    ask("GET", "/api/v1/webhooks", key=key)
    ask("DELETE", f"/api/v1/webhooks/{made.json.get('id', 'x')}", key=key)
    ask("DELETE", "/api/v1/webhooks/x", key=key)
    for path in ("me", "me?x=1", "nothing", "events?per_page=0", f"events?x={'x' * 9000}"):
        ask("GET", f"/api/v1/{path}", key=key)
    ask("GET", "/api/v1/me")
    ask("POST", "/api/v1/me", {}, key=key)
    ask("GET", "/api/v1/me", key="scp_unknown")
    ask("GET", "/api/v1/me", key=world.key("webhooks"))
    ask("POST", "/api/v1/webhooks", body=b"<x/>", media_type="text/xml", key=key)
    ask("POST", "/api/v1/webhooks", body=b"{}" * 600_000, media_type="application/json", key=key)
    for path in ("token", "revoke", "authorize"):
        ask("POST", f"/oauth/{path}", body=b"grant_type=refresh_token&refresh_token=x", media_type=FORM)
    ask("GET", "/oauth/authorize?response_type=code&client_id=x")
    ask("GET", "/.well-known/oauth-authorization-server")
    for method, path, reply in asked:
        operations = world.contract.operations.values()
        template = next((o for o in operations if o.method == method and _is_at(o.path, path)), None)
        yield (template.id if template else f"{method} {path[:40]}"), reply


def _is_at(template: str, path: str) -> bool:
    own, asked = template.split("/"), path.partition("?")[0].split("/")
    return len(own) == len(asked) and all(a == b or a.startswith("{") for a, b in zip(own, asked, strict=True))
