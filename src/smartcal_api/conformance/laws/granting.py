"""OAUTH, token: how it is asked, and that a code is good for one client, one app, one verifier, once."""

from urllib.parse import urlencode

from hypothesis import strategies as st

from smartcal_api.conformance.app import (
    NOTHING,
    REVOKE,
    TOKEN,
    VERIFIER,
    App,
    apps,
    error,
    of,
    other_app,
    refuses,
    some_app,
)
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Inconclusive
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.probe import Probe


@law(
    "OAUTH 7",
    "Forms by POST alone, each parameter once, no secret in the query, one way of authentication; never kept.",
    over=of(TOKEN, REVOKE),
    needs=(Capability.CLIENT, Capability.WRITES),
    requests=14,
    worth=59,
)
def forms_are_taken_as_the_contract_has_them(probe: Probe) -> None:
    app, operation = some_app(probe), probe.operation
    fields = dict(app.redeeming(NOTHING, app.verifier()) if operation.id == TOKEN else {"token": NOTHING})
    whole = app.posting(operation.id, fields)
    refused = [probe.send("GET", f"{operation.path}?{urlencode(fields)}")]
    probe.expect(refused[0].status == 405, f"{refused[0]}; there is POST alone.", kind="method")
    typed = probe.send("POST", operation.path, headers=(("Content-Type", "application/json"),), body=b"{}")
    probe.expect(typed.status == 415, f"{typed} to JSON; a form alone is taken.", kind="media type")
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
            probe.show(answer)
            kept = "no-store" not in (answer.header("Cache-Control") or "")
            probe.expect(not kept, f"{answer} isn't Cache-Control: no-store.", kind="no-store")


@law(
    "OAUTH 8",
    "Who isn't the client is invalid_client; what isn't its code, as it was asked for, is invalid_grant.",
    over=of(TOKEN),
    needs=(Capability.CLIENT, Capability.WRITES),
    requests=30,
    worth=66,
)
def a_code_is_for_whom_it_was_made(probe: Probe) -> None:
    app = some_app(probe)
    app.room(12)
    fields = app.redeeming(NOTHING, app.verifier())
    unknown = app.token({**fields, "client_id": "no_such_client", "client_secret": NOTHING})
    refuses(probe, unknown, "invalid_client", "nobody knows the client", status=401)
    if not app.public:
        wrong = app.token({**fields, "client_id": app.client.client_id, "client_secret": NOTHING})
        refuses(probe, wrong, "invalid_client", "the secret is wrong", status=401)
        basic = app.token(fields, basic=True)
        refuses(probe, basic, "invalid_grant", "nobody knows the code")
        nothing = app.token([*fields.items(), ("client_id", app.client.client_id)])
        refuses(probe, nothing, "invalid_client", "the secret is left out", status=401)
    refuses(probe, app.token({**fields, "grant_type": ""}), "invalid_request", "grant_type is missing")
    refuses(probe, app.token({**fields, "grant_type": "password"}), "unsupported_grant_type", "there is none such")
    refuses(probe, app.token({**fields, "code": ""}), "invalid_request", "the code is missing")
    refuses(probe, app.token(fields), "invalid_grant", "nobody knows the code")
    verifier = app.verifier()
    other = other_app(probe, app)
    if other is not None:
        other.room(2)
        foreign = other.token(other.redeeming(app.code(verifier=verifier), verifier, redirect_uri=app.redirect_uri))
        refuses(probe, foreign, "invalid_grant", "the code is another client's")
    for uri in [f"{app.redirect_uri}x", *app.client.redirect_uris[1:2]]:
        elsewhere = app.token(app.redeeming(app.code(verifier=verifier), verifier, redirect_uri=uri))
        refuses(probe, elsewhere, "invalid_grant", f"the code was asked for with {app.redirect_uri}")


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
    app.room(count + 4)
    sending = app.posting(TOKEN, app.redeeming(app.code(verifier=verifier), verifier))
    answers = [each for each in probe.together([sending] * count) if each.status != 429]
    winners = [each for each in answers if each.status == 200]
    probe.expect(len(winners) <= 1, f"one code gave tokens {len(winners)} times, at once.", kind="at once")
    others = {error(each) for each in answers if each.status != 200}
    probe.expect(others <= {"invalid_grant"}, f"the others got {others}; that is to be invalid_grant.", kind="others")
    if not winners:
        probe.give_up(f"of {count} requests at once none was given tokens")
    probe.expect(not app.alive(winners[0].json), "its tokens live, though the code was used again.", kind="died")
    app.room()
    code = app.code(verifier=verifier)
    first = app.token(app.redeeming(code, verifier))
    _is_tokens(probe, first, "the code is new")
    probe.expect(app.alive(first.json), "its access token is refused; the code was used once.", kind="lives")
    again = app.token(app.redeeming(code, verifier))
    refuses(probe, again, "invalid_grant", "the code was used before")
    probe.expect(not app.alive(first.json), "its access token lives; the code was used again.", kind="died")
    refreshed = app.refresh(first.json["refresh_token"])
    refuses(probe, refreshed, "invalid_grant", "the code was used again, so its tokens are dead")
    app.room()
    code = app.code(verifier=verifier)
    wrong = app.token(app.redeeming(code, app.verifier()))
    refuses(probe, wrong, "invalid_grant", "the verifier is another")
    burnt = app.token(app.redeeming(code, verifier))
    refuses(probe, burnt, "invalid_grant", "a wrong verifier has used the code up")


