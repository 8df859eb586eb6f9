"""API keys of a sandbox: listed by their fingerprints, made, revoked, expired (law AUTH 3)."""

from typing import Any

from smartcal_api.auth import KeyRecord, fingerprint
from smartcal_api.clock import format_rfc3339
from smartcal_api.control.control import PREFIX, Control, ControlHandler
from smartcal_api.control.moments import moment
from smartcal_api.control.staging import ACCOUNTS, OWNERS
from smartcal_api.errors import Invalid, Problem, hint, shortened
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.sandbox import Sandbox

# Whoever knows the product's demo keys knows every key that begins so.
_WELL_KNOWN = "demo_"


def handlers(control: Control) -> dict[str, ControlHandler]:
    """A key of one's own must be one that no sandbox of the server knows, or it would be somebody else's, too."""

    def list_keys(exchange: Exchange) -> Answer:
        sandbox = exchange.sandbox
        return json_answer(200, {"data": [_document(each, sandbox) for each in _records(sandbox)]})

    def mint_key(exchange: Exchange) -> Answer:
        body, sandbox, value = exchange.body, exchange.sandbox, exchange.body.get("key")
        check_scopes(body["scopes"], control)
        if not body["scopes"] and control.contract.scopes:
            detail = "is empty; name one of the contract's scopes."
            raise Problem("invalid_body", f"/scopes {detail}", errors=[Invalid(detail, pointer="/scopes")])
        if value is not None and value.startswith(control.contract.policy.secrets["api_key"] + _WELL_KNOWN):
            detail = "is a demo key's name, which everybody knows; give another value, or none."
            raise Problem("invalid_body", f"/key {detail}", errors=[Invalid(detail, pointer="/key")])
        expires_at = moment(body["expires_at"], exchange.now) if "expires_at" in body else None
        try:
            if value is not None and control.registry.of_credential(value.encode()).find(value.encode()) is not None:
                raise KeyError(value)
            secret = sandbox.keys.mint(
                body["scopes"],
                owner=OWNERS[body.get("owner", "main")],
                label=body.get("label", ""),
                value=value,
                expires_at=expires_at,
            )
        except KeyError:
            raise Problem("conflict", "This value is or was a key already. Give another one, or none.") from None
        record = _of(sandbox, fingerprint(secret))
        location = f"{exchange.root}{PREFIX}/sandboxes/{sandbox.name}/keys/{record.fingerprint}"
        return json_answer(201, {**_document(record, sandbox), "key": secret}, headers={"Location": location})

    def revoke_key(exchange: Exchange) -> Answer:
        sandbox, record = exchange.sandbox, _named(exchange)
        sandbox.keys.revoke(record.fingerprint)
        return json_answer(200, _document(record._replace(revoked=True), sandbox))

    def expire_key(exchange: Exchange) -> Answer:
        sandbox, record = exchange.sandbox, _named(exchange)
        if not record.revoked:
            sandbox.keys.expire(record.fingerprint)
        return json_answer(200, _document(_named(exchange), sandbox))

    return {"listKeys": list_keys, "mintKey": mint_key, "revokeKey": revoke_key, "expireKey": expire_key}


def check_scopes(scopes: list[str], control: Control) -> None:
    """Raises 400 for one that the contract does not have."""
    known = control.contract.scopes
    faults = [
        Invalid(
            f"{shortened(scope, 64)!r} is not a scope of the contract; {hint(scope, known)}", pointer=f"/scopes/{index}"
        )
        for index, scope in enumerate(scopes)
        if scope not in known
    ]
    if faults:
        raise Problem("invalid_body", f"{faults[0].pointer} {faults[0].detail}", errors=faults)


def _records(sandbox: Sandbox) -> list[KeyRecord]:
    return [*sandbox.keys.given(), *sandbox.keys.records()]


def _named(exchange: Exchange) -> KeyRecord:
    return _of(exchange.sandbox, exchange.parameters["fingerprint"])


def _of(sandbox: Sandbox, head: str) -> KeyRecord:
    for record in _records(sandbox):
        if record.fingerprint == head:
            return record
    raise Problem("not_found", f"No key has the fingerprint {head!r}. GET the keys to see all.")


def _document(record: KeyRecord, sandbox: Sandbox) -> dict[str, Any]:
    expires_at = record.expires_at
    expired = expires_at is not None and expires_at <= sandbox.clock.now()
    return {
        "fingerprint": record.fingerprint,
        "scopes": list(record.scopes),
        "owner": ACCOUNTS[record.owner],
        "label": record.label,
        "created_at": None if record.created_at is None else format_rfc3339(record.created_at),
        "expires_at": None if expires_at is None else format_rfc3339(expires_at),
        "state": "revoked" if record.revoked else "expired" if expired else "active",
        "kept": record.created_at is not None,
    }
