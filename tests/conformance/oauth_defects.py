"""What may be wrong with an authorization server: (the law, what breaks it), inside."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from smartcal_api.api.oauth import authorize
from smartcal_api.auth.oauth.clients import Client
from smartcal_api.auth.oauth.code_grant import CodeGrant, Pkce
from smartcal_api.auth.oauth.codes import Codes
from smartcal_api.auth.oauth.refresh_grant import RefreshToken
from smartcal_api.auth.oauth.revocation import IssuedToken, Revocation
from smartcal_api.auth.oauth.tickets import Tickets
from smartcal_api.auth.oauth.tokens import ACCESS, REFRESH, Tokens
from smartcal_api.clock import NANOSECONDS

Breaks = Callable[[pytest.MonkeyPatch], None]


def matches_what_begins_alike(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        Client, "has_redirect_uri", lambda self, uri: any(uri.startswith(each) for each in self.redirect_uris)
    )


def matches_whatever_the_case(patch: pytest.MonkeyPatch) -> None:
    right = Client.has_redirect_uri
    patch.setattr(Client, "has_redirect_uri", lambda self, uri: right(self, uri) or right(self, uri.lower()))


def forms_work_twice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Tickets, "spend", lambda *_: True)


def forms_may_be_changed(patch: pytest.MonkeyPatch) -> None:
    def read(exchange: Any, given: Any) -> Any:
        ticket = exchange.sandbox.oauth.tickets.read(given.values.get("ticket", ""))
        if ticket is None:
            raise authorize.NoRedirect("", "", "")
        return ticket

    patch.setattr(authorize.Decide, "_ticket", staticmethod(read))


def asks_with_any_redirect_uri(patch: pytest.MonkeyPatch) -> None:
    right = Codes.claim

    def claim(self: Codes, code: str, *, client: str, redirect_uri: str) -> Any:
        found = self._store.query("SELECT redirect_uri FROM oauth_grants WHERE expires_at > 0 ORDER BY id DESC")
        return right(self, code, client=client, redirect_uri=found[0][0].decode() if found else redirect_uri)

    patch.setattr(Codes, "claim", claim)


def gives_codes_to_any_client(patch: pytest.MonkeyPatch) -> None:
    right = Codes.claim

    def claim(self: Codes, code: str, *, client: str, redirect_uri: str) -> Any:
        found = self._store.query("SELECT client FROM oauth_grants ORDER BY id DESC")
        return right(self, code, client=found[0][0].decode() if found else client, redirect_uri=redirect_uri)

    patch.setattr(Codes, "claim", claim)


def leaves_the_tokens_of_a_reused_code(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Codes, "_refusal", lambda *_: "used")


def forgives_a_wrong_verifier(patch: pytest.MonkeyPatch) -> None:
    right = CodeGrant.query_authorization_code

    def query(self: Any, code: str, client: Any) -> Any:
        found = right(self, code, client)
        self.server.oauth.store.query("UPDATE oauth_grants SET used_at = NULL WHERE id = ?", (found.grant,))
        return found

    patch.setattr(CodeGrant, "query_authorization_code", query)


def takes_the_challenge_for_a_verifier(patch: pytest.MonkeyPatch) -> None:
    right = Pkce.validate_code_verifier

    def validate(self: Any, grant: Any, result: Any) -> None:
        request = grant.request
        if request.form.get("code_verifier") != request.authorization_code.code_challenge:
            right(self, grant, result)

    patch.setattr(Pkce, "validate_code_verifier", validate)


def misses_no_verifier(patch: pytest.MonkeyPatch) -> None:
    right = Pkce.validate_code_verifier

    def validate(self: Any, grant: Any, result: Any) -> None:
        if grant.request.form.get("code_verifier") is not None:
            right(self, grant, result)

    patch.setattr(Pkce, "validate_code_verifier", validate)


def leaves_the_family_of_a_reused_token(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Tokens, "revoke_grant", lambda *_: None)


def refreshes_for_any_client(patch: pytest.MonkeyPatch) -> None:
    right = Tokens.refreshable

    def refreshable(self: Tokens, token: str, *, client: str) -> Any:
        issued = self.issued(token)
        return right(self, token, client=issued.client if issued else client)

    patch.setattr(Tokens, "refreshable", refreshable)
    patch.setattr(RefreshToken, "check_client", lambda *_: True)


def keeps_what_a_refresh_narrowed_away(patch: pytest.MonkeyPatch) -> None:
    right = Tokens.keep

    def keep(self: Tokens, kind: str, token: str, *, grant: int, scopes: Any) -> None:
        (granted,) = self._store.query("SELECT scopes FROM oauth_grants WHERE id = ?", (grant,))[0]
        right(self, kind, token, grant=grant, scopes=json.loads(granted) if kind == ACCESS else scopes)

    patch.setattr(Tokens, "keep", keep)


def revokes_for_any_client(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(IssuedToken, "check_client", lambda *_: True)


def believes_the_hint(patch: pytest.MonkeyPatch) -> None:
    right = Revocation.query_token

    def query(self: Any, token: str, hint: str | None) -> Any:
        found = right(self, token, hint)
        return (
            None
            if found and hint in (ACCESS + "_token", REFRESH + "_token") and found.issued.kind not in hint
            else found
        )

    patch.setattr(Revocation, "query_token", query)


def lives(attribute: str, owner: type, seconds: int) -> Breaks:
    def breaks(patch: pytest.MonkeyPatch) -> None:
        right = owner.adopt  # type: ignore[attr-defined]  # a class that adopts a contract

        def adopt(self: Any, **given: Any) -> None:
            right(self, **given)
            if attribute == "code":
                self._lifetime += seconds * NANOSECONDS
            else:
                self._seconds[attribute] += seconds

        patch.setattr(owner, "adopt", adopt)

    breaks.__name__ = f"{attribute}_lives_{seconds}"
    return breaks


INSIDE: list[tuple[str, Breaks]] = [
    ("OAUTH 2", matches_what_begins_alike),
    ("OAUTH 2", matches_whatever_the_case),
    ("OAUTH 6", forms_work_twice),
    ("OAUTH 6", forms_may_be_changed),
    ("OAUTH 8", asks_with_any_redirect_uri),
    ("OAUTH 8", gives_codes_to_any_client),
    ("OAUTH 9", leaves_the_tokens_of_a_reused_code),
    ("OAUTH 9", forgives_a_wrong_verifier),
    ("OAUTH 10", takes_the_challenge_for_a_verifier),
    ("OAUTH 10", misses_no_verifier),
    ("OAUTH 11", leaves_the_family_of_a_reused_token),
    ("OAUTH 11", refreshes_for_any_client),
    ("OAUTH 12", keeps_what_a_refresh_narrowed_away),
    ("OAUTH 13", revokes_for_any_client),
    ("OAUTH 13", believes_the_hint),
    ("OAUTH 15", lives("code", Codes, 1)),
    ("OAUTH 15", lives("code", Codes, -1)),
    ("OAUTH 15", lives(ACCESS, Tokens, 1)),
    ("OAUTH 15", lives(REFRESH, Tokens, -1)),
]
