"""AUTH 5: a key that is good no more."""

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.law import Law, keyed, law, readable
from smartcal_api.conformance.probe import Probe
from smartcal_api.contract import Operation

_UNAUTHORIZED = "/components/responses/Unauthorized"
_BEARER = "/components/securitySchemes/bearerKey"


@law(
    "AUTH 5",
    "A key that has expired or was revoked is as unknown as any other, from that moment on.",
    over=keyed,
    needs=(Capability.CONTROL,),
    requests=6,
    worth=49,
)
def an_ended_key_is_unknown(probe: Probe) -> None:
    if not probe.control.mints:
        probe.give_up("the control plane makes no keys")
    operation = min(
        readable(probe.contract),
        key=lambda each: (len(each.path_names), _asks_for_more(each), each.listing is not None),
    )
    scopes, seconds = operation.scopes, 90
    with probe.control.frozen():
        expiring = probe.control.mint(scopes, label="expiring", seconds=seconds)
        revoked = probe.control.mint(scopes, label="revoked")
        probe.control.advance(seconds - 1)
        for credential in (expiring, revoked):
            alive = probe.call(operation, credential=credential)
            said = f"{alive} with the {credential.label} key, which is still good."
            probe.expect(alive.ok, said, by=_BEARER, at=alive, kind="alive")
        probe.control.advance(1)
        probe.control.revoke(revoked)
        for credential in (expiring, revoked):
            ended = probe.call(operation, credential=credential)
            said = f"{ended} with the {credential.label} key, which isn't good any more; that is 401."
            probe.expect(ended.status == 401, said, by=_BEARER, at=ended, kind=credential.label)
            challenge = ended.header("WWW-Authenticate") or ""
            named = 'error="invalid_token"' in challenge
            told = f"{ended} has WWW-Authenticate {challenge!r}."
            probe.expect(named, told, by=_UNAUTHORIZED, at=ended, kind="challenge")


def _asks_for_more(operation: Operation) -> bool:
    return any(each.required for each in operation.parameters if each.location == "query")


LAWS: tuple[Law, ...] = (an_ended_key_is_unknown,)
