"""What a law asks with: requests to operations, requests of any kind, many at once."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from smartcal_api.conformance.credential import Carrier, Credential
from smartcal_api.conformance.exchange import Exchange, Fields
from smartcal_api.conformance.sending import Sending
from smartcal_api.conformance.session import Session
from smartcal_api.conformance.snapshots import Snapshots
from smartcal_api.contract import Contract, Operation

ANY = Credential("any", "", frozenset())
"""Stands for whichever credential satisfies the operation and can be used the soonest."""
Query = Mapping[str, Any] | Sequence[tuple[str, Any]] | str


class Asking:
    """The half of a probe that sends. `Probe` says which credential is the best, and knows ids."""

    def __init__(self, session: Session, snapshots: Snapshots) -> None:
        self.session = session
        self.contract: Contract = session.contract
        self.target = session.target
        self._snapshots = snapshots

    def credential(self, scopes: frozenset[str] = frozenset(), *, account: int = 0) -> Credential:
        raise NotImplementedError

    def an_id(self, operation: Operation) -> str:
        raise NotImplementedError

    def call(
        self,
        operation: Operation | str,
        *,
        path: Mapping[str, str] | None = None,
        query: Query = (),
        body: Any = None,
        credential: Credential | None = ANY,
        carrier: Carrier = Carrier.BEARER,
        headers: Fields = (),
        take_429: bool = False,
    ) -> Exchange:
        """A request to an operation. `body` is sent as JSON, bytes as they are; without `credential` the best is taken.

        Path parameters that aren't given are ids of the account, found by listing.
        """
        sending = self.sending(
            operation, path=path, query=query, body=body, credential=credential, carrier=carrier, headers=headers
        )
        exchange = self.session.send(sending, take_429=take_429)
        if exchange.method not in ("GET", "HEAD", "OPTIONS") and exchange.ok:
            self._snapshots.forget()
        return exchange

    def sending(
        self,
        operation: Operation | str,
        *,
        path: Mapping[str, str] | None = None,
        query: Query = (),
        body: Any = None,
        credential: Credential | None = ANY,
        carrier: Carrier = Carrier.BEARER,
        headers: Fields = (),
    ) -> Sending:
        """The request, not sent yet: for `together`."""
        stated = self.contract.operations[operation] if isinstance(operation, str) else operation
        if credential is ANY:
            credential = self.credential(stated.scopes) if stated.alternatives else None
        target = stated.path
        for name in stated.path_names:
            value = path[name] if path and name in path else self.an_id(stated)
            target = target.replace(f"{{{name}}}", quote(value, safe=""))
        text = query if isinstance(query, str) else urlencode(query)
        told = "" if body is None or isinstance(body, bytes) else json.dumps(body, ensure_ascii=False)
        content = body if isinstance(body, bytes) else told.encode("utf-8", "surrogatepass")
        named = {name.lower() for name, _ in headers}
        if body is not None and "content-type" not in named and stated.body is not None:
            headers = (*headers, ("Content-Type", next(iter(stated.body.media_types))))
        return Sending(
            stated.method, f"{target}?{text}" if text else target, headers, content, credential, carrier, stated.id
        )

    def send(
        self,
        method: str,
        target: str,
        *,
        credential: Credential | None = None,
        carrier: Carrier = Carrier.BEARER,
        headers: Fields = (),
        body: bytes = b"",
        budget: str | None = None,
        take_429: bool = False,
    ) -> Exchange:
        """Any request at all."""
        sending = Sending(method, target, headers, body, credential, carrier, None, budget)
        return self.session.send(sending, take_429=take_429)

    def repeat(self, exchange: Exchange) -> Exchange:
        """The same request again."""
        return self.session.send(
            Sending(
                exchange.method,
                exchange.target,
                tuple(
                    f
                    for f in exchange.request_headers
                    if exchange.credential is None or exchange.credential.value not in f[1]
                ),
                exchange.request_body,
                exchange.credential,
                operation=exchange.operation,
            )
        )

    def follow(self, url: str, *, credential: Credential | None, operation: Operation | None = None) -> Exchange:
        """GET what a link leads to: its path and query, on the target's own root, wherever the link points."""
        parts = urlsplit(url)
        prefix = urlsplit(self.target.root).path.rstrip("/")
        target = parts.path.removeprefix(prefix) + (f"?{parts.query}" if parts.query else "")
        return self.session.send(
            Sending("GET", target, (), b"", credential, operation=operation.id if operation else None)
        )

    def together(self, sendings: Sequence[Sending]) -> list[Exchange]:
        """All of them at once, each on a connection of its own."""
        for name in {each.credential.value for each in sendings if each.credential}:
            mine = sum(1 for each in sendings if each.credential and each.credential.value == name)
            self.session.pacing.before(name, room=mine)
        self._snapshots.forget()
        return self.session.together(sendings)

    def forget(self) -> None:
        """What lists have may have changed."""
        self._snapshots.forget()
