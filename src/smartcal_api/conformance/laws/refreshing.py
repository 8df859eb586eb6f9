"""OAUTH, token and revoke: a refresh token works once, scope only narrows, and what is revoked is dead."""

from typing import Any

from smartcal_api.conformance.app import NOTHING, REVOKE, TOKEN, App, of, other_app, some_app
from smartcal_api.conformance.basis import SAFETY, Ground
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.credential import satisfied
from smartcal_api.conformance.findings import Inconclusive, NotVerified
from smartcal_api.conformance.law import Law, law, secured
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.refusal import refuses, told
from smartcal_api.conformance.standards import (
    REFRESH_ASKS_FOR_THE_SECRET,
    REFRESH_TOKEN_IS_FOR_ITS_CLIENT,
    REFRESH_WIDENS_NOTHING,
)
from smartcal_api.contract import Operation

_TOKENS = "/components/schemas/TokenResponse"


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
    by = f"{probe.operation.pointer}/responses"
    first = app.tokens()
    if not _can_be_refreshed(probe, first):
        return
    other = other_app(probe, app)
    if other is not None:
        other.room(2)
        foreign = other.refresh(first["refresh_token"])
        why = "the token is another client's"
        refuses(probe, foreign, "invalid_grant", why, must=REFRESH_TOKEN_IS_FOR_ITS_CLIENT)
    if not app.public:
        fields = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        for why, secret in (("another secret", {"client_secret": NOTHING}), ("no secret", dict[str, str]())):
            nobody = app.token({**fields, "client_id": app.client.client_id, **secret})
            must = REFRESH_ASKS_FOR_THE_SECRET
            refuses(probe, nobody, "invalid_client", f"the client has {why}", status=401, must=must)
    refuses(probe, app.refresh(first["access_token"]), "invalid_grant", "an access token refreshes nothing")
    crossed = app.alive({**first, "access_token": first["refresh_token"]})
    probe.expect(not crossed, "a refresh token is taken as an access token.", by=by, kind="crossed")
    answer = app.refresh(first["refresh_token"])
    if not probe.expect(answer.ok, f"{told(answer)}; the token is new.", by=by, at=answer, kind="refreshed"):
        return
    second = answer.object
    for name in ("access_token", "refresh_token"):
        said = f"{answer} gave the same {name} again, or none."
        new = second.get(name) not in (first[name], None)
        probe.expect(new, said, by=by, at=answer, kind="rotated", parameter=name)
    said = f"{answer} granted {second.get('scope')!r}; {first.get('scope')!r} was granted before."
    same = set(str(second.get("scope")).split()) == set(str(first.get("scope")).split())
    probe.expect(same, said, by=by, at=answer, kind="scope")
    probe.expect(app.alive(second), f"the access token of {answer} is refused.", by=by, at=answer, kind="lives")
    third = app.refresh(second.get("refresh_token") or first["refresh_token"])
    if not probe.expect(third.ok, f"{told(third)}; the token is new.", by=by, at=third, kind="refreshed"):
        return
    refuses(probe, app.refresh(first["refresh_token"]), "invalid_grant", "the token was used before")
    why = "a refresh token of its family was used twice"
    if "refresh_token" in third.object:
        refuses(probe, app.refresh(third.object["refresh_token"]), "invalid_grant", why)
    probe.expect(not app.alive(third.object), f"an access token lives; {why}.", by=by, kind="family")
    at_once = app.posting(TOKEN, {"grant_type": "refresh_token", "refresh_token": app.tokens()["refresh_token"]})
    app.room(8)
    given = [each for each in probe.together([at_once] * 8) if each.ok]
    said = f"one refresh token gave tokens {len(given)} times, at once."
    probe.expect(len(given) <= 1, said, by=by, at=given[:2], kind="at once", seen="")


