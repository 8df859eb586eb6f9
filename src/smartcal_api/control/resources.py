"""Any resource as a test needs it: put, looked at, taken away (law SRC 5)."""

from typing import Any
from urllib.parse import quote

import orjson

from smartcal_api.control.control import PREFIX, Control, ControlHandler
from smartcal_api.control.staging import ACCOUNTS, OWNERS, Stage, events_document
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.sandbox.staging import Absent


def handlers(control: Control) -> dict[str, ControlHandler]:
    """Whoever owns a resource, it is found by its id."""
    stage = Stage(control)

    def list_resources(exchange: Exchange) -> Answer:
        given, store = exchange.parameters, exchange.sandbox.store
        with stage.open() as staging:
            staging.check_collection(exchange.sandbox, given["collection"])
        owner = OWNERS[given["owner"]] if "owner" in given else None
        table = store.collections[given["collection"]].table
        where = f"FROM {table} WHERE ? IS NULL OR owner = ?"
        rows = store.query(
            f"SELECT owner, document {where} ORDER BY rowid LIMIT ? OFFSET ?",
            (owner, owner, given["limit"], given["offset"]),
        )
        ((total,),) = store.query(f"SELECT count(*) {where}", (owner, owner))
        return json_answer(200, {"data": [_resource(*row) for row in rows], "total": total})

    def get_resource(exchange: Exchange) -> Answer:
        return json_answer(200, _resource(*_found(exchange)))

    def add_resource(exchange: Exchange) -> Answer:
        return _put(exchange, None)

    def put_resource(exchange: Exchange) -> Answer:
        return _put(exchange, exchange.parameters["id"])

    def delete_resource(exchange: Exchange) -> Answer:
        given = exchange.parameters
        owner, _ = _found(exchange)
        with stage.open() as staging:
            happened = staging.delete(
                exchange.sandbox, given["collection"], given["id"], owner=owner, quiet=given["quiet"]
            )
        return json_answer(200, {"events": events_document(happened)})

    def clear_resources(exchange: Exchange) -> Answer:
        with stage.open() as staging:
            staging.clear(exchange.sandbox, owner=OWNERS[exchange.parameters["owner"]])
        return Answer(204)

    def _put(exchange: Exchange, identifier: str | None) -> Answer:
        given, sandbox = exchange.parameters, exchange.sandbox
        collection, owner = given["collection"], given["owner"]
        with stage.open() as staging:
            put = staging.put(
                sandbox, collection, identifier, exchange.body or {}, owner=OWNERS[owner], quiet=given["quiet"]
            )
        document = {"owner": owner, "resource": put.document, "events": events_document(put.happened)}
        document |= {} if put.secret is None else {"secret": put.secret}
        if not put.made:
            return json_answer(200, document)
        way = "/".join(quote(each, safe="") for each in (sandbox.name, "resources", collection, put.identifier))
        return json_answer(201, document, headers={"Location": f"{exchange.root}{PREFIX}/sandboxes/{way}"})

    def _found(exchange: Exchange) -> tuple[int, bytes]:
        given, store = exchange.parameters, exchange.sandbox.store
        collection, identifier = given["collection"], given["id"]
        with stage.open() as staging:
            staging.check_collection(exchange.sandbox, collection)
            owner = store.owner_of(collection, identifier)
            if owner is None:
                raise Absent(f"There is no {collection} of the id {identifier[:64]!r}. GET the collection to see all.")
        return owner, store.get(collection, identifier, owner=owner) or b"{}"

    return {
        "listResources": list_resources,
        "getResource": get_resource,
        "addResource": add_resource,
        "putResource": put_resource,
        "deleteResource": delete_resource,
        "clearResources": clear_resources,
    }


def _resource(owner: int, text: bytes) -> dict[str, Any]:
    return {"owner": ACCOUNTS[owner], "resource": orjson.loads(text)}
