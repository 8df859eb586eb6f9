"""OAUTH: codes and tokens live as long as the contract says, to the second of the sandbox's clock."""

from smartcal_api.conformance.app import TOKEN, of, some_app
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.refusal import refuses, told

_BY = "/x-lifetimes"


@law(
    "OAUTH 15",
    "Codes and tokens live as long as the contract says, to the second.",
    over=of(TOKEN),
    needs=(Capability.CLIENT, Capability.WRITES, Capability.CONTROL),
    requests=22,
    worth=2,
    quick=False,
)
def they_live_as_long_as_the_contract_says(probe: Probe) -> None:
    lifetimes = probe.contract.policy.lifetimes
    app = some_app(probe)
    verifier = app.verifier()
    with probe.control.frozen():
        app.room(20)
        codes = [app.code(verifier=verifier) for _ in range(2)]
        probe.control.advance(lifetimes["authorization_code"] - 1)
        _works(probe, app.token(app.redeeming(codes[0], verifier)), "a code", lifetimes["authorization_code"] - 1)
        probe.control.advance(1)
        refuses(
            probe,
            app.token(app.redeeming(codes[1], verifier)),
            "invalid_grant",
            f"a code of {lifetimes['authorization_code']} s has expired",
        )
        grants = [app.tokens() for _ in range(2)]
        said, due = grants[0]["expires_in"], lifetimes["access_token"]
        probe.expect(said == due, f"expires_in is {said}; an access token lives {due} s.", by=_BY, kind="expires_in")
        probe.control.advance(due - 1)
        said = f"an access token is dead after {due - 1} s, a second early."
        probe.expect(app.alive(grants[0]), said, by=_BY, kind="access dead")
        probe.control.advance(1)
        probe.expect(not app.alive(grants[0]), f"an access token lives after {due} s.", by=_BY, kind="access")
        long = lifetimes["refresh_token"]
        probe.control.advance(long - due - 1)
        _works(probe, app.refresh(grants[0]["refresh_token"]), "a refresh token", long - 1)
        probe.control.advance(1)
        refuses(
            probe, app.refresh(grants[1]["refresh_token"]), "invalid_grant", f"a refresh token of {long} s has expired"
        )


def _works(probe: Probe, answer: Exchange, what: str, seconds: int) -> None:
    said = f"{told(answer)}: {what} of {seconds} s is alive."
    probe.expect(answer.ok, said, by=_BY, at=answer, kind=what)


LAWS: tuple[Law, ...] = (they_live_as_long_as_the_contract_says,)
