"""SCOPE: what a credential may do is what the contract says of its scopes."""

from itertools import combinations

from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.credential import Carrier, Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import NotVerified
from smartcal_api.conformance.granted import granted, granted_lacking
from smartcal_api.conformance.invalid import request_example
from smartcal_api.conformance.law import Law, keyed, law, secured
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.resources import NOTHING, a_real_one, acted, known

_FORBIDDEN = "/components/responses/Forbidden"
_ACCOUNT = "/components/schemas/Account"


@law(
    "SCOPE 1",
    "A credential without the scope of an operation is 403, which names the scope; nothing has changed.",
    over=secured,
    requests=13,
    worth=94,
)
def too_little_scope_is_refused(probe: Probe) -> None:
    operation = probe.operation
    lesser = [*_granted(probe, lacking=True), *granted_lacking(probe, probe.operation.scopes)]
    real = a_real_one(probe)
    before = known(probe, real)
    by_header = probe.rng.choice(lesser)
    for credential in lesser:
        for carrier in _carriers(credential, probe, both=probe.full or credential is by_header):
            for body in _bodies(probe):
                answer = _try(probe, real, body, credential, carrier)
                _is_refused(probe, answer, credential)
                _names_the_scope(probe, answer)
        if (operation.method == "GET" and real is not None) or (not operation.path_names and operation.method == "GET"):
            head = probe.send("HEAD", answer.target, credential=credential)
            _is_refused(probe, head, credential)
    probe.expect(
        not acted(probe, real, before),
        f"{operation.method} of {real} was refused for its scope, and it isn't what it was before.",
        by=SAFETY,
        kind="acted",
    )


@law(
    "SCOPE 2",
    "A credential with the scope of an operation, or one that stands for it, is not refused for it.",
    over=secured,
    requests=4,
    worth=93,
)
def enough_scope_is_let_in(probe: Probe) -> None:
    operation = probe.operation
    enough = _granted(probe, lacking=False)
    if not enough:
        raise NotVerified(Capability.KEY)
    token = granted(probe, operation.scopes)
    for credential in (*enough, *([token] if token else ())):
        # Nothing is to change: an id that there isn't, or a body that is refused.
        path = dict.fromkeys(operation.path_names, NOTHING)
        body: object = [] if operation.body else None
        answer = probe.call(operation, path=path, body=body, credential=credential)
        scopes = " ".join(sorted(credential.scopes))
        probe.expect(
            answer.status not in (401, 403),
            f"{answer} to a credential with {scopes}; that satisfies {_wanted(probe)}.",
            by=f"{operation.pointer}/security",
            at=answer,
            kind="kept-out",
            parameter=scopes,
        )


@law("SCOPE 3", "The account says which scopes the credential was granted.", over=keyed, requests=4, worth=35)
def the_account_tells_what_was_granted(probe: Probe) -> None:
    told = [
        (operation, "scopes")
        for operation in probe.contract.operations.values()
        if operation.method == "GET" and operation.collection and not operation.path_names and not operation.listing
        if "scopes" in probe.contract.resource(operation.collection).get("properties", {})
    ]
    if not told:
        probe.give_up("the contract has no operation that tells the scopes of a credential")
    for operation, member in told:
        for credential in _one_of_each(probe):
            if operation.scopes <= probe.session.satisfied(credential):
                answer = probe.call(operation, credential=credential)
                probe.succeeds(answer, f"that is the account of {credential.label}")
                stated = answer.object.get(member)
                same = isinstance(stated, list) and sorted(map(str, stated)) == sorted(credential.scopes)
                said = f"{answer} says {member} {stated}; {sorted(credential.scopes)} were granted."
                probe.expect(same, said, by=_ACCOUNT, at=answer, kind="scopes", cause=_UNTOLD if not stated else "")


def _try(probe: Probe, real: str | None, body: object, credential: Credential, carrier: Carrier) -> Exchange:
    """The operation as it would act if it were let in; where it may not, one that couldn't."""
    path = dict.fromkeys(probe.operation.path_names, real or NOTHING)
    return probe.call(probe.operation, path=path, body=body, credential=credential, carrier=carrier)


def _bodies(probe: Probe) -> tuple[object, ...]:
    """One that would do, and none where there need be none."""
    operation = probe.operation
    if operation.body is None:
        return (None,)
    makes = operation.method == "POST" and not operation.path_names and probe.target.writable
    body = request_example(operation, probe.contract) if makes else {}
    return (body,) if operation.body.required else (body, None)


def _is_refused(probe: Probe, answer: Exchange, credential: Credential) -> None:
    operation = probe.operation
    scopes = " ".join(sorted(credential.scopes)) or "no scope"
    said = f"{answer} to a credential with {scopes}; the operation wants {_wanted(probe)}"
    parameter = f"{answer.method} {scopes}"
    security = f"{operation.pointer}/security"
    probe.expect(not answer.ok, f"{said}.", by=security, at=answer, kind="let-in", parameter=parameter)
    told = f"{said}, so that is 403."
    probe.expect(answer.status == 403, told, by=_FORBIDDEN, at=answer, kind="status", parameter=parameter)


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


def _carriers(credential: Credential, probe: Probe, *, both: bool) -> tuple[Carrier, ...]:
    return tuple(Carrier) if both and credential.kind == "key" and probe.session.key_header else (Carrier.BEARER,)


def _wanted(probe: Probe) -> str:
    return " ".join(sorted(probe.operation.scopes))


def _names_the_scope(probe: Probe, answer: Exchange) -> None:
    if answer.status != 403:
        return
    wanted = _wanted(probe)
    challenge = answer.header("WWW-Authenticate") or ""
    probe.expect(
        'error="insufficient_scope"' in challenge and f'scope="{wanted}"' in challenge,
        f'{answer} has WWW-Authenticate {challenge!r}; it names error="insufficient_scope" and scope="{wanted}".',
        by=_FORBIDDEN,
        at=answer,
        kind="challenge",
        cause="" if challenge else "a 403 for too little scope has no WWW-Authenticate",
    )
    named = answer.code == "insufficient_scope" and wanted in str(answer.problem.get("detail", ""))
    said = f"{answer.coded}; that is insufficient_scope, and its detail names {wanted}."
    probe.expect(named, said, by=_FORBIDDEN, at=answer, kind="body", cause="" if answer.code else _UNNAMED)


_UNTOLD = "the account doesn't say which scopes were granted"
_UNNAMED = "a 403 for too little scope has no code and doesn't name the scope"
LAWS: tuple[Law, ...] = (too_little_scope_is_refused, enough_scope_is_let_in, the_account_tells_what_was_granted)
