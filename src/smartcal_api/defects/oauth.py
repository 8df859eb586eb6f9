"""OAUTH, authorize: redirects and consent that can be had by somebody who shouldn't."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from smartcal_api.auth.oauth.redirects import matches
from smartcal_api.defects.defect import Defect, defect
from smartcal_api.defects.message import Answered, Asked
from smartcal_api.defects.subject import Subject


@defect("OAUTH 1", "An unknown redirect URI is told the error, at that URI.")
def error_goes_to_an_unknown_uri(subject: Subject) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        uri = asked.query.get("redirect_uri", "")
        if asked.get(subject.path("authorize")) and answer.status == 400 and uri.startswith("https://evil"):
            answer.status = 303
            answer.set("Location", f"{uri}?error=invalid_request")

    subject.answered(spoil)


@defect("OAUTH 2", "A redirect URI need only begin with one that is registered.")
def redirect_uri_by_its_beginning(subject: Subject) -> None:
    _match(subject, lambda registered, asked: asked.startswith(registered))


@defect("OAUTH 2", "The host of a redirect URI is enough: its path is free.")
def redirect_uri_by_its_host(subject: Subject) -> None:
    _match(subject, lambda registered, asked: urlsplit(asked).netloc == urlsplit(registered).netloc)


@defect("OAUTH 3", "An error that goes back to the app doesn't say who sends it (iss).", decided=True)
def error_without_issuer(subject: Subject) -> None:
    def spoil(_: Asked, answer: Answered) -> None:
        place = answer.header("Location")
        if "error=" in place:
            answer.set("Location", place.partition("&iss=")[0])

    subject.answered(spoil)


@defect("OAUTH 4", "A state that needs percent-encoding goes back encoded twice.")
def state_is_encoded_twice(subject: Subject) -> None:
    def spoil(_: Asked, answer: Answered) -> None:
        if (place := answer.header("Location")) and "state=" in place:
            head, state = place.split("state=", 1)
            answer.set("Location", f"{head}state={state.replace('%', '%25')}")

    subject.answered(spoil)


@defect("OAUTH 5", "A public client may leave the challenge out.", decided=True)
def public_client_without_challenge(subject: Subject) -> None:
    clients = subject.sandbox.oauth.clients

    def find(right: Any, identifier: str) -> Any:
        client = right(identifier)
        return client and (replace(client, secret=b"") if client.public and challenged["not"] else client)

    challenged = {"not": False}

    def look(asked: Asked) -> None:
        challenged["not"] = asked.path == subject.path("authorize") and "code_challenge" not in asked.query

    subject.asked(look)
    subject.replaced(clients, "find", find)


@defect("OAUTH 6", "The consent page can be framed by any site.", decided=True)
def consent_can_be_framed(subject: Subject) -> None:
    def spoil(_: Asked, answer: Answered) -> None:
        answer.set("X-Frame-Options", None)

    subject.answered(spoil)


@defect("OAUTH 6", "The form of a consent page works as often as it is sent.", decided=True)
def consent_works_twice(subject: Subject) -> None:
    subject.replaced(subject.sandbox.oauth.tickets, "spend", lambda right, ticket: right(ticket) or True)


def _match(subject: Subject, also: Any) -> None:
    """Every client takes what `also` says besides what matches."""

    def find(right: Any, identifier: str) -> Any:
        client = right(identifier)
        if (
            client is None
            or not asking
            or any(matches(uri, asking[0], development=True) for uri in client.redirect_uris)
        ):
            return client
        near = any(also(uri, asking[0]) for uri in client.redirect_uris)
        return replace(client, redirect_uris=(*client.redirect_uris, asking[0])) if near else client

    asking: list[str] = []

    def look(asked: Asked) -> None:
        uri = asked.query.get("redirect_uri")
        asking[:] = [uri] if uri else []

    subject.asked(look)
    subject.replaced(subject.sandbox.oauth.clients, "find", find)


DEFECTS: tuple[Defect, ...] = (
    error_goes_to_an_unknown_uri,
    redirect_uri_by_its_beginning,
    redirect_uri_by_its_host,
    error_without_issuer,
    state_is_encoded_twice,
    public_client_without_challenge,
    consent_can_be_framed,
    consent_works_twice,
)