@law(
    "OAUTH 12",
    "What is granted is what was asked for; a refresh narrows it, for the token that it gives, and never widens it.",
    over=of(TOKEN),
    needs=(Capability.CLIENT, Capability.WRITES),
    requests=78,
    worth=68,
)
def scope_only_narrows(probe: Probe) -> None:
    """What is asked for is named: what comes of an app that names nothing is for the server to say."""
    app = some_app(probe)
    app.room()
    implies = dict(probe.contract.policy.scope_implies)
    wanted = [scope for scope in probe.contract.scopes if not implies.get(scope)]
    granted = _granted(app.tokens(" ".join(wanted)), wanted)
    plain = [scope for scope in wanted if scope in granted]
    if len(plain) < 2:
        probe.give_up(f"the client was granted {' '.join(granted)!r}, of which no two can be told apart")
    for scope in plain if probe.full else probe.rng.sample(plain, 1):
        kept = [each for each in plain if each != scope]
        app.room(12)
        whole, less = app.tokens(" ".join(plain)), app.tokens(" ".join(kept))
        _grants(probe, app, whole, plain, f"scope={' '.join(plain)!r} was asked for and allowed")
        _grants(probe, app, less, kept, f"scope={' '.join(kept)!r} was asked for and allowed")
        if not _can_be_refreshed(probe, whole):
            continue
        by = f"{probe.operation.pointer}/responses"
        plainly = app.refresh(less["refresh_token"])
        if plainly.ok:
            _grants(probe, app, plainly.object, kept, f"a grant of {' '.join(kept)!r} was refreshed")
            less = {**less, **plainly.object}
        answer = app.refresh(whole["refresh_token"], " ".join(kept))
        said = f"{told(answer)}; less scope is to be had."
        if probe.expect(answer.ok, said, by=by, at=answer, kind="narrows"):
            _grants(probe, app, answer.object, kept, f"a refresh narrowed it to {' '.join(kept)!r}")
        wider = app.refresh(less["refresh_token"], " ".join(plain))
        if wider.ok and set(_granted(wider.object, plain)) <= set(kept):
            said = f"{wider} to a refresh that asked for more scope than was granted, which it wasn't given."
            probe.expect(False, said, by=by, at=wider, kind="ignored")
            continue
        why = f"{scope} was not granted"
        refuses(probe, wider, "invalid_scope", why, must=REFRESH_WIDENS_NOTHING)


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
    by = f"{probe.operation.pointer}/responses"
    unknown = app.post(REVOKE, {"token": NOTHING})
    said = f"{unknown}; a token that nobody knows is 200."
    if not probe.expect(unknown.status == 200, said, by=by, at=unknown, kind="unknown") and unknown.status in _NOWHERE:
        return
    tokens = app.tokens()
    refreshable = "refresh_token" in tokens
    other = other_app(probe, app)
    if other is not None:
        other.room(2)
        for name in ("access_token", "refresh_token") if refreshable else ("access_token",):
            foreign = other.post(REVOKE, {"token": tokens[name]})
            said = f"{foreign}; the token is another client's."
            probe.expect(foreign.status == 400, said, by=by, at=foreign, kind="foreign", parameter=name)
        said = "another client has revoked the access token."
        probe.expect(app.alive(tokens), said, by=SAFETY, at=foreign, kind="foreign", seen="")
    if not app.public:
        nobody = app.post(REVOKE, {"token": tokens["access_token"], "client_id": app.client.client_id})
        refuses(probe, nobody, "invalid_client", "the secret is left out", status=401)
    for hint in ({"token_type_hint": "refresh_token"}, {}):
        tokens = app.tokens()
        ended = app.post(REVOKE, {"token": tokens["access_token"], **hint})
        probe.expect(ended.status == 200, f"{ended}; the client's own token.", by=by, at=ended, kind="access")
        said = "the access token was revoked, and lives."
        probe.expect(not app.alive(tokens), said, by=_done(ended, by), at=ended, kind="access lives", seen="")
        if not refreshable:
            continue
        tokens = app.tokens()
        ended = app.post(REVOKE, {"token": tokens["refresh_token"]})
        probe.expect(ended.status == 200, f"{ended}; the client's own token.", by=by, at=ended, kind="refresh")
        again = app.refresh(tokens["refresh_token"])
        refuses(probe, again, "invalid_grant", "the token was revoked", must=_done(ended, by))


def _done(ended: Any, by: str) -> Ground | str:
    """What was acknowledged must be so."""
    return SAFETY if ended.ok else by


def _can_be_refreshed(probe: Probe, tokens: dict[str, Any]) -> bool:
    """A refresh token is optional, by the standard."""
    there = isinstance(tokens.get("refresh_token"), str)
    said = f"{probe.last.operation} gave no refresh_token."
    return probe.expect(there, said, by=_TOKENS, kind="no refresh token", cause="no refresh tokens are given", seen="")


def _granted(tokens: dict[str, Any], asked: list[str]) -> list[str]:
    """What was granted is what was asked for, unless the answer says otherwise."""
    stated = tokens.get("scope")
    return stated.split() if isinstance(stated, str) else asked


def _grants(probe: Probe, app: App, tokens: dict[str, Any], scopes: list[str], why: str) -> None:
    """What the token says that it has it has, for an operation of every scope, and nothing else."""
    said = sorted(_granted(tokens, scopes))
    told_ = f"{probe.last} granted {' '.join(said)}; {why}."
    probe.expect(said == sorted(scopes), told_, by=_TOKENS, kind="said", seen="")
    held = satisfied(frozenset(said), dict(probe.contract.policy.scope_implies))
    bearer = app.bearer({**tokens, "scope": " ".join(said)})
    for operation in _one_of_each(probe):
        due = operation.scopes <= held
        # What is to be refused is tried on something real, since who is let in finds nothing by an id that isn't.
        named = _real(probe, operation) if not due else NOTHING
        answer = probe.call(operation, path=dict.fromkeys(operation.path_names, named), credential=bearer)
        by = f"{operation.pointer}/security"
        wanted = " ".join(sorted(operation.scopes))
        message = f"{answer} with a token of {' '.join(said)}; it {'has' if due else 'has not'} {wanted}."
        if due:
            let_in = answer.status not in (401, 403)
            probe.expect(let_in, message, by=by, at=answer, kind="has", parameter=wanted)
            continue
        probe.expect(not answer.ok, message, by=by, at=answer, kind="has not", parameter=wanted)
        forbidden = "/components/responses/Forbidden"
        probe.expect(answer.status == 403, message, by=forbidden, at=answer, kind="status", parameter=wanted)


def _real(probe: Probe, operation: Operation) -> str:
    """An id that the operation would act on, where one is known."""
    try:
        return probe.spare() if operation.path.endswith("/cancel") else probe.an_id(operation)
    except (Inconclusive, NotVerified):
        return NOTHING


def _one_of_each(probe: Probe) -> list[Operation]:
    """An operation of each set of scopes, one that changes nothing whoever is let in: a list, where there is one."""
    found: dict[frozenset[str], Operation] = {}
    for each in sorted(secured(probe.contract), key=lambda each: (len(each.path_names), each.listing is None)):
        if each.method == "GET" or each.path_names:
            found.setdefault(each.scopes, each)
    return list(found.values())


_NOWHERE = (404, 405, 501)
LAWS: tuple[Law, ...] = (a_refresh_token_works_once, scope_only_narrows, what_is_revoked_is_dead)
