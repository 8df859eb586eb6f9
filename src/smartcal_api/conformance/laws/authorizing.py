"""OAUTH, authorize: what is wrong goes back to the app that asked, and so does its state."""

from hypothesis import strategies as st

from smartcal_api.conformance.app import AUTHORIZE, App, apps, back, leads_to, of, some_app
from smartcal_api.conformance.basis import Ground
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.standards import (
    STATE_COMES_BACK_WITH_A_CODE,
    STATE_COMES_BACK_WITH_AN_ERROR,
    UNKNOWN_PARAMETERS_ARE_IGNORED,
    UNKNOWN_RESPONSE_TYPE_IS_AN_ERROR,
)

_BACK = "/components/responses/BackToApp"


@law(
    "OAUTH 3",
    "Any other error goes back to the app: the error, the state as it was, and who says so.",
    over=of(AUTHORIZE),
    needs=(Capability.CLIENT,),
    requests=10,
    worth=62,
)
def errors_go_back_to_the_app(probe: Probe) -> None:
    issuer = probe.call("getAuthorizationServerMetadata").problem.get("issuer")
    for app in apps(probe) if probe.full else apps(probe)[:1]:
        wrong: list[tuple[dict[str, str | None], str, Ground | str]] = [
            ({"response_type": "token"}, "unsupported_response_type", UNKNOWN_RESPONSE_TYPE_IS_AN_ERROR),
            ({"response_type": None}, "invalid_request", UNKNOWN_RESPONSE_TYPE_IS_AN_ERROR),
            ({"scope": "no_such_scope"}, "invalid_scope", _BACK),
            ({"scope": f"{next(iter(probe.contract.scopes))} no_such_scope"}, "invalid_scope", _BACK),
            ({"code_challenge_method": "plain"}, "invalid_request", _BACK),
        ]
        for changed, error, by in wrong:
            state = app.verifier(20)
            answer = app.authorize(app.asking(state=state, **changed))
            if not _goes_back(probe, app, answer, error, state, by):
                continue
            said = back(answer).one("iss")
            told = f"{answer} says iss={said!r}; the issuer is {issuer}."
            cause = "answers of authorize don't say who gives them (iss)" if said is None else ""
            probe.expect(said is not None and said == issuer, told, by=_BACK, at=answer, kind="iss", cause=cause)


@law(
    "OAUTH 4",
    "A parameter that stands twice is refused, an unknown one ignored, and the state goes back byte for byte.",
    over=of(AUTHORIZE),
    needs=(Capability.CLIENT, Capability.WRITES),
    requests=33,
    worth=61,
)
def parameters_are_read_once_and_the_state_not_at_all(probe: Probe) -> None:
    app = some_app(probe)
    for parameter in probe.operation.parameters:
        if parameter.location != "query":
            continue
        asked = app.asking(scope=next(iter(probe.contract.scopes)), state="once")
        value = dict(asked)[parameter.name]
        answer = app.authorize([*asked, (parameter.name, value)])
        # That nobody may send one twice binds the app.
        led = back(answer)
        refused = led.one("code") is None and (answer.status >= 400 or led.one("error") == "invalid_request")
        said = f"{answer}; {parameter.name} stands twice, so it is refused."
        probe.expect(refused, said, by=_BACK, at=answer, kind="twice", parameter=parameter.name)
    unknown = app.authorize([*app.asking(), ("no_such_parameter", "1"), ("no_such_parameter", "2")])
    taken = unknown.ok or back(unknown).one("code") is not None
    said = f"{unknown}; an unknown parameter is to be ignored."
    known = app.authorize(app.asking())
    alone = not (known.ok or back(known).one("code") is not None)
    probe.expect(taken or alone, said, by=UNKNOWN_PARAMETERS_ARE_IGNORED, at=unknown, kind="unknown")
    absent = app.authorize(app.asking(response_type="token"))
    said = f"{absent} has a state; none was sent."
    probe.expect("state" not in back(absent).values, said, by=_BACK, at=absent, kind="state made up")

    def check(state: str) -> None:
        answer = app.authorize(app.asking(response_type="token", state=state))
        _has_state(probe, answer, state, STATE_COMES_BACK_WITH_AN_ERROR)

    check(_LONG)
    probe.for_any(_states(), check, examples=15)
    app.room()
    state = probe.rng.choice(_STATES)
    _has_state(probe, app.answer(app.asking(state=state)), state, STATE_COMES_BACK_WITH_A_CODE)


