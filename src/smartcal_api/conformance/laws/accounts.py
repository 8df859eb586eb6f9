"""AUTH: what belongs to one account is nobody else's."""

from contextlib import suppress

from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.credential import Carrier
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Inconclusive, NotVerified
from smartcal_api.conformance.granted import granted
from smartcal_api.conformance.law import Law, identified, law, readable
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.resources import acted, known, shown
from smartcal_api.conformance.snapshots import members
from smartcal_api.contract import Contract, Operation

_NAMES = ("id", "account_id", "user_id", "email")
"""What a member is called that names an account, the surest first."""
_CONSTANT = ("type", "title", "status", "code")


def _whole(contract: Contract) -> list[Operation]:
    return [each for each in readable(contract) if not each.path_names]


@law(
    "AUTH 4",
    "Somebody else's id and one that there isn't get the same answer, and nothing of theirs is read or changed.",
    over=identified,
    needs=(Capability.OTHER_ACCOUNT,),
    requests=12,
    worth=92,
)
def somebody_elses_is_as_missing(probe: Probe) -> None:
    operation = probe.operation
    if operation.method != "GET" and not probe.target.writable:
        raise NotVerified(Capability.WRITES)
    theirs = probe.foreign_id(operation)
    before = known(probe, theirs, account=1)
    name = operation.path_names[-1]
    credential = probe.credential(operation.scopes)
    for carrier in Carrier if probe.session.key_header and credential.kind == "key" else (Carrier.BEARER,):
        foreign = probe.call(operation, path={name: theirs}, credential=credential, carrier=carrier)
        said = f"{foreign} for what belongs to another account"
        parameter = f"{name} {carrier}"
        probe.expect(not foreign.ok, f"{said}.", by=SAFETY, at=foreign, kind="foreign", parameter=parameter)
    token = granted(probe, operation.scopes)
    others = [probe.call(operation, path={name: theirs}, credential=token)] if token else []
    if operation.method == "GET":
        others.append(probe.send("HEAD", foreign.target, credential=credential))
    for other in others:
        how = "HEAD" if other.method == "HEAD" else "a token"
        told = f"{other} by {how} for what belongs to another account."
        probe.expect(not other.ok, told, by=SAFETY, at=other, kind="foreign", parameter=f"{name} {how}")
    with suppress(Inconclusive):
        listed = shown(probe, operation, theirs) is not None
        told = f"{theirs}, which belongs to another account, is in {probe.above(operation).path}."
        probe.expect(not listed, told, by=SAFETY, kind="listed", parameter=name, seen="")
    touched = f"{said}, and {theirs} isn't what it was before, as its own account sees it."
    probe.expect(not acted(probe, theirs, before, account=1), touched, by=SAFETY, kind="acted", parameter=name)
    probe.expect(
        foreign.status == 404,
        f"{said}; that is 404.",
        by=f"{operation.pointer}/responses/404",
        at=foreign,
        kind="status",
        parameter=name,
    )
    absent = probe.call(operation, path={name: _changed(theirs)}, credential=credential)
    probe.expect(
        foreign.status == absent.status and _constant(foreign) == _constant(absent),
        f"{foreign} for somebody else's id, {absent} for one that there isn't.",
        by=f"{operation.pointer}/responses/404",
        at=(foreign, absent),
        kind="differ",
        parameter=name,
    )


@law(
    "AUTH 6",
    "Two accounts that ask for the same, one right after the other, get nothing of each other's.",
    over=_whole,
    needs=(Capability.OTHER_ACCOUNT,),
    requests=3,
    worth=91,
)
def two_accounts_share_nothing(probe: Probe) -> None:
    """Whatever keeps answers, keeps them for one of them."""
    operation = probe.operation
    ours, theirs = probe.credential(operation.scopes), probe.credential(operation.scopes, account=1)
    mine, others = (probe.call(operation, credential=each) for each in (ours, theirs))
    if not mine.ok or not others.ok:
        probe.give_up(f"{mine if others.ok else others}, so there is nothing to compare")
    said = f"{others} to another account, and what it has is ours"
    if operation.listing is None:
        same = mine.json == others.json or (who(mine.json) is not None and who(mine.json) == who(others.json))
        probe.expect(not same, f"{said}.", by=SAFETY, at=(mine, others), kind="same")
        return
    own, foreign = (members(answer.json, probe.contract.policy.pagination.items) for answer in (mine, others))
    # Ids that are counted for each account by itself are the same ones for different things.
    shared = [str(each["id"]) for each in foreign if each in own]
    probe.expect(not shared, f"{said}: {shared[:1]}.", by=SAFETY, at=(mine, others), kind="shared")


def who(account: object) -> object:
    """What names an account, in whatever envelope it comes; None where nothing does."""
    while isinstance(account, dict):
        found = next((account[name] for name in _NAMES if isinstance(account.get(name), str | int)), None)
        inside = [each for each in account.values() if isinstance(each, dict)]
        if found is not None or len(inside) != 1:
            return found
        account = inside[0]
    return None


def _changed(identifier: str) -> str:
    """An id of the same form that names nothing: letters and digits at its end are others."""
    end = identifier[-8:]
    swapped = end.translate(str.maketrans("0123456789abcdefABCDEF", "1234567890bcdefaBCDEFA"))
    return identifier[:-8] + (swapped if swapped != end else f"{end}0")


def _constant(answer: Exchange) -> object:
    """What of a refusal isn't about the one request, such as what traces it."""
    return {name: answer.problem.get(name) for name in _CONSTANT}


LAWS: tuple[Law, ...] = (somebody_elses_is_as_missing, two_accounts_share_nothing)
