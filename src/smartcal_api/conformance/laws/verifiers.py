"""OAUTH 10: proof key for code exchange, at the token endpoint."""

from hypothesis import strategies as st

from smartcal_api.conformance.app import TOKEN, VERIFIER, App, apps, of, some_app
from smartcal_api.conformance.basis import SAFETY, Ground
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Inconclusive
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.laws.granting import is_tokens
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.refusal import refuses

_FORM = "/components/schemas/CodeVerifier"


@law(
    "OAUTH 10",
    "A verifier has 43 to 128 characters of its alphabet, fits its challenge, and comes with one.",
    over=of(TOKEN),
    needs=(Capability.CLIENT, Capability.WRITES),
    requests=72,
    worth=58,
)
def a_verifier_fits_its_challenge(probe: Probe) -> None:
    app = apps(probe)[-1]

    def works(verifier: str) -> None:
        app.room()
        is_tokens(probe, _redeem(app, verifier, verifier), f"a verifier of {len(verifier)} characters")

    probe.for_any(st.text(VERIFIER, min_size=43, max_size=128), works, examples=6)
    for length in (43, 128):
        works(app.verifier(length))
    good = app.verifier(43)
    # One that isn't that of the challenge is never taken; one of another form that is, is for the contract.
    wrong: list[tuple[str, str, str | None, Ground | str]] = [
        ("it is too short", good[:-1], good[:-1], _FORM),
        ("it is too long", good * 3, good * 3, _FORM),
        ("it has a character of another alphabet", f"{good}+", f"{good}+", _FORM),
        ("it has a blank", f"{good} ", f"{good} ", _FORM),
        ("it has a letter of another alphabet", f"{good}é", f"{good}é", _FORM),
        ("it is missing", good, None, SAFETY),
        ("it is empty", good, "", SAFETY),
        ("it is in the other case", good, good.swapcase(), SAFETY),
        ("it has one character more", good, f"{good}x", SAFETY),
        ("it is the challenge", good, dict(app.asking(verifier=good))["code_challenge"], SAFETY),
    ]
    for why, asked, sent, must in wrong if probe.full else [probe.rng.choice(wrong[:5]), *wrong[5:]]:
        app.room()
        refuses(probe, _redeem(app, asked, sent), "invalid_grant", f"the verifier: {why}", must=must)
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


LAWS: tuple[Law, ...] = (a_verifier_fits_its_challenge,)