@law(
    "OAUTH 10",
    "A verifier has 43 to 128 characters of its alphabet, fits its challenge, and comes with one.",
    clause="/components/schemas/CodeVerifier",
    over=of(TOKEN),
    needs=(Capability.CLIENT, Capability.WRITES),
    requests=72,
    worth=58,
)
def a_verifier_fits_its_challenge(probe: Probe) -> None:
    app = apps(probe)[-1]

    def works(verifier: str) -> None:
        app.room()
        _is_tokens(probe, _redeem(app, verifier, verifier), f"a verifier of {len(verifier)} characters")

    probe.for_any(st.text(VERIFIER, min_size=43, max_size=128), works, examples=6)
    for length in (43, 128):
        works(app.verifier(length))
    good = app.verifier(43)
    wrong: list[tuple[str, str | None]] = [(each, each) for each in (good[:-1], good * 3, f"{good}+", f"{good} ")]
    wrong += [(f"{good}é", f"{good}é"), (good, None), (good, good.swapcase()), (good, f"{good}x")]
    wrong.append((good, dict(app.asking(verifier=good))["code_challenge"]))
    for asked, sent in wrong if probe.full else probe.rng.sample(wrong, 3):
        app.room()
        answer = _redeem(app, asked, sent)
        why = "the verifier is missing" if sent is None else f"{sent!r} is no verifier of that challenge"
        refuses(probe, answer, "invalid_grant", why)
    try:
        plain = some_app(probe, confidential=True)
        plain.room()
        code = plain.code(verifier=good, code_challenge=None, code_challenge_method=None)
    except Inconclusive:
        return  # a server may demand a challenge of every client
    answer = plain.token(plain.redeeming(code, good))
    refuses(probe, answer, "invalid_grant", "the code was asked for without a challenge")


def _redeem(app: App, asked: str, sent: str | None) -> Exchange:
    return app.token(app.redeeming(app.code(verifier=asked), sent))


def _is_tokens(probe: Probe, answer: Exchange, why: str) -> None:
    probe.expect(answer.status == 200, f"{answer} with {error(answer)!r}; {why}, so it gives tokens.", kind="tokens")


LAWS: tuple[Law, ...] = (
    forms_are_taken_as_the_contract_has_them,
    a_code_is_for_whom_it_was_made,
    a_code_works_once,
    a_verifier_fits_its_challenge,
)
