"""Entries out of the documents that show them, as a bundle has them: with the masks that stand in those."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from smartcal_api.auth import Principal
from smartcal_api.clock import parse_rfc3339
from smartcal_api.contract import Contract
from smartcal_api.errors import Clause
from smartcal_api.journal.entry import Kept, Refusal
from smartcal_api.journal.heads import Fields, RequestHead, write_request, write_response

_CONTROLS = dict.fromkeys((*range(32), 127), " ")


def restored(documents: Iterable[Any], contract: Contract) -> Iterator[Kept]:
    """Those that can be read; whatever else is in the file is passed over."""
    for document in documents:
        with suppress(LookupError, TypeError, ValueError, AttributeError, OverflowError):
            yield _kept(document, contract)


def _kept(document: Mapping[str, Any], contract: Contract) -> Kept:
    request, response, clause = document["request"], document["response"], document["clause"]
    path, _, query = _written(document["path"]).partition(b"?")
    head = RequestHead(document["method"], path, query, "1.1", _fields(request["headers"]))
    return (
        int(document["serial"]),
        write_request(head),
        write_response(document["status"] or 0, _fields(response["headers"]) if response else []),
        (request["body"] or "").encode(),
        (response["body"] or "").encode() if response else b"",
        parse_rfc3339(document["time"]),
        int(document["duration_ms"] * 1000),
        "",
        str(document["request_id"]),
        _principal(document["principal"]),
        contract.operations.get(document["operation"]),
        _refusal(clause) if clause else None,
        [str(each) for each in document["faults"]] or None,
    )


def _principal(stated: Mapping[str, Any] | None) -> Principal | None:
    if stated is None:
        return None
    granted = tuple(map(str, stated["scopes"]))
    return Principal(int(stated["account"]), granted, frozenset(granted), stated["method"], stated["fingerprint"])


def _refusal(clause: Mapping[str, Any]) -> Refusal:
    facts = {name: value for name, value in clause.items() if name not in ("pointer", "code", "detail")}
    return Refusal(str(clause["code"]), str(clause["detail"]), (), Clause(str(clause["pointer"]), facts))


def _fields(headers: Mapping[str, str]) -> Fields:
    return [(_written(name), _written(value)) for name, value in headers.items()]


def _written(text: str) -> bytes:
    """As it can stand in a head, which ends where a line does."""
    return text.translate(_CONTROLS).encode("latin-1", "replace")
