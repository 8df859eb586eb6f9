"""Sandboxes: listed, made, removed (law SBX 1)."""

from typing import Any

from smartcal_api.clock import NANOSECONDS
from smartcal_api.control.clock import clock_document
from smartcal_api.control.control import PREFIX, Control, ControlHandler
from smartcal_api.control.moments import moment
from smartcal_api.errors import Problem
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.creation import Created, NameTaken, Wanted
from smartcal_api.sandbox.credentials import oauth_document
from smartcal_api.sandbox.registry import DEFAULT
from smartcal_api.sandbox.room import NoRoom


def handlers(control: Control) -> dict[str, ControlHandler]:
    """Those that look at all sandboxes first remove the idle ones."""
    registry = control.registry
    description = control.description
    stated = description.schema("SandboxWanted")["properties"]
    members = {
        name: description.document.resolve(member["$ref"]) for name, member in stated.items() if "$ref" in member
    }
    defaults = {name: member["default"] for name, member in members.items() if "default" in member}

    def list_sandboxes(exchange: Exchange) -> Answer:
        registry.reap()
        return json_answer(200, {"data": [sandbox_document(each, exchange.root) for each in registry]})

    async def create_sandbox(exchange: Exchange) -> Answer:
        registry.reap()
        body = exchange.body or {}
        try:
            wanted = _wanted(defaults | body, exchange.now)
            created = await control.creator.create(wanted)
        except NameTaken:
            raise Problem(
                "name_taken",
                f"There is a sandbox {body['name']!r} already. Give another name, or none for a fresh one.",
            ) from None
        except NoRoom as error:
            raise Problem("no_room", str(error)) from None
        except (ValueError, OverflowError) as error:
            raise Problem("invalid_body", f"No such data set can be made: {error}.") from None
        return created_answer(created, control, exchange)

    def get_sandbox(exchange: Exchange) -> Answer:
        return json_answer(200, sandbox_document(exchange.sandbox, exchange.root))

    def delete_sandbox(exchange: Exchange) -> Answer:
        name = exchange.sandbox.name
        if name == DEFAULT:
            raise Problem(
                "default_sandbox", "The default sandbox lives as long as the server. Reset it to begin anew with it."
            )
        registry.remove(name)
        exchange.sandbox = registry.default
        return Answer(204)

    return {
        "listSandboxes": list_sandboxes,
        "createSandbox": create_sandbox,
        "getSandbox": get_sandbox,
        "deleteSandbox": delete_sandbox,
    }


def sandbox_document(sandbox: Sandbox, root: str) -> dict[str, Any]:
    """The sandbox as it is listed, without its credentials; `root` is that of the server."""
    own = root if sandbox.name == DEFAULT else f"{root}/~{sandbox.name}"
    return {
        "name": sandbox.name,
        "root_url": own,
        "base_url": own + sandbox.contract.base,
        "seed": sandbox.seed,
        "clock": clock_document(sandbox),
        "generation": sandbox.generation,
        "ttl_seconds": None if sandbox.ttl is None else sandbox.ttl / NANOSECONDS,
    }


def created_answer(created: Created, control: Control, exchange: Exchange) -> Answer:
    """201 with the sandbox and its credentials, of which this is the only sight."""
    document = sandbox_document(created.sandbox, exchange.root)
    document |= {
        "keys": dict(created.keys.main),
        "other": {"keys": dict(created.keys.other)},
        "oauth": oauth_document(document["root_url"], control.contract, created.clients),
    }
    location = f"{exchange.root}{PREFIX}/sandboxes/{created.sandbox.name}"
    return json_answer(201, document, headers={"Location": location})


def _wanted(body: dict[str, Any], now: int) -> Wanted:
    given: dict[str, Any] = {
        name: body[name] for name in ("name", "seed", "frozen", "events", "bookings") if name in body
    }
    if "now" in body:
        given["now"] = moment(body["now"], now)
    if body["ttl_seconds"] is not None:
        given["ttl"] = int(body["ttl_seconds"] * NANOSECONDS)
    return Wanted(**given)
