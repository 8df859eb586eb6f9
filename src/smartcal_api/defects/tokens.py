"""OAUTH, token and revoke: codes and tokens that work too often, too long, or for others."""

from hashlib import sha256
from typing import Any

import orjson

from smartcal_api.auth.oauth.tokens import Issued, Refreshable
from smartcal_api.defects.defect import Defect, defect
from smartcal_api.defects.message import Answered, Asked
from smartcal_api.defects.subject import Subject
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.served import Handler


@defect("OAUTH 7", "The answer with the tokens may be kept by caches.")
def tokens_may_be_kept(subject: Subject) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        if asked.path == subject.path("issueToken"):
            answer.set("Cache-Control", None)

    subject.answered(spoil)


@defect("OAUTH 8", "A code is redeemed with another redirect URI than it was asked for with.")
def code_with_another_uri(subject: Subject) -> None:
    codes, store = subject.sandbox.oauth.codes, subject.sandbox.store

    def claim(right: Any, code: str, *, client: str, redirect_uri: str) -> Any:
        """Whatever was sent, what was asked with is looked up."""
        digest = sha256(code.encode()).digest()
        found = store.query("SELECT redirect_uri FROM oauth_grants WHERE code = ?", (digest,))
        return right(code, client=client, redirect_uri=found[0][0].decode() if found else redirect_uri)

    subject.replaced(codes, "claim", claim)


@defect("OAUTH 9", "A code can be redeemed twice.")
def code_works_twice(subject: Subject) -> None:
    _reopened(subject)


@defect("OAUTH 9", "A code that is used again is refused, and its tokens live on.", decided=True)
def tokens_of_a_used_code_live(subject: Subject) -> None:
    store = subject.sandbox.store

    def claim(right: Any, code: str, **given: Any) -> Any:
        before = store.query("SELECT id FROM oauth_grants WHERE revoked_at IS NULL")
        claimed = right(code, **given)
        if isinstance(claimed, str):
            for (grant,) in before:
                store.query("UPDATE oauth_grants SET revoked_at = NULL WHERE id = ?", (grant,))
        return claimed

    subject.replaced(subject.sandbox.oauth.codes, "claim", claim)


@defect("OAUTH 10", "The verifier isn't compared with the challenge.")
def any_verifier_fits(subject: Subject) -> None:
    def claim(right: Any, code: str, **given: Any) -> Any:
        claimed = right(code, **given)
        return claimed if isinstance(claimed, str) else claimed._replace(challenge=None)

    def handler(right: Handler, exchange: Exchange) -> Answer:
        kept = [pair for pair in (exchange.raw or b"").split(b"&") if not pair.startswith(b"code_verifier=")]
        exchange.raw, exchange.body = b"&".join(kept), None  # read anew
        return right(exchange)

    subject.replaced(subject.sandbox.oauth.codes, "claim", claim)
    subject.handled("issueToken", handler)


@defect("OAUTH 11", "A refresh token works again and again.", decided=True)
def refresh_token_works_again(subject: Subject) -> None:
    subject.replaced(subject.sandbox.oauth.tokens, "claim", lambda _, refreshable: bool(refreshable))


@defect("OAUTH 11", "A refresh token that is used again is refused, and its family lives on.", decided=True)
def family_lives_on(subject: Subject) -> None:
    subject.replaced(subject.sandbox.oauth.tokens, "revoke_grant", lambda *_: None)


@defect("OAUTH 12", "A token keeps a scope that a refresh narrowed away.")
def narrowed_scope_is_kept(subject: Subject) -> None:
    tokens, store = subject.sandbox.oauth.tokens, subject.sandbox.store

    def keep(right: Any, kind: str, token: str, *, grant: int, scopes: Any) -> None:
        ((granted,),) = store.query("SELECT scopes FROM oauth_grants WHERE id = ?", (grant,))
        right(kind, token, grant=grant, scopes=_read(granted) if kind == "access" else scopes)

    subject.replaced(tokens, "keep", keep)


@defect("OAUTH 12", "A refresh may ask for more scope than was granted.")
def scope_widens(subject: Subject) -> None:
    def refreshable(right: Any, token: str, *, client: str) -> Any:
        found = right(token, client=client)
        known = tuple(scope for scope in subject.contract.scopes if scope != "admin")
        return found._replace(scopes=known) if isinstance(found, Refreshable) else found

    subject.replaced(subject.sandbox.oauth.tokens, "refreshable", refreshable)


@defect("OAUTH 13", "A client can revoke the tokens of another one.")
def foreign_token_is_revoked(subject: Subject) -> None:
    asking: list[str] = []

    def handler(right: Handler, exchange: Exchange) -> Answer:
        asking[:] = [exchange.budget.removeprefix("client ")] if exchange.budget else []
        return right(exchange)

    def issued(right: Any, token: str) -> Issued | None:
        found: Issued | None = right(token)
        return found._replace(client=asking[0]) if found and asking else found

    subject.handled("revokeToken", handler)
    subject.replaced(subject.sandbox.oauth.tokens, "issued", issued)


@defect("OAUTH 13", "Revoking an access token is answered, and the token lives.")
def revoked_token_lives(subject: Subject) -> None:
    subject.replaced(subject.sandbox.oauth.tokens, "revoke", lambda *_: None)


@defect("OAUTH 14", "The metadata promise the challenge method plain.", decided=True)
def metadata_promise_plain(subject: Subject) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        if asked.get(subject.path("getAuthorizationServerMetadata")) and (told := answer.json):
            answer.json = told | {"code_challenge_methods_supported": ["S256", "plain"]}

    subject.answered(spoil)


@defect("OAUTH 15", "A code lives a second longer than it should.", decided=True)
def code_lives_longer(subject: Subject) -> None:
    policy = subject.contract.policy
    lifetimes = {**policy.lifetimes, "authorization_code": policy.lifetimes["authorization_code"] + 1}
    subject.sandbox.oauth.codes.adopt(prefix=policy.secrets["authorization_code"], lifetimes=lifetimes)


def _reopened(subject: Subject) -> None:
    store = subject.sandbox.store

    def claim(right: Any, code: str, **given: Any) -> Any:
        store.query("UPDATE oauth_grants SET used_at = NULL")
        return right(code, **given)

    subject.replaced(subject.sandbox.oauth.codes, "claim", claim)


def _read(scopes: bytes) -> list[str]:
    return list(orjson.loads(scopes))


DEFECTS: tuple[Defect, ...] = (
    tokens_may_be_kept,
    code_with_another_uri,
    code_works_twice,
    tokens_of_a_used_code_live,
    any_verifier_fits,
    refresh_token_works_again,
    family_lives_on,
    narrowed_scope_is_kept,
    scope_widens,
    foreign_token_is_revoked,
    revoked_token_lives,
    metadata_promise_plain,
    code_lives_longer,
)
