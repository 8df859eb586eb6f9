"""OAUTH, authorize: nobody is sent anywhere but to a registered address."""

from collections.abc import Sequence
from urllib.parse import quote, urlencode, urlsplit

from smartcal_api.conformance.app import AUTHORIZE, App, back, leads_to, of, some_app
from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.consent import Pairs, read_form
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.probe import Probe

_MARK = "<zq"
"""Markup that no page may have repeated as it was."""
_MALFORMED = ('"', "\\", "é", "\r\nX-Injected: 1", "\0", f'">{_MARK}>', " ", "\udcff", "x" * 8192)
_NOWHERE = ("", "javascript:alert(1)", "//evil.example/", f"data:text/html,{_MARK}>", "https://evil.example/callback")
_LOOPBACK = ("127.0.0.1", "::1")


@law(
    "OAUTH 1",
    "An unknown client, an unknown or malformed redirect URI: a page that leads nowhere and repeats nothing.",
    over=of(AUTHORIZE),
    needs=(Capability.CLIENT,),
    requests=22,
    worth=64,
)
def nobody_is_sent_to_where_nobody_registered(probe: Probe) -> None:
    app = some_app(probe)
    wrong: list[tuple[str, str | None]] = [("redirect_uri", app.redirect_uri + each) for each in _MALFORMED]
    wrong += [("redirect_uri", each) for each in (*_NOWHERE, None)]
    wrong += [("client_id", each) for each in ("no_such_client", f'">{_MARK}>', "é", "\0", "", None)]
    for name, value in wrong if probe.full else probe.rng.sample(wrong, 8):
        asked = app.asking(**{name: value})
        query = urlencode(asked, quote_via=quote, errors="surrogateescape")
        # One that is left out is the one that is registered (RFC 6749 section 3.1.2.3).
        own = app.client.redirect_uris if name == "redirect_uri" and not value else ()
        for answer in _led(app, query):
            _stays(probe, answer, f"the {name} isn't one that is registered", name, own)


@law(
    "OAUTH 2",
    "A redirect URI is a registered one byte for byte; the port of a loopback address alone is free.",
    over=of(AUTHORIZE),
    needs=(Capability.CLIENT,),
    requests=66,
    worth=63,
)
def redirect_uris_match_byte_for_byte(probe: Probe) -> None:
    app = some_app(probe)
    near = _near(app, probe)
    agreed = near if probe.full else probe.rng.sample(near, min(4, len(near)))
    for uri in near:
        # An error goes back at once, and a code once somebody has agreed.
        wrong = app.authorize(app.asking(redirect_uri=uri, response_type="no_such_type"))
        for answer in (wrong, *(_led(app, app.asking(redirect_uri=uri)) if uri in agreed else ())):
            _stays(probe, answer, f"{uri} is registered nowhere", "redirect_uri")
    for uri in app.client.redirect_uris:
        parts = urlsplit(uri)
        if parts.scheme == "http" and parts.hostname in _LOOPBACK and parts.port is None:
            port = probe.rng.randint(1024, 65535)
            asked = uri.replace(parts.netloc, f"{parts.netloc}:{port}", 1)
            answer = app.authorize(app.asking(redirect_uri=asked, response_type="no_such_type"))
            probe.expect(
                back(answer).location.startswith(f"{asked}?"),
                f"{answer} leads to {back(answer).location!r}; {asked} is {uri} with a port of its own.",
                by="/components/schemas/RedirectUri",
                at=answer,
                kind="port",
                cause="a loopback redirect URI has to have the registered port",
            )


def _led(app: App, asked: Pairs | str) -> list[Exchange]:
    """Where it leads, and where once somebody has agreed on the page that comes before."""
    answer = app.authorize(asked)
    return [answer, app.decide(answer)] if read_form(answer) is not None else [answer]


def _stays(probe: Probe, answer: Exchange, why: str, parameter: str, registered: Sequence[str] = ()) -> None:
    """No redirect away, no repeated markup, no failure. The deployment may lead to a page of its own."""
    at = f"{answer.method} {answer.path} → {answer.status}"
    location = answer.header("Location") or ""
    parts, own = urlsplit(location), urlsplit(probe.target.root)
    here = (not parts.netloc and not parts.scheme) or parts.netloc == own.netloc
    known = any(leads_to(location, uri) for uri in registered)
    said = f"{at} leads to {location}; {why}."
    probe.expect(here or known, said, by=SAFETY, at=answer, kind="led", parameter=parameter)
    marked = _MARK.encode() in answer.body and answer.media_type in ("text/html", "application/xhtml+xml", "")
    said = f"{at} repeats markup of its request; {why}."
    probe.expect(not marked, said, by=SAFETY, at=answer, kind="markup", parameter=parameter)
    said = f"{at} has a header of its request; {why}."
    injected = answer.header("X-Injected") is not None
    probe.expect(not injected, said, by=SAFETY, at=answer, kind="injected", parameter=parameter)
    too_long = len(answer.target) > probe.contract.policy.request_limits.url_bytes and answer.status == 414
    page = (answer.status == 400 and not location) or too_long or known
    said = f"{at}; {why}, so a page of 400."
    by = f"{probe.operation.pointer}/responses/400"
    probe.expect(page, said, by=by, at=answer, kind="status", parameter=parameter)


def _near(app: App, probe: Probe) -> list[str]:
    """URIs that are almost registered."""
    found = []
    for uri in app.client.redirect_uris[: 2 if probe.full else 1]:
        parts = urlsplit(uri)
        host, path = parts.netloc, parts.path or "/"
        rest = uri.partition(host)[2]
        found += [f"{uri}/", f"{uri}?x=1", f"{uri}#x", f"{uri}x", uri[:-1], f"{uri}%20", f"{uri}/../x"]
        found += [f"{parts.scheme}://{host}.evil.example{rest}", f"{parts.scheme}://evil.example{rest}"]
        found += [f"{parts.scheme}://user@{host}{rest}", f"{parts.scheme}://{host}@evil.example{rest}"]
        found.append(f"{parts.scheme}://{host}/{path[1:2].upper()}{path[2:]}")
        found.append(f"{parts.scheme}://{host}/%{ord(path[1:2] or 'x'):02x}{path[2:]}")
        found.append(f"{'http' if parts.scheme == 'https' else 'https'}://{host}{rest}")
        found.append(f"{parts.scheme}://{host}:1x{rest}")
        found += [f"{parts.scheme}://evil.{host}{rest}", f"{parts.scheme}://{host}/evil", f"{uri}/%2e%2e/x"]
        # A server may take any port of "localhost", too, for apps that are being developed (RFC 8252, section 8.3).
        if parts.hostname not in (*_LOOPBACK, "localhost") and parts.port is None:
            found.append(f"{parts.scheme}://{host}:8443{rest}")
    return [each for each in dict.fromkeys(found) if each not in app.client.redirect_uris]


LAWS: tuple[Law, ...] = (nobody_is_sent_to_where_nobody_registered, redirect_uris_match_byte_for_byte)
