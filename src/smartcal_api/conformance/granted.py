"""Access tokens that clients of the target are granted, one for each set of scopes, and for as long as they live."""

from collections.abc import Iterable, Iterator

from smartcal_api.conformance.app import some_app
from smartcal_api.conformance.credential import Credential, Grant
from smartcal_api.conformance.findings import Inconclusive, NotVerified
from smartcal_api.conformance.probe import Probe

_LIFE = 300.0
"""Seconds that a token lives which doesn't say how long."""


def granted(probe: Probe, scopes: frozenset[str]) -> Credential | None:
    """A token of exactly these scopes; None where no client is granted one without anything typed in."""
    grants = probe.session.grants
    found = grants.get(scopes)
    if scopes not in grants or (found is not None and found.until < probe.session.pacing.moment()):
        found = grants[scopes] = _grant(probe, scopes)
    return found.token if found else None


def granted_lacking(probe: Probe, scopes: frozenset[str]) -> Iterator[Credential]:
    """Tokens that don't satisfy the scopes: of every single scope of which that is so, `quick` of one."""
    names = sorted(probe.contract.scopes)
    lacking = [name for name in names if not scopes <= probe.session.satisfied(_named((name,)))]
    for name in lacking if probe.full else probe.rng.sample(lacking, min(1, len(lacking))):
        token = granted(probe, frozenset({name}))
        if token is not None and not scopes <= probe.session.satisfied(token):
            yield token


def _grant(probe: Probe, scopes: frozenset[str]) -> Grant | None:
    if not probe.target.clients or not probe.target.writable:
        return None
    began = probe.session.pacing.moment()
    asked = " ".join(sorted(scopes))
    try:
        app = some_app(probe)
        tokens = app.tokens(asked)
        token = app.bearer({"scope": asked, **tokens})
    except (Inconclusive, NotVerified):
        return None
    if token.scopes != scopes:
        return None
    life = tokens.get("expires_in")
    return Grant(token, began + (life if isinstance(life, int) else _LIFE) / 2)  # half of it: some are long under way


def _named(scopes: Iterable[str]) -> Credential:
    return Credential("", "", frozenset(scopes))