@law(
    "OAUTH 5",
    "A challenge is S256 and whole, and a public client sends one.",
    over=of(AUTHORIZE),
    needs=(Capability.CLIENT,),
    requests=14,
    worth=62,
)
def challenges_are_s256_and_whole(probe: Probe) -> None:
    by = "/components/schemas/CodeChallenge"
    for app in apps(probe):
        whole = dict(app.asking())["code_challenge"]
        wrong: list[dict[str, str | None]] = [
            {"code_challenge_method": "plain"},
            {"code_challenge_method": "s256"},
            {"code_challenge_method": None},
            {"code_challenge": whole[:-1]},
            {"code_challenge": f"{whole}="},
            {"code_challenge": f"+{whole[1:]}"},
            {"code_challenge": None},
        ]
        if app.public:
            wrong.append({"code_challenge": None, "code_challenge_method": None})
        for changed in wrong if probe.full else wrong[-2:]:
            answer = app.authorize(app.asking(state="s", **changed))
            _goes_back(probe, app, answer, "invalid_request", "s", by, about=" ".join(changed))


def _goes_back(
    probe: Probe, app: App, answer: Exchange, error: str, state: str, by: Ground | str, about: str = ""
) -> bool:
    """Whether an error leads back. That it must is said where a standard says so, which error it is by the contract."""
    led = back(answer)
    where = leads_to(led.location, app.redirect_uri) and "error" in led.values
    said = f"{answer}; the error {error} is to go back to {app.redirect_uri}."
    parameter = about or error
    # A page can mean that somebody has to come in before anything is looked at.
    ground = _BACK if answer.ok else by
    refused = where or answer.status >= 400
    probe.expect(refused, said, by=ground, at=answer, kind="taken", parameter=parameter)
    if not probe.expect(where, said, by=_BACK, at=answer, kind="where", parameter=parameter):
        return False
    said = f"{answer} says error={led.one('error')!r}; {error} is what is wrong."
    same = led.one("error") == error and "code" not in led.values
    probe.expect(same, said, by=_BACK, at=answer, kind="error", parameter=parameter)
    _has_state(probe, answer, state, STATE_COMES_BACK_WITH_AN_ERROR)
    return True


def _has_state(probe: Probe, answer: Exchange, state: str, by: Ground) -> None:
    """Printable ASCII is what the standard knows as a state; what else is one is for the contract."""
    led = back(answer)
    if not led.location:
        return
    plain = all(" " <= character <= "~" for character in state)
    given = led.one("state")
    said = f"{answer} has the state {given!r}; {state!r} was sent."
    seen = "absent" if given is None else "other"
    probe.expect(given == state, said, by=by if plain else _BACK, at=answer, kind="state", seen=seen)


def _states() -> st.SearchStrategy[str]:
    some = st.text(st.characters(codec="utf-8", min_codepoint=1), min_size=1, max_size=40)
    return st.one_of(st.sampled_from(_STATES), some)


_STATES = ("a b", "a+b", "%20", "a&code=x", "#", "é 🗓️", '"><x>', "a\r\nb", "=", "'", "\\", "n4Vq8sT2kXw0")
_LONG = "n4Vq8sT2kXw0" * 16
"""As long as one that holds a signature."""
LAWS: tuple[Law, ...] = (
    errors_go_back_to_the_app,
    parameters_are_read_once_and_the_state_not_at_all,
    challenges_are_s256_and_whole,
)
