"""SCOPE: what a credential may do is what the contract says of its scopes."""

from itertools import combinations

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.credential import Carrier, Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import NotVerified
from smartcal_api.conformance.law import Law, law, secured
from smartcal_api.conformance.probe import Probe

_FORBIDDEN = "/components/responses/Forbidden"


@law(
    "SCOPE 1",
    "A credential without the scope of an operation is 403, which names the scope; nothing has changed.",
    clause="/security",
    over=secured,
    requests=5,
    worth=94,
)
def too_little_scope_is_refused(probe: Probe) -> None:
    operation = probe.operation
    real = _names_a_real_one(probe)
    for credential in _granted(probe, lacking=True):
        for carrier in _carriers(credential, probe):
            path = dict.fromkeys(operation.path_names, real or "nothing")
            answer = probe.call(
                operation, path=path, body={} if operation.body else None, credential=credential, carrier=carrier
            )
            granted = " ".join(sorted(credential.scopes)) or "no scope"
            probe.expect(
                answer.status == 403,
                f"{answer} to a credential with {granted}; the operation wants {_wanted(probe)}, so that is 403.",
                clause=f"{operation.pointer}/security",
                kind="let-in",
            )
            _names_the_scope(probe, answer)


@law(
    "SCOPE 2",
    "A credential with the scope of an operation, or one that stands for it, is not refused for it.",
    clause="/security",
    over=secured,
    requests=2,
    worth=93,
)
def enough_scope_is_let_in(probe: Probe) -> None:
    operation = probe.operation
    granted = _granted(probe, lacking=False)
    if not granted:
        raise NotVerified(Capability.KEY)
    for credential in granted:
        # Nothing is to change: an id that there isn't, or a body that is refused.
        path = dict.fromkeys(operation.path_names, "nothing")
        body: object = [] if operation.body else None
        answer = probe.call(operation, path=path, body=body, credential=credential)
        probe.expect(
            answer.status not in (401, 403),
            f"{answer} to a credential with {' '.join(sorted(credential.scopes))}; that satisfies {_wanted(probe)}.",
            clause=f"{operation.pointer}/security",
            kind="kept-out",
        )


@law(
    "SCOPE 3",
    "The account says which scopes the credential was granted.",
    clause="/components/schemas/Account",
    requests=4,
    worth=35,
)
def the_account_tells_what_was_granted(probe: Probe) -> None:
    told = [
        (operation, "scopes")
        for operation in probe.contract.operations.values()
        if operation.method == "GET" and operation.collection and not operation.path_names and not operation.listing
        if "scopes" in probe.contract.schema(operation.collection).get("properties", {})
    ]
    if not told:
        probe.give_up("the contract has no operation that tells the scopes of a credential")
    for operation, member in told:
        for credential in _one_of_each(probe):
            if operation.scopes <= probe.session.satisfied(credential):
                answer = probe.call(operation, credential=credential)
                probe.expect(answer.status == 200, f"{answer} to {credential.label}.", kind="status")
                stated = answer.json.get(member)
                probe.expect(
                    sorted(stated) == sorted(credential.scopes),
                    f"{answer} says {stated}; {sorted(credential.scopes)} were granted.",
                    kind="scopes",
                )


def _granted(probe: Probe, *, lacking: bool) -> list[Credential]:
    """A credential for each set of scopes that the target has, or that a control plane can make, and that satisfies
    the operation or doesn't."""
    found = {each.scopes: each for each in _one_of_each(probe)}
    if probe.has_control and probe.full and probe.control.mints:
        names = sorted(probe.contract.scopes)
        for count in range(1, len(names) + 1):
            for scopes in map(frozenset, combinations(names, count)):
                if scopes not in found:
                    found[scopes] = probe.minted(scopes)
    fitting = [
        each for each in found.values() if (probe.operation.scopes <= probe.session.satisfied(each)) is not lacking
    ]
    if lacking and not fitting:
        raise NotVerified(Capability.LESSER_KEY)
    return fitting


def _one_of_each(probe: Probe) -> list[Credential]:
    """Of every kind and every set of scopes that keys were given for, the one that can be used the soonest."""
    by_scopes: dict[tuple[object, ...], list[Credential]] = {}
    for each in probe.credentials():
        by_scopes.setdefault((each.kind, each.scopes), []).append(each)
    return [probe.session.pacing.choose(same) for same in by_scopes.values()]


def _carriers(credential: Credential, probe: Probe) -> tuple[Carrier, ...]:
    return tuple(Carrier) if probe.full and credential.kind == "key" and probe.session.key_header else (Carrier.BEARER,)


def _names_a_real_one(probe: Probe) -> str | None:
    """An id of the account, where an operation that should refuse may be tried on it."""
    operation = probe.operation
    if not operation.path_names or (operation.method != "GET" and not probe.target.writable):
        return None
    ids = probe.ids(operation)
    return ids[0] if ids else None


def _wanted(probe: Probe) -> str:
    return " ".join(sorted(probe.operation.scopes))


def _names_the_scope(probe: Probe, answer: Exchange) -> None:
    wanted = _wanted(probe)
    challenge = answer.header("WWW-Authenticate") or ""
    probe.expect(
        'error="insufficient_scope"' in challenge and f'scope="{wanted}"' in challenge,
        f'{answer} has WWW-Authenticate {challenge!r}; it names error="insufficient_scope" and scope="{wanted}".',
        clause=_FORBIDDEN,
        kind="challenge",
    )
    named = answer.code == "insufficient_scope" and wanted in str(answer.json.get("detail", ""))
    probe.expect(
        named,
        f"{answer} has the code {answer.code!r}, and its detail is to name {wanted}.",
        clause=_FORBIDDEN,
        kind="body",
    )


LAWS: tuple[Law, ...] = (too_little_scope_is_refused, enough_scope_is_let_in, the_account_tells_what_was_granted)
