"""OAUTH, authorize: nobody is sent anywhere but to a registered address, and a person is asked."""

from urllib.parse import quote, urlencode, urlsplit

from hypothesis import strategies as st

from smartcal_api.conformance.app import AUTHORIZE, App, apps, back, of, some_app
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.probe import Probe

_MARK = "<zq"
"""Markup that no page may have repeated as it was."""
_MALFORMED = ('"', "\\", "é", "\r\nX-Injected: 1", "\0", f'">{_MARK}>', " ", "\udcff", "x" * 8192)
_NOWHERE = ("", "javascript:alert(1)", "//evil.example/", f"data:text/html,{_MARK}>", "https://evil.example/callback")
_LOOPBACK = ("127.0.0.1", "::1")


@law(
    "OAUTH 1",
    "An unknown client, an unknown or malformed redirect URI: a page that leads nowhere and repeats nothing.",
    over=of(AUTHORIZE),
    needs=(Capability.CLIENT,),
    requests=22,
    worth=64,
)
def nobody_is_sent_to_where_nobody_registered(probe: Probe) -> None:
    app = some_app(probe)
    wrong: list[tuple[str, str | None]] = [("redirect_uri", app.redirect_uri + each) for each in _MALFORMED]
    wrong += [("redirect_uri", each) for each in (*_NOWHERE, None)]
    wrong += [("client_id", each) for each in ("no_such_client", f'">{_MARK}>', "é", "\0", "", None)]
    for name, value in wrong if probe.full else probe.rng.sample(wrong, 6):
        asked = app.asking(**{name: value})
        query = urlencode(asked, quote_via=quote, errors="surrogateescape")
        _stays(probe, app.authorize(query), f"the {name} is none that is registered")


@law(
    "OAUTH 2",
    "A redirect URI is a registered one byte for byte; the port of a loopback address alone is free.",
    over=of(AUTHORIZE),
    needs=(Capability.CLIENT,),
    requests=32,
    worth=63,
)
def redirect_uris_match_byte_for_byte(probe: Probe) -> None:
    app = some_app(probe)
    near = _near(app, probe)
    for uri in near if probe.full else probe.rng.sample(near, 5):
        _stays(probe, app.authorize(app.asking(redirect_uri=uri)), f"{uri} is registered nowhere")
    for uri in app.client.redirect_uris:
        parts = urlsplit(uri)
        if parts.scheme == "http" and parts.hostname in _LOOPBACK and parts.port is None:
            port = probe.rng.randint(1024, 65535)
            asked = uri.replace(parts.netloc, f"{parts.netloc}:{port}", 1)
            answer = app.authorize(app.asking(redirect_uri=asked, response_type="no_such_type"))
            probe.expect(
                back(answer).location.startswith(f"{asked}?"),
                f"{answer} leads to {back(answer).location!r}; {asked} is {uri} with a port of its own.",
                kind="port",
            )


@law(
    "OAUTH 3",
    "Any other error goes back to the app: the error, the state as it was, and who says so.",
    over=of(AUTHORIZE),
    needs=(Capability.CLIENT,),
    requests=10,
    worth=62,
)
def errors_go_back_to_the_app(probe: Probe) -> None:
    issuer = probe.call("getAuthorizationServerMetadata").json["issuer"]
    for app in apps(probe) if probe.full else apps(probe)[:1]:
        wrong: list[tuple[dict[str, str | None], str]] = [
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"response_type": None}, "invalid_request"),
            ({"scope": "no_such_scope"}, "invalid_scope"),
            ({"scope": f"{next(iter(probe.contract.scopes))} no_such_scope"}, "invalid_scope"),
            ({"code_challenge_method": "plain"}, "invalid_request"),
        ]
        for changed, error in wrong:
            state = app.verifier(20)
            answer = app.authorize(app.asking(state=state, **changed))
            _goes_back(probe, app, answer, error, state)
            said = back(answer).one("iss")
            probe.expect(said == issuer, f"{answer} says iss={said!r}; the issuer is {issuer}.", kind="iss")


