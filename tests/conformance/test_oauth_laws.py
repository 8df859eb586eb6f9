"""Every law of OAUTH is broken by a server that breaks it in one thing, and held by the right one."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest

from smartcal_api.api.oauth import authorize
from smartcal_api.auth.oauth.clients import Client
from smartcal_api.auth.oauth.code_grant import CodeGrant, Pkce
from smartcal_api.auth.oauth.codes import Codes
from smartcal_api.auth.oauth.revocation import IssuedToken
from smartcal_api.auth.oauth.tickets import Tickets
from smartcal_api.auth.oauth.tokens import ACCESS, REFRESH, Tokens
from smartcal_api.clock import NANOSECONDS
from smartcal_api.conformance.verdict import Outcome, Verdict
from smartcal_api.conformance.wire import Answer, Request
from smartcal_api.contract import Contract
from tests.conformance.judged import InProcess, Spoil, Standing, edited, judge, path, with_header
from tests.wire import World, open_world

Breaks = Callable[[pytest.MonkeyPatch], None]


def judged(contract: Contract, law: str, *, spoil: Spoil | None = None, seed: int = 0) -> list[Outcome]:
    world: World = open_world(contract, now="2026-11-25T12:00:00Z", seed=seed)
    return judge(world, InProcess(world, spoil), only=(law,), full=True, seed=seed, control=Standing(world))


def location(answer: Answer) -> str:
    return next((value for name, value in answer.headers if name.lower() == "location"), "")


# -- what is wrong on the wire


def repeats_what_it_was_given(request: Request, answer: Answer) -> Answer:
    if path(request) == "/oauth/authorize" and answer.status == 400:
        return Answer(400, answer.headers, answer.body + unquote(request.target).encode())
    return answer


def leads_to_any_address_with_an_error(request: Request, answer: Answer) -> Answer:
    if path(request) == "/oauth/authorize" and answer.status == 400 and "evil.example" in request.target:
        return with_header(Answer(303, answer.headers, b""), "Location", "https://evil.example/?error=x")
    return answer


def names_no_issuer(request: Request, answer: Answer) -> Answer:
    return with_header(answer, "Location", location(answer).partition("&iss=")[0]) if location(answer) else answer


def takes_plus_for_a_space_in_the_state(request: Request, answer: Answer) -> Answer:
    return with_header(answer, "Location", location(answer).replace("%2B", "%20")) if location(answer) else answer


def makes_up_a_state(request: Request, answer: Answer) -> Answer:
    led = location(answer)
    return with_header(answer, "Location", led + "&state=") if led and "state=" not in led else answer


def takes_plain(request: Request, answer: Answer) -> Answer:
    if "code_challenge_method=plain" in request.target and location(answer):
        return with_header(answer, "Location", "http://127.0.0.1/callback?code=sca_x&state=s")
    return answer


def lets_pages_be_framed(request: Request, answer: Answer) -> Answer:
    return with_header(answer, "X-Frame-Options", None)


def may_be_kept_when_refused(request: Request, answer: Answer) -> Answer:
    return with_header(answer, "Cache-Control", None) if answer.status in (400, 401) else answer


def reads_json(request: Request, answer: Answer) -> Answer:
    return Answer(400, answer.headers, b'{"error":"invalid_request"}') if answer.status == 415 else answer


def knows_every_client(request: Request, answer: Answer) -> Answer:
    if answer.status == 401 and b"invalid_client" in answer.body:
        return edited(Answer(400, answer.headers, answer.body), lambda body: body.update(error="invalid_grant"))
    return answer


def tells_of_a_grant_that_it_lacks(request: Request, answer: Answer) -> Answer:
    if "well-known" in request.target:
        return edited(answer, lambda body: body["grant_types_supported"].append("client_credentials"))
    return answer


def is_reached_elsewhere(request: Request, answer: Answer) -> Answer:
    if "well-known" in request.target:
        return edited(answer, lambda body: body.update(token_endpoint=body["token_endpoint"] + "s"))
    return answer


ON_THE_WIRE: list[tuple[str, Spoil]] = [
    ("OAUTH 1", repeats_what_it_was_given),
    ("OAUTH 1", leads_to_any_address_with_an_error),
    ("OAUTH 3", names_no_issuer),
    ("OAUTH 4", takes_plus_for_a_space_in_the_state),
    ("OAUTH 4", makes_up_a_state),
    ("OAUTH 5", takes_plain),
    ("OAUTH 6", lets_pages_be_framed),
    ("OAUTH 7", may_be_kept_when_refused),
    ("OAUTH 7", reads_json),
    ("OAUTH 8", knows_every_client),
    ("OAUTH 14", tells_of_a_grant_that_it_lacks),
    ("OAUTH 14", is_reached_elsewhere),
]


# -- what is wrong inside


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
    from smartcal_api.auth.oauth.refresh_grant import RefreshToken

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
    from smartcal_api.auth.oauth.revocation import Revocation

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
        right = owner.adopt  # type: ignore[attr-defined]

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


@pytest.mark.parametrize(("law", "spoil"), ON_THE_WIRE, ids=[f"{law}-{each.__name__}" for law, each in ON_THE_WIRE])
def test_a_law_is_broken_by_what_is_wrong_on_the_wire(law: str, spoil: Spoil, contract: Contract) -> None:
    assert Verdict.BROKEN in {each.verdict for each in judged(contract, law, spoil=spoil)}


@pytest.mark.parametrize(("law", "breaks"), INSIDE, ids=[f"{law}-{each.__name__}" for law, each in INSIDE])
def test_a_law_is_broken_by_what_is_wrong_inside(
    law: str, breaks: Breaks, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch)
    found = judged(contract, law)
    assert Verdict.BROKEN in {each.verdict for each in found}, [(each.case.name, each.why) for each in found]


@pytest.mark.parametrize("seed", range(5))
def test_the_right_server_breaks_none(seed: int, contract: Contract) -> None:
    found = judged(contract, "OAUTH", seed=seed)
    assert [(each.case.name, each.why) for each in found if each.verdict is not Verdict.HELD] == []
