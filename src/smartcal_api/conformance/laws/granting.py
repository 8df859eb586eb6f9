"""OAUTH, token: how it is asked, and that a code is good for one client, one app, once."""

from urllib.parse import urlencode

from smartcal_api.conformance.app import NOTHING, REVOKE, TOKEN, App, of, other_app, some_app
from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.refusal import error, refuses, told
from smartcal_api.conformance.secret import most_bits
from smartcal_api.conformance.standards import (
    BASIC_IS_REFUSED_WITH_401,
    BASIC_IS_SUPPORTED,
    CODE_IS_FOR_ITS_CLIENT_AND_URI,
    ERROR_IS_NAMED,
    NOT_TO_BE_GUESSED,
    TOKEN_RESPONSE_IS_WHOLE,
    TOKENS_ARE_NOT_STORED,
)

_BITS = 112
"""Fewer than the standard has (128): an upper bound by length and alphabet is no measure of what is random."""
_PKCE = "/components/securitySchemes/oauth2"


@law(
    "OAUTH 7",
    "Forms by POST alone, each parameter once, no secret in the query, one way of authentication; never kept.",
    over=of(TOKEN, REVOKE),
    needs=(Capability.CLIENT, Capability.WRITES),
    requests=14,
    worth=59,
)
def forms_are_taken_as_the_contract_has_them(probe: Probe) -> None:
    """How an app may ask binds the app; what the server makes of it otherwise is for the contract."""
    app, operation = some_app(probe), probe.operation
    responses = f"{operation.pointer}/responses"
    fields = dict(app.redeeming(NOTHING, app.verifier()) if operation.id == TOKEN else {"token": NOTHING})
    whole = app.posting(operation.id, fields)
    if operation.id == TOKEN:
        app.room()
        app.tokens()  # an answer with what nobody may keep
    asked = probe.send("GET", f"{operation.path}?{urlencode(fields)}")
    probe.expect(asked.status == 405, f"{asked}; there is POST alone.", by=responses, at=asked, kind="method")
    typed = probe.send("POST", operation.path, headers=(("Content-Type", "application/json"),), body=b"{}")
    probe.expect(typed.status == 415, f"{typed} to JSON; a form alone is taken.", by=responses, at=typed, kind="json")
    secret = app.client.secret or "x"
    queried = probe.send(
        "POST", f"{operation.path}?{urlencode({'client_secret': secret})}", headers=whole.headers, body=whole.body
    )
    refuses(probe, queried, "invalid_request", "a secret is in the query")
    if not app.public:
        two = app.post(operation.id, fields, headers=(app.authorization(),))
        refuses(probe, two, "invalid_request", "the client authenticates in two ways")
    signed = app.signed(fields)
    for name, value in signed if probe.full else probe.rng.sample(signed, 2):
        twice = app.post(operation.id, [*signed, (name, value)])
        refuses(probe, twice, "invalid_request", f"{name} stands twice")
    for answer in probe.answers():
        if answer.method == "POST" and answer.path == operation.path and answer.status in (200, 400, 401):
            kept = "no-store" not in (answer.header("Cache-Control") or "").lower()
            said = f"{answer} isn't Cache-Control: no-store."
            by = TOKENS_ARE_NOT_STORED if "access_token" in answer.problem else responses
            probe.expect(not kept, said, by=by, at=answer, kind="no-store")


@law(
    "OAUTH 8",
    "Who isn't the client is invalid_client; what isn't its code, as it was asked for, is invalid_grant.",
    over=of(TOKEN),
    needs=(Capability.CLIENT, Capability.WRITES),
    requests=46,
    worth=66,
)
def a_code_is_for_whom_it_was_made(probe: Probe) -> None:
    """Codes that would be taken from the right client, so that nothing else can be why they are refused."""
    app = some_app(probe)
    app.room(12)
    fields = app.redeeming(NOTHING, app.verifier())
    unknown = app.token({**fields, "client_id": "no_such_client", "client_secret": NOTHING})
    refuses(probe, unknown, "invalid_client", "nobody knows the client", status=401)
    if not app.public:
        _authenticates(probe, app)
    for changed, due, why in (
        ({"grant_type": ""}, "invalid_request", "grant_type is missing"),
        ({"grant_type": "password"}, "unsupported_grant_type", "there is no such grant"),
        ({"code": ""}, "invalid_request", "the code is missing"),
        ({"code": app.verifier(24)}, "invalid_grant", "the code is made up"),
    ):
        refuses(probe, app.token({**fields, **changed}), due, why, must=CODE_IS_FOR_ITS_CLIENT_AND_URI)
    nobody = app.token(fields)
    refuses(probe, nobody, "invalid_grant", "nobody knows the code", must=SAFETY)
    said = f"{told(nobody)}; a refusal has one of RFC 6749."
    probe.expect(bool(error(nobody)) or nobody.ok, said, by=ERROR_IS_NAMED, at=nobody, kind="unnamed")
    verifier = app.verifier()
    other = other_app(probe, app)
    if other is not None:
        other.room(2)
        foreign = other.token(other.redeeming(app.code(verifier=verifier), verifier, redirect_uri=app.redirect_uri))
        why = "the code is another client's"
        refuses(probe, foreign, "invalid_grant", why, must=CODE_IS_FOR_ITS_CLIENT_AND_URI)
    for uri in [f"{app.redirect_uri}x", None, *app.client.redirect_uris[1:2]]:
        elsewhere = app.token(app.redeeming(app.code(verifier=verifier), verifier, redirect_uri=uri))
        why = "the code was asked for with another redirect URI" if uri else "the redirect URI is left out"
        due = "invalid_grant" if uri else "invalid_request"
        refuses(probe, elsewhere, due, why, must=CODE_IS_FOR_ITS_CLIENT_AND_URI)


