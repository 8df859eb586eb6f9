"""Whether a credential satisfies an operation's security requirements."""

from collections.abc import Mapping
from typing import Any

from smartcal_api.auth.identification import Identification, Identity, Kind
from smartcal_api.auth.principal import API_KEY, OAUTH
from smartcal_api.contract import Operation
from smartcal_api.contract.document import escape
from smartcal_api.contract.schemes import carrier, unpresentable
from smartcal_api.errors import Problem

_TOKENS = frozenset({"oauth2", "openIdConnect"})
Wanted = tuple[frozenset[str], str]
"""Scopes, and the pointer to where they are asked for."""


class Authorization:
    """The security of one operation, looked up by the kind of credential (law SCOPE 1)."""

    def __init__(self, operation: Operation, document: Mapping[str, Any], identification: Identification) -> None:
        schemes = document["components"].get("securitySchemes", {})
        self._identification = identification
        self._open = not operation.alternatives or any(not each for each in operation.alternatives)
        self._wanted: dict[Kind, list[Wanted]] = {}
        # Those that want several credentials at once, with what each may be.
        self._joint: list[tuple[list[frozenset[Kind]], Wanted]] = []
        for number, alternative in enumerate(operation.alternatives):
            if any(unpresentable(schemes[scheme]) for scheme in alternative):
                continue
            kinds = {scheme: self._kinds(schemes[scheme]) for scheme in alternative}
            if len(alternative) > 1:
                scopes = frozenset[str]().union(*alternative.values())
                self._joint.append((list(kinds.values()), (scopes, f"{operation.security}/{number}")))
                continue
            for scheme, scopes in alternative.items():
                stated = (scopes, f"{operation.security}/{number}/{escape(scheme)}")
                for kind in kinds[scheme]:
                    self._wanted.setdefault(kind, []).append(stated)

    def _kinds(self, scheme: Mapping[str, Any]) -> frozenset[Kind]:
        """What a scheme takes: a key, or an access token in its place where something gives tokens out."""
        tokens = scheme["type"] in _TOKENS
        methods = [OAUTH] if tokens else [API_KEY]
        if tokens and self._identification.by_key:
            methods.append(API_KEY)
        return frozenset((method, carrier(scheme)) for method in methods)

    def refusal(self, identity: Identity) -> Problem | None:
        """None: go on. A problem: 400, 401 or 403 by what was presented."""
        if self._open:
            return None
        if identity.principal is None or identity.carrier is None:
            return identity.refusal
        kind = (identity.principal.method, identity.carrier)
        wanted = self._wanted.get(kind)
        if identity.beside or self._joint:
            wanted = self._of_all({kind, *identity.beside})
        if not wanted:
            also = " It wants several at once." if self._joint else ""
            return self._identification.invalid(f"This operation takes no credential of this kind.{also}")
        satisfied = identity.principal.satisfied
        if any(scopes <= satisfied for scopes, _ in wanted):
            return None
        # Of several alternatives the one that lacks least is the next thing to try.
        scopes, stated = min(((sorted(scopes - satisfied), at) for scopes, at in wanted), key=lambda each: len(each[0]))
        return self._identification.insufficient(scopes, stated=stated)

    def _of_all(self, kinds: set[Kind]) -> list[Wanted]:
        """What is asked of a request that has credentials of all these kinds."""
        wanted = [each for kind in kinds for each in self._wanted.get(kind, ())]
        return wanted + [each for parts, each in self._joint if all(part & kinds for part in parts)]
