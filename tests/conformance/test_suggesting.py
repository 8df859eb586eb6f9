"""Forms that were recognised become an overlay, and what was judged by it is read."""

import json
from pathlib import Path
from typing import Any

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.suggesting import suggest
from smartcal_api.contract import Contract


def answered(operation: str, status: int, body: Any) -> Exchange:
    text = json.dumps(body).encode()
    return Exchange(0, "", operation, "GET", "/", (), b"", None, status, (), text, 0.0, 0.0)


def test_an_envelope_of_its_own_is_suggested_and_what_has_none_is_only_told(contract: Contract, tmp_path: Path) -> None:
    meta = {"current_page": 1, "per_page": 20, "total_count": 1, "pages": 1}
    lists = [answered("listEvents", 200, {"results": [{"id": 1}], "meta": meta})]
    lists.append(answered("listBookings", 200, {"results": [], "meta": meta}))
    found = suggest(contract, [*lists, answered("getEvent", 410, {})])
    path = tmp_path / "suggested.overlay.yaml"
    path.write_text(found.overlay)
    fields = Contract.read(overlays=[path]).data["x-pagination"]["fields"]
    renamed = {"items": "results", "pagination": "meta", "page": "current_page", "total": "total_count"}
    assert fields == {**contract.data["x-pagination"]["fields"], **renamed, "total_pages": "pages"}
    assert "getEvent answers 410, which the contract hasn't there (1 times)" in found.seen


def test_nothing_is_suggested_where_lists_are_as_the_contract_has_them(contract: Contract) -> None:
    counts = {"page": 1, "per_page": 20, "total": 0, "total_pages": 0}
    assert suggest(contract, [answered("listEvents", 200, {"data": [], "pagination": counts})]).overlay == ""
    assert suggest(contract, [answered("listEvents", 200, {"a": [], "b": []})]).overlay == ""
