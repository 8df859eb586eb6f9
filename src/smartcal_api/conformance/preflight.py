"""What is tried before anything is judged: what was given of a target has to be taken there."""

from collections.abc import Iterable
from urllib.parse import urlencode

from smartcal_api.conformance.app import TOKEN
from smartcal_api.conformance.credential import Credential, Kind
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Finding
from smartcal_api.conformance.law import readable
from smartcal_api.conformance.sending import Sending
from smartcal_api.conformance.session import Session
from smartcal_api.conformance.target import Client
from smartcal_api.contract import Operation
from smartcal_api.errors import UsageError

_REFUSED, _MISSING = 401, 404
_ENOUGH = 2
"""So many operations have to say the same: one alone may be what is wrong with a server."""


def preflight(session: Session) -> None:
    """Raises `UsageError`, which says what is refused; what can't be told is for the laws to say."""
    if session.target.receiver_port is not None:
        _ = session.receiver  # it listens from now on, or can't
    asked = [each for each in readable(session.contract) if not each.path_names][:_ENOUGH]
    refused = []
    for credential in session.target.credentials:
        answers = list(_answers(session, asked, credential))
        if answers and all(each.status == _MISSING for each in answers):
            raise UsageError(f"--url: {answers[0]}; {session.target.root} is not where this API is.")
        if answers and all(each.status == _REFUSED for each in answers):
            refused.append(f"{_flag(credential)} {','.join(sorted(credential.scopes))} ({credential.variable})")
    refused += [f"--client {each.client_id}" for each in session.target.clients if not _known(session, each)]
    if refused:
        raise UsageError(f"{session.target.root} refuses {', '.join(refused)}; nothing was judged.")


def _answers(session: Session, asked: Iterable[Operation], credential: Credential) -> Iterable[Exchange]:
    """The answers as long as they are refusals; none where none came."""
    for operation in asked:
        try:
            answer = session.send(Sending("GET", operation.path, credential=credential, operation=operation.id))
        except Finding:
            return
        yield answer
        if answer.status not in (_REFUSED, _MISSING):
            return


def _known(session: Session, client: Client) -> bool:
    """Whether a client's secret is taken: a code that there isn't is refused, but for another reason (RFC 6749 section
    5.2)."""
    token = session.contract.operations.get(TOKEN)
    if client.secret is None or token is None:
        return True
    form = {"grant_type": "authorization_code", "code": "smartcal-verify", "client_id": client.client_id}
    form |= {"client_secret": client.secret, "redirect_uri": next(iter(client.redirect_uris), "")}
    kind = (("Content-Type", "application/x-www-form-urlencoded"),)
    try:
        answer = session.send(Sending("POST", token.path, kind, urlencode(form).encode(), operation=token.id))
    except Finding:
        return True
    return not (answer.status in (400, 401) and b"invalid_client" in answer.body)


def _flag(credential: Credential) -> str:
    if credential.kind is Kind.TOKEN:
        return "--token"
    return "--other-key" if credential.account else "--key"
