"""OAUTH, authorize: the page that asks a person, and its form."""

import re

from smartcal_api.conformance.app import DECIDE, App, back, of, some_app
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.probe import Probe


@law(
    "OAUTH 6",
    "A person sees a page that names the scopes, can't be framed or kept, and decides once.",
    over=of(DECIDE),
    needs=(Capability.CLIENT, Capability.WRITES),
    requests=16,
    worth=60,
)
def a_person_is_asked_and_decides_once(probe: Probe) -> None:
    app = some_app(probe)
    app.room(16)
    _is_kept_to_itself(probe, app.authorize(app.asking(client_id="no_such_client")))
    scopes = probe.rng.sample(sorted(probe.contract.scopes), 2)
    asked = app.asking(scope=" ".join(scopes), state="once")
    page = app.authorize(asked)
    if page.status != 200:
        # The server answers for the user, so there is no page to be seen.
        probe.expect(back(page).one("code") is not None, f"{page}; that is neither a page nor a code.", kind="neither")
        return
    _is_kept_to_itself(probe, page)
    text = re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<style.*?</style>", "", page.body.decode("utf-8", "replace")))
    unnamed = [scope for scope in scopes if scope not in text]
    probe.expect(not unnamed, f"{page} doesn't name the scope {', '.join(unnamed)} that was asked for.", kind="scopes")
    _forms_that_are_not_its_own(probe, app, page)
    denied = app.decide(page, "deny")
    _denied(probe, denied)
    page = app.authorize(asked)
    allowed = app.decide(page)
    probe.expect(
        allowed.status in (302, 303) and back(allowed).one("code") is not None,
        f"{allowed} has no code; the user allowed it.",
        kind="allowed",
    )
    again = app.decide(page)
    _refused(probe, again, "was sent before")


def _forms_that_are_not_its_own(probe: Probe, app: App, page: Exchange) -> None:
    """None of them uses the form up."""
    more = " ".join(sorted(probe.contract.scopes))
    _refused(probe, app.decide(page, scope=more), "asks for more scopes than its page")
    _refused(probe, app.decide(page, redirect_uri="https://evil.example/"), "leads elsewhere than its page")
    _refused(probe, app.decide(page, ticket="x" * 40), "is none of this server's pages")
    again = app.decide(page, None)
    probe.expect(
        again.status == 200 and back(again).one("code") is None,
        f"{again}; a form without a decision gets the page again.",
        kind="undecided",
    )


def _denied(probe: Probe, answer: Exchange) -> None:
    led = back(answer)
    probe.expect(
        led.status in (302, 303) and led.one("error") == "access_denied" and "code" not in led.values,
        f"{answer} says error={led.one('error')!r}; the user denied it, which is access_denied.",
        kind="denied",
    )
    probe.expect(led.one("state") == "once", f"{answer} has another state than was sent.", kind="state")


def _refused(probe: Probe, answer: Exchange, why: str) -> None:
    probe.expect(
        answer.status == 400 and answer.header("Location") is None,
        f"{answer}; the form {why}, so a page of 400.",
        kind=why,
    )


def _is_kept_to_itself(probe: Probe, page: Exchange) -> None:
    policy = page.header("Content-Security-Policy") or ""
    wanted = {
        "Cache-Control: no-store": "no-store" in (page.header("Cache-Control") or ""),
        "Referrer-Policy: no-referrer": page.header("Referrer-Policy") == "no-referrer",
        "a Content-Security-Policy with frame-ancestors 'none'": "frame-ancestors 'none'" in policy,
        "X-Frame-Options: DENY": (page.header("X-Frame-Options") or "").upper() == "DENY",
    }
    missing = [what for what, there in wanted.items() if not there]
    probe.expect(not missing, f"{page} has no {' and no '.join(missing)}.", kind="headers")


LAWS: tuple[Law, ...] = (a_person_is_asked_and_decides_once,)