@law(
    "OAUTH 4",
    "A parameter that stands twice is refused, an unknown one ignored, and the state goes back byte for byte.",
    over=of(AUTHORIZE),
    needs=(Capability.CLIENT, Capability.WRITES),
    requests=32,
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
        if parameter.name in ("client_id", "redirect_uri"):
            _stays(probe, answer, f"{parameter.name} stands twice")
        else:
            _goes_back(probe, app, answer, "invalid_request", None if parameter.name == "state" else "once")
    unknown = app.authorize([*app.asking(), ("no_such_parameter", "1"), ("no_such_parameter", "2")])
    taken = unknown.status == 200 or back(unknown).one("code") is not None
    probe.expect(taken, f"{unknown}; an unknown parameter is to be ignored.", kind="unknown")
    absent = app.authorize(app.asking(response_type="token"))
    probe.expect("state" not in back(absent).values, f"{absent} has a state; none was sent.", kind="state made up")

    def check(state: str) -> None:
        answer = app.authorize(app.asking(response_type="token", state=state))
        _goes_back(probe, app, answer, "unsupported_response_type", state)

    probe.for_any(_states(), check, examples=15)
    app.room()
    state = probe.rng.choice(_STATES)
    allowed = app.answer(app.asking(state=state))
    probe.expect(
        back(allowed).one("state") == state,
        f"{allowed} has the state {back(allowed).one('state')!r} beside its code; {state!r} was sent.",
        kind="state",
    )


@law(
    "OAUTH 5",
    "A challenge is S256 and whole, and a public client sends one.",
    clause="/components/schemas/CodeChallenge",
    over=of(AUTHORIZE),
    needs=(Capability.CLIENT,),
    requests=14,
    worth=62,
)
def challenges_are_s256_and_whole(probe: Probe) -> None:
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
            _goes_back(probe, app, app.authorize(app.asking(state="s", **changed)), "invalid_request", "s")


def _stays(probe: Probe, answer: Exchange, why: str) -> None:
    """No redirect, no repeated markup, no failure; a URL that is too long may be refused as one."""
    probe.show(answer)
    at = f"{answer.method} {answer.path} → {answer.status}"
    probe.expect(answer.header("Location") is None, f"{at} leads to {answer.header('Location')}; {why}.", kind="led")
    too_long = len(answer.target) > probe.contract.policy.request_limits.url_bytes and answer.status == 414
    probe.expect(answer.status == 400 or too_long, f"{at}; {why}, so a page of 400.", kind="status")
    probe.expect(_MARK.encode() not in answer.body, f"{at} repeats markup of its request; {why}.", kind="markup")
    probe.expect(answer.header("X-Injected") is None, f"{at} has a header of its request; {why}.", kind="injected")


def _goes_back(probe: Probe, app: App, answer: Exchange, error: str, state: str | None) -> None:
    probe.show(answer)
    led = back(answer)
    joint = "&" if "?" in app.redirect_uri else "?"
    probe.expect(
        led.status in (302, 303) and led.location.startswith(app.redirect_uri + joint),
        f"{answer}; the error {error} is to go back to {app.redirect_uri}.",
        kind="where",
    )
    probe.expect(
        led.one("error") == error and "code" not in led.values,
        f"{answer} says error={led.one('error')!r}; {error} is what is wrong.",
        kind="error",
    )
    given = led.one("state")
    probe.expect(given == state, f"{answer} has the state {given!r}; {state!r} was sent.", kind="state")


def _near(app: App, probe: Probe) -> list[str]:
    """URIs that are almost registered."""
    found = []
    for uri in app.client.redirect_uris[: 2 if probe.full else 1]:
        parts = urlsplit(uri)
        host, path = parts.netloc, parts.path or "/"
        rest = uri.partition(host)[2]
        found += [f"{uri}/", f"{uri}?x=1", f"{uri}#x", f"{uri}x", uri[:-1], f"{uri}%20", f"{uri}/../x"]
        found += [f"{parts.scheme}://{host}.evil.example{rest}", f"{parts.scheme}://evil.example{rest}"]
        found += [f"{parts.scheme}://user@{host}{rest}", f"{parts.scheme}://{host}@evil.example{rest}"]
        found.append(f"{parts.scheme}://{host}/{path[1:2].upper()}{path[2:]}")
        found.append(f"{parts.scheme}://{host}/%{ord(path[1:2] or 'x'):02x}{path[2:]}")
        found.append(f"{'http' if parts.scheme == 'https' else 'https'}://{host}{rest}")
        found.append(f"{parts.scheme}://{host}:1x{rest}")
    return [each for each in dict.fromkeys(found) if each not in app.client.redirect_uris]


def _states() -> st.SearchStrategy[str]:
    some = st.text(st.characters(codec="utf-8", min_codepoint=1), min_size=1, max_size=40)
    return st.one_of(st.sampled_from(_STATES), some)


_STATES = ("a b", "a+b", "%20", "a&code=x", "#", "é 🗓️", '"><x>', "a\r\nb", "=", "'", "\\", "n4Vq8sT2kXw0")
LAWS: tuple[Law, ...] = (
    nobody_is_sent_to_where_nobody_registered,
    redirect_uris_match_byte_for_byte,
    errors_go_back_to_the_app,
    parameters_are_read_once_and_the_state_not_at_all,
    challenges_are_s256_and_whole,
)
