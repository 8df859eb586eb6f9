"""Whether a credential satisfies an operation's security requirements."""

from collections.abc import Mapping
from typing import Any

from smartcal_api.auth.identification import BEARER, HEADER, Identification, Identity
from smartcal_api.auth.principal import API_KEY, OAUTH
from smartcal_api.contract import Operation
from smartcal_api.contract.document import escape
from smartcal_api.errors import Problem

_KINDS = {"http": (API_KEY, BEARER), "apiKey": (API_KEY, HEADER), "oauth2": (OAUTH, BEARER)}


class Authorization:
    """The security of one operation, looked up by the kind of credential (law SCOPE 1)."""

    def __init__(self, operation: Operation, document: Mapping[str, Any], identification: Identification) -> None:
        schemes = document["components"].get("securitySchemes", {})
        self._identification = identification
        self._open = not operation.alternatives or any(not each for each in operation.alternatives)
        # With the pointer to where each is stated.
        self._wanted: dict[tuple[str, str], list[tuple[frozenset[str], str]]] = {}
        for number, alternative in enumerate(operation.alternatives):
            for scheme, scopes in alternative.items():
                stated = (scopes, f"{operation.security}/{number}/{escape(scheme)}")
                self._wanted.setdefault(_KINDS[schemes[scheme]["type"]], []).append(stated)

    def refusal(self, identity: Identity) -> Problem | None:
        """None: go on. A problem: 400, 401 or 403 by what was presented."""
        if self._open:
            return None
        if identity.principal is None or identity.carrier is None:
            return identity.refusal
        wanted = self._wanted.get((identity.principal.method, identity.carrier))
        if wanted is None:
            return self._identification.invalid("This operation takes no credential of this kind.")
        satisfied = identity.principal.satisfied
        if any(scopes <= satisfied for scopes, _ in wanted):
            return None
        # Of several alternatives the one that lacks least is the next thing to try.
        scopes, stated = min(((sorted(scopes - satisfied), at) for scopes, at in wanted), key=lambda each: len(each[0]))
        return self._identification.insufficient(scopes, stated=stated)
