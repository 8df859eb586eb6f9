"""An entry as the control plane shows it."""

from collections.abc import Iterable
from typing import Any

from smartcal_api.auth import Secrets
from smartcal_api.clock import format_rfc3339
from smartcal_api.contract import Contract
from smartcal_api.journal.clauses import clause_of
from smartcal_api.journal.curl import curl
from smartcal_api.journal.entry import Entry, fingerprint
from smartcal_api.journal.masked import MaskedBodies
from smartcal_api.journal.masks import Masks, essence


def url_root(entry: Entry, server: str) -> str:
    """What the entry's path stands below; where nobody has looked at the Host that was asked, the server that is."""
    return entry.root if "://" in entry.root else server + entry.root


class Documents:
    """Entries as JSON, under the contract that is served now; nothing secret is in them."""

    def __init__(self, contract: Contract, secrets: Secrets, masked: MaskedBodies, *, root: str) -> None:
        self._contract = contract
        self._root = root
        self._masks = Masks(contract.data, secrets, masked)

    def document(self, entry: Entry) -> dict[str, Any]:
        masks, principal = self._masks, entry.principal
        answer = None
        if entry.status is not None:
            answer = self._message(entry.response_headers, entry.answered)
        return {
            "serial": entry.serial,
            "time": format_rfc3339(entry.at),
            "duration_ms": entry.took / 1000,
            "sandbox": entry.sandbox,
            "principal": principal
            and {
                "fingerprint": fingerprint(principal.budget),
                "account": principal.owner,
                "scopes": list(principal.granted),
                "method": principal.method,
            },
            "operation": entry.operation and entry.operation.id,
            "method": entry.method,
            "path": masks.target(entry.path, entry.query),
            "status": entry.status,
            "request_id": entry.request_id,
            "request": self._message(entry.request_headers, None if entry.unread else entry.received),
            "response": answer,
            "clause": self.clause(entry),
            "faults": list(entry.faults or ()),
            "curl": curl(entry, masks, root=url_root(entry, self._root)),
        }

    def outline(self, entry: Entry) -> dict[str, Any]:
        """Without headers and bodies."""
        return {
            "serial": entry.serial,
            "time": format_rfc3339(entry.at),
            "duration_ms": entry.took / 1000,
            "principal": entry.principal and fingerprint(entry.principal.budget),
            "operation": entry.operation and entry.operation.id,
            "method": entry.method,
            "path": self._masks.target(entry.path, entry.query),
            "status": entry.status,
            "request_id": entry.request_id,
            "clause": self.clause(entry),
            "faults": list(entry.faults or ()),
        }

    def line(self, entry: Entry) -> str:
        """In a few words, as a list of what was seen shows it."""
        shown = self._masks.target(entry.path, entry.query)
        refused = self.clause(entry)
        code = f" {refused['code']}" if refused is not None else ""
        return f"#{entry.serial} {entry.method} {shown[:200]} was answered {entry.status or 'by nothing'}{code}"

    def clause(self, entry: Entry) -> dict[str, Any] | None:
        found = clause_of(entry, self._contract)
        if found is None:
            return None
        return {name: self._masks.text(fact) if isinstance(fact, str) else fact for name, fact in found.items()}

    def _message(self, headers: Iterable[tuple[bytes, bytes]], body: bytes | None) -> dict[str, Any]:
        shown: dict[str, str] = {}
        media_type = b""
        for name, value in headers:
            key = self._masks.text(name.decode("latin-1").lower())
            text = self._masks.header(name, value)
            # Of the same name they are one list (RFC 9110 section 5.3).
            shown[key] = f"{shown[key]}, {text}" if key in shown else text
            media_type = value if key == "content-type" else media_type
        return {
            "headers": shown,
            "body": self._masks.body(body, essence(media_type)) if body is not None else None,
            "body_bytes": len(body or b""),
        }