@law(
    "OAUTH 9",
    "A code works once, of many at once for one; used again, its tokens die, and a wrong verifier uses it up.",
    over=of(TOKEN),
    needs=(Capability.CLIENT, Capability.WRITES),
    requests=76,
    worth=67,
)
def a_code_works_once(probe: Probe) -> None:
    app = some_app(probe)
    count = 40 if probe.full else 8
    verifier = app.verifier()
    responses = f"{probe.operation.pointer}/responses"
    app.room(count + 4)
    sending = app.posting(TOKEN, app.redeeming(app.code(verifier=verifier), verifier))
    answers = [each for each in probe.together([sending] * count) if each.status != 429]
    winners = [each for each in answers if each.ok]
    said = f"one code gave tokens {len(winners)} times, at once."
    probe.expect(len(winners) <= 1, said, by=SAFETY, at=winners[:2], kind="at once", seen="")
    losers = [each for each in answers if not each.ok]
    others = {error(each) for each in losers}
    said = f"the others got {', '.join(map(str, others))}; that is to be invalid_grant."
    probe.expect(others <= {"invalid_grant"}, said, by=responses, at=losers[:1], kind="others")
    if not winners:
        probe.give_up(f"of {count} requests at once none was given tokens")
    said = "its tokens live, though the code was used again."
    probe.expect(not app.alive(winners[0].object), said, by=responses, at=winners[:1], kind="died", parameter="at once")
    app.room()
    code = app.code(verifier=verifier)
    is_guessed_by_nobody(probe, code, "a code")
    first = app.token(app.redeeming(code, verifier))
    is_tokens(probe, first, "the code is new")
    whole = isinstance(first.object.get("access_token"), str) and isinstance(first.object.get("token_type"), str)
    said = f"{first} has {sorted(first.object)}; access_token and token_type are required."
    probe.expect(whole, said, by=TOKEN_RESPONSE_IS_WHOLE, at=first, kind="members", seen="")
    for name in ("access_token", "refresh_token"):
        if name in first.object:
            is_guessed_by_nobody(probe, str(first.object[name]), f"{'an' if name[0] == 'a' else 'a'} {name}")
    said = f"{probe.last} with its access token, though the code was used once."
    probe.expect(app.alive(first.object), said, by=_PKCE, kind="lives")
    longer = app.alive({**first.object, "access_token": f"{first.object['access_token']}x"})
    said = f"{probe.last} with its access token and one character more."
    probe.expect(not longer, said, by=_PKCE, at=probe.last, kind="longer")
    again = app.token(app.redeeming(code, verifier))
    refuses(probe, again, "invalid_grant", "the code was used before", must=SAFETY)
    alive = app.alive(first.object)
    said = "its access token lives; the code was used again."
    probe.expect(not alive, said, by=responses, at=(again, probe.last), kind="died")
    if "refresh_token" in first.object:
        refreshed = app.refresh(first.object["refresh_token"])
        refuses(probe, refreshed, "invalid_grant", "the code was used again, so its tokens are dead")
    app.room()
    code = app.code(verifier=verifier)
    wrong = app.token(app.redeeming(code, app.verifier()))
    refuses(probe, wrong, "invalid_grant", "the verifier is another", must=SAFETY)
    burnt = app.token(app.redeeming(code, verifier))
    refuses(probe, burnt, "invalid_grant", "a wrong verifier has used the code up")


def is_guessed_by_nobody(probe: Probe, secret: str, what: str) -> None:
    """At most so many bits fit into its length."""
    bits = most_bits(secret)
    said = f"{what} has {bits:.0f} bits at most, so it can be guessed."
    probe.expect(bits >= _BITS, said, by=NOT_TO_BE_GUESSED, at=probe.last, kind="guessed", parameter=what, seen="")


def _authenticates(probe: Probe, app: App) -> None:
    """Without its secret, and with one that is almost it, a client isn't itself; with it, by Basic as well."""
    secret, verifier = app.client.secret or "", app.verifier()
    wrong: list[tuple[str, str | None]] = [("another secret", NOTHING), ("no secret", None), ("an empty one", "")]
    wrong += [("the beginning of the secret", secret[:-1]), ("the secret and more", f"{secret}x")]
    wrong.append(("the secret in the other case", secret.swapcase()))
    for why, tried in wrong:
        if tried == secret:
            continue
        app.room()
        fields = app.redeeming(app.code(verifier=verifier), verifier, client_id=app.client.client_id)
        answer = app.token(fields if tried is None else {**fields, "client_secret": tried})
        refuses(probe, answer, "invalid_client", f"it has {why}", status=401, must=CODE_IS_FOR_ITS_CLIENT_AND_URI)
    app.room()
    basic = app.token(app.redeeming(app.code(verifier=verifier), verifier), basic=True)
    said = f"{told(basic)} to a client that authenticates by HTTP Basic."
    probe.expect(basic.ok, said, by=BASIC_IS_SUPPORTED, at=basic, kind="basic")
    none = app.token(app.redeeming(NOTHING, verifier), basic=NOTHING)
    challenged = none.status == 401 and none.header("WWW-Authenticate") is not None
    said = f"{told(none)} to a wrong secret by HTTP Basic; that is 401 with WWW-Authenticate."
    probe.expect(challenged, said, by=BASIC_IS_REFUSED_WITH_401, at=none, kind="basic refused")


def is_tokens(probe: Probe, answer: Exchange, why: str) -> None:
    said = f"{told(answer)}; {why}, so it gives tokens."
    probe.expect(answer.ok, said, by=_PKCE, at=answer, kind="tokens")


LAWS: tuple[Law, ...] = (
    forms_are_taken_as_the_contract_has_them,
    a_code_is_for_whom_it_was_made,
    a_code_works_once,
)
