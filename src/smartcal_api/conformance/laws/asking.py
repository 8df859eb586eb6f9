"""OAUTH, authorize: the page that asks a person, and its form."""

import re

from smartcal_api.conformance.app import DECIDE, App, back, leads_to, of, some_app
from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.standards import STATE_COMES_BACK_WITH_AN_ERROR


@law(
    "OAUTH 6",
    "A person sees a page that names the scopes, can't be framed or kept, and decides once.",
    over=of(DECIDE),
    needs=(Capability.CLIENT, Capability.WRITES),
    requests=17,
    worth=60,
)
def a_person_is_asked_and_decides_once(probe: Probe) -> None:
    app = some_app(probe)
    app.room(17)
    _is_kept_to_itself(probe, app.authorize(app.asking(client_id="no_such_client")))
    scopes = probe.rng.sample(sorted(probe.contract.scopes), 2)
    asked = app.asking(scope=" ".join(scopes), state="once")
    page = app.authorize(asked)
    if page.status != 200:
        # The server answers for the user, so there is no page to be seen.
        said = f"{page}; that is neither a page nor a code."
        probe.expect(back(page).one("code") is not None, said, by=_by(probe), at=page, kind="neither")
        return
    _is_kept_to_itself(probe, page)
    text = re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<style.*?</style>", "", page.body.decode("utf-8", "replace")))
    unnamed = [scope for scope in scopes if scope not in text]
    said = f"{page} doesn't name the scope {', '.join(unnamed)} that was asked for."
    probe.expect(not unnamed, said, by=_by(probe), at=page, kind="scopes")
    _forms_that_are_not_its_own(probe, app, page)
    # A deployment may take one of those forms, and its page is used up by that.
    _denied(probe, app, app.decide(app.authorize(asked), "deny"))
    page = app.authorize(asked)
    allowed = app.decide(page)
    said = f"{allowed} has no code; the user allowed it."
    probe.expect(back(allowed).one("code") is not None, said, by=_by(probe), at=allowed, kind="allowed")
    again = app.decide(page)
    _refused(probe, again, "was sent before")


def _by(probe: Probe) -> str:
    return f"{probe.operation.pointer}/responses"


def _forms_that_are_not_its_own(probe: Probe, app: App, page: Exchange) -> None:
    """By the contract none of them uses the form up."""
    more = " ".join(sorted(probe.contract.scopes))
    _refused(probe, app.decide(page, scope=more), "asks for more scopes than its page")
    elsewhere = app.decide(page, redirect_uri="https://evil.example/")
    led = f"{elsewhere} leads to {back(elsewhere).location}, which is registered nowhere."
    nowhere = not back(elsewhere).location.startswith("https://evil.example/")
    probe.expect(nowhere, led, by=SAFETY, at=elsewhere, kind="led")
    _refused(probe, elsewhere, "leads elsewhere than its page")
    _refused(probe, app.decide(page, ticket="x" * 40), "isn't of one of this server's pages")
    again = app.decide(page, None)
    probe.expect(
        again.status == 200 and back(again).one("code") is None,
        f"{again}; a form without a decision gets the page again.",
        by=_by(probe),
        at=again,
        kind="undecided",
    )


def _denied(probe: Probe, app: App, answer: Exchange) -> None:
    led = back(answer)
    said = f"{answer} says error={led.one('error')!r}; the user denied it, which is access_denied."
    none = "code" not in led.values
    probe.expect(none, f"{answer} has a code; the user denied it.", by=SAFETY, at=answer, kind="allowed all the same")
    probe.expect(led.one("error") == "access_denied", said, by=_by(probe), at=answer, kind="denied")
    said = f"{answer} has another state than was sent."
    # A page of the server's own, or the way to one, brings the app nothing back.
    unchanged = not leads_to(led.location, app.redirect_uri) or led.one("state") == "once"
    probe.expect(unchanged, said, by=STATE_COMES_BACK_WITH_AN_ERROR, at=answer, kind="state")


def _refused(probe: Probe, answer: Exchange, why: str) -> None:
    refused = answer.status == 400 and answer.header("Location") is None
    said = f"{answer}; the form {why}, so a page of 400."
    probe.expect(refused, said, by=_by(probe), at=answer, kind="form", parameter=why)


def _is_kept_to_itself(probe: Probe, page: Exchange) -> None:
    policy = page.header("Content-Security-Policy") or ""
    wanted = {
        "Cache-Control: no-store": "no-store" in (page.header("Cache-Control") or ""),
        "Referrer-Policy: no-referrer": page.header("Referrer-Policy") == "no-referrer",
        "a Content-Security-Policy with frame-ancestors 'none'": "frame-ancestors 'none'" in policy,
        "X-Frame-Options: DENY": (page.header("X-Frame-Options") or "").upper() == "DENY",
    }
    missing = [what for what, there in wanted.items() if not there]
    said = f"{page} has no {' and no '.join(missing)}."
    by = "/components/responses/ConsentPage/headers"
    probe.expect(not missing, said, by=by, at=page, kind="headers", parameter=", ".join(missing))


LAWS: tuple[Law, ...] = (a_person_is_asked_and_decides_once,)
