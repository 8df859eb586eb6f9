"""OAUTH, token and revoke: a refresh token works once, scope only narrows, and what is revoked is dead."""

from typing import Any

from smartcal_api.conformance.app import NOTHING, REVOKE, TOKEN, App, error, of, other_app, refuses, some_app
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.credential import satisfied
from smartcal_api.conformance.law import Law, law, secured
from smartcal_api.conformance.probe import Probe
from smartcal_api.contract import Operation


@law(
    "OAUTH 11",
    "A refresh gives new tokens; a refresh token that was used before ends all that came of its grant.",
    over=of(TOKEN),
    needs=(Capability.CLIENT, Capability.WRITES),
    requests=30,
    worth=65,
)
def a_refresh_token_works_once(probe: Probe) -> None:
    app = some_app(probe)
    app.room(24)
    first = app.tokens()
    other = other_app(probe, app)
    if other is not None:
        other.room(2)
        refuses(probe, other.refresh(first["refresh_token"]), "invalid_grant", "the token is another client's")
    refuses(probe, app.refresh(first["access_token"]), "invalid_grant", "an access token refreshes nothing")
    crossed = app.alive({**first, "access_token": first["refresh_token"]})
    probe.expect(not crossed, "a refresh token is taken as an access token.", kind="crossed")
    answer = app.refresh(first["refresh_token"])
    probe.expect(answer.status == 200, f"{answer} with {error(answer)!r}; the token is new.", kind="refreshed")
    second = answer.json
    for name in ("access_token", "refresh_token"):
        probe.expect(second[name] != first[name], f"{answer} gave the same {name} again.", kind="rotated")
    same = set(second["scope"].split()) == set(first["scope"].split())
    probe.expect(same, f"{answer} granted {second['scope']!r}; {first['scope']!r} was granted before.", kind="scope")
    probe.expect(app.alive(second), f"the access token of {answer} is refused.", kind="lives")
    third = app.refresh(second["refresh_token"])
    probe.expect(third.status == 200, f"{third} with {error(third)!r}; the token is new.", kind="refreshed")
    refuses(probe, app.refresh(first["refresh_token"]), "invalid_grant", "the token was used before")
    _is_dead(probe, app, third.json, "a refresh token of its family was used twice")
    at_once = app.posting(TOKEN, {"grant_type": "refresh_token", "refresh_token": app.tokens()["refresh_token"]})
    app.room(8)
    answers = probe.together([at_once] * 8)
    given = [each for each in answers if each.status == 200]
    probe.expect(len(given) <= 1, f"one refresh token gave tokens {len(given)} times, at once.", kind="at once")


@law(
    "OAUTH 12",
    "What is granted is what was asked for; a refresh narrows it, for the token that it gives, and never widens it.",
    clause="/components/schemas/TokenRequest/properties/scope",
    over=of(TOKEN),
    needs=(Capability.CLIENT, Capability.WRITES),
    requests=45,
    worth=68,
)
def scope_only_narrows(probe: Probe) -> None:
    app = some_app(probe)
    app.room()
    allowed = app.tokens()["scope"].split()
    implies = dict(probe.contract.policy.scope_implies)
    plain = [scope for scope in allowed if not implies.get(scope)]
    if len(plain) < 2:
        probe.give_up(f"the client may have {allowed}, of which no two can be told apart")
    dropped = plain if probe.full else probe.rng.sample(plain, 1)
    for scope in dropped:
        kept = [each for each in plain if each != scope]
        app.room(10)
        granted = app.tokens(" ".join(plain))
        _grants(probe, app, granted, plain, f"scope={' '.join(plain)!r} was asked for and allowed")
        answer = app.refresh(granted["refresh_token"], " ".join(kept))
        probe.expect(answer.status == 200, f"{answer} with {error(answer)!r}; less scope is to be had.", kind="narrows")
        _grants(probe, app, answer.json, kept, f"a refresh narrowed it to {' '.join(kept)!r}")
        wider = app.refresh(app.tokens(" ".join(kept))["refresh_token"], " ".join(plain))
        refuses(probe, wider, "invalid_scope", f"{scope} was not granted")


@law(
    "OAUTH 13",
    "What is revoked is dead; what nobody knows is 200, and another client's is refused and lives.",
    over=of(REVOKE),
    needs=(Capability.CLIENT, Capability.WRITES),
    requests=24,
    worth=57,
)
def what_is_revoked_is_dead(probe: Probe) -> None:
    app = some_app(probe)
    app.room(20)
    unknown = app.post(REVOKE, {"token": NOTHING})
    probe.expect(unknown.status == 200, f"{unknown}; a token that nobody knows is 200.", kind="unknown")
    tokens = app.tokens()
    other = other_app(probe, app)
    if other is not None:
        other.room(2)
        for name in ("access_token", "refresh_token"):
            foreign = other.post(REVOKE, {"token": tokens[name]})
            probe.expect(foreign.status == 400, f"{foreign}; the token is another client's.", kind="foreign")
        probe.expect(app.alive(tokens), "another client has revoked the access token.", kind="foreign")
    if not app.public:
        nobody = app.post(REVOKE, {"token": tokens["access_token"], "client_id": app.client.client_id})
        refuses(probe, nobody, "invalid_client", "the secret is left out", status=401)
    for hint in ({"token_type_hint": "refresh_token"}, {}):
        tokens = app.tokens()
        ended = app.post(REVOKE, {"token": tokens["access_token"], **hint})
        probe.expect(ended.status == 200, f"{ended}; the client's own token.", kind="access")
        probe.expect(not app.alive(tokens), "the access token was revoked, and lives.", kind="access")
        tokens = app.tokens()
        ended = app.post(REVOKE, {"token": tokens["refresh_token"]})
        probe.expect(ended.status == 200, f"{ended}; the client's own token.", kind="refresh")
        refuses(probe, app.refresh(tokens["refresh_token"]), "invalid_grant", "the token was revoked")


def _grants(probe: Probe, app: App, tokens: dict[str, Any], scopes: list[str], why: str) -> None:
    """The token says so, and it is so, for an operation of every scope."""
    said = sorted(tokens["scope"].split())
    probe.expect(said == sorted(scopes), f"{probe.last} granted {' '.join(said)}; {why}.", kind="said")
    held = satisfied(frozenset(scopes), dict(probe.contract.policy.scope_implies))
    bearer = app.bearer(tokens)
    for operation in _one_of_each(probe):
        answer = probe.call(operation, path=dict.fromkeys(operation.path_names, "no_such_id"), credential=bearer)
        due = operation.scopes <= held
        probe.expect(
            (answer.status not in (401, 403)) if due else answer.status == 403,
            f"{answer} with a token of {' '.join(sorted(scopes))}; it {'has' if due else 'lacks'} "
            f"{' '.join(sorted(operation.scopes))}.",
            kind="has" if due else "lacks",
        )


def _one_of_each(probe: Probe) -> list[Operation]:
    """An operation of each set of scopes, one that changes nothing whoever is let in."""
    found: dict[frozenset[str], Operation] = {}
    for each in secured(probe.contract):
        if each.method == "GET" or each.path_names:
            found.setdefault(each.scopes, each)
    return list(found.values())


def _is_dead(probe: Probe, app: App, tokens: dict[str, Any], why: str) -> None:
    refuses(probe, app.refresh(tokens["refresh_token"]), "invalid_grant", why)
    probe.expect(not app.alive(tokens), f"an access token lives; {why}.", kind="family")


LAWS: tuple[Law, ...] = (a_refresh_token_works_once, scope_only_narrows, what_is_revoked_is_dead)
