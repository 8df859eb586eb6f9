"""AUTH: who is let in, and what those who aren't are told."""

import re

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.credential import Carrier, Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import NotVerified
from smartcal_api.conformance.law import Law, identified, law, readable, secured
from smartcal_api.conformance.probe import Probe
from smartcal_api.contract import Operation

_CHANGING = ("request_id", "instance", "detail")
_UNAUTHORIZED = "/components/responses/Unauthorized"
_ERROR = re.compile(r"\berror\s*=")


@law(
    "AUTH 1",
    "Without a credential, or with one that nobody has, an operation answers 401 and says how to come in.",
    clause=_UNAUTHORIZED,
    over=secured,
    requests=6,
    worth=95,
)
def nobody_is_let_in(probe: Probe) -> None:
    nobody = _ask(probe, probe.operation, None)
    challenge = _challenge(probe, nobody, "without a credential")
    probe.expect(
        not _ERROR.search(challenge),
        f"{nobody}: WWW-Authenticate names an error where no credential was sent: {challenge!r}.",
        kind="error",
    )
    probe.expect(
        nobody.code in (None, "missing_credentials"), f"{nobody} has the code {nobody.code!r}.", clause="/x-problems"
    )
    prefix = probe.contract.policy.secrets["api_key"]
    real = probe.credential(probe.operation.scopes).value

    def check(value: str) -> None:
        wrong = Credential("unknown", value, frozenset())
        answer = probe.send(
            probe.operation.method,
            nobody.target,
            headers=(*_content(probe.operation), ("Authorization", f"Bearer {value}")),
            body=b"{}" if probe.operation.body else b"",
        )
        told = _challenge(probe, answer, f"with {wrong.label} credential")
        probe.expect(
            'error="invalid_token"' in told,
            f'{answer}: WWW-Authenticate is {told!r}; with a credential that is wrong it has error="invalid_token".',
            kind="no-error",
        )

    made_up = [f"{prefix}nobody", "x", f"{real}x", real[:-1], real.swapcase()]
    probe.for_each([value for value in made_up if value != real], check, quick=1)


@law(
    "AUTH 2",
    "A key does the same as Bearer and in its own header; two that differ are 400; none is read from the query.",
    clause="/components/securitySchemes/headerKey",
    over=readable,
    requests=6,
    worth=88,
)
def a_key_is_the_same_in_either_header(probe: Probe) -> None:
    key = probe.credential(probe.operation.scopes)
    path = _path(probe)
    answers = [probe.call(probe.operation, path=path, credential=key, carrier=carrier) for carrier in Carrier]
    probe.expect(
        answers[0].status == answers[1].status and answers[0].body == answers[1].body,
        f"as Bearer {answers[0]}, in the header {answers[1]}; one key is to do the same in both.",
        kind="differ",
    )
    header = probe.session.key_header
    if header is None:
        return
    bearer = ("Authorization", f"Bearer {key.value}")
    target = answers[0].target
    both = probe.send("GET", target, headers=(bearer, (header, key.value)), budget=key.value)
    probe.expect(both.status == answers[0].status, f"{both} with one key in both headers.", kind="both")
    other = next((each.value for each in probe.credentials() if each.value != key.value), f"{key.value}x")
    differing = probe.send("GET", target, headers=(bearer, (header, other)), budget=key.value)
    prose = "/info/description"
    probe.expect(differing.status == 400, f"{differing} with two keys that differ; that is 400.", clause=prose)
    query = probe.send("GET", f"{target}?access_token={key.value}")
    probe.expect(
        not query.ok and query.status in (400, 401),
        f"GET {target}?access_token=… → {query.status}; a credential in the query is never read.",
        clause=prose,
        kind="query",
    )


@law(
    "AUTH 3",
    "No answer holds a credential, not even in an error.",
    clause="/info/description",
    requests=0,
    worth=1,
)
def no_answer_holds_a_credential(probe: Probe) -> None:
    values = [each.value.encode() for each in probe.target.credentials if len(each.value) > 6]
    for exchange in probe.answers():
        headers = "\n".join(value for _, value in exchange.headers)
        text = exchange.body + b"\n" + headers.encode("latin-1", "replace")
        # A URL that was asked for with it may come back as it was.
        if any(value in text for value in values) and not any(value.decode() in exchange.target for value in values):
            probe.show(exchange)
            probe.fail(f"{exchange} has a credential in its answer.")


@law(
    "AUTH 4",
    "Somebody else's id and one that there isn't get the same answer.",
    clause="/components/responses/NotFound",
    over=identified,
    needs=(Capability.OTHER_ACCOUNT,),
    requests=4,
    worth=92,
)
def somebody_elses_is_as_missing(probe: Probe) -> None:
    operation = probe.operation
    unsafe = operation.method != "GET"
    if unsafe and not probe.target.writable:
        raise NotVerified(Capability.WRITES)
    theirs = probe.foreign_id(operation)
    name = operation.path_names[-1]
    known = probe.contract.policy.ids
    missing = theirs[: -int(known["length"])] + "0" * int(known["length"])
    credential = probe.credential(operation.scopes)
    foreign = probe.call(operation, path={name: theirs}, credential=credential)
    absent = probe.call(operation, path={name: missing}, credential=credential)
    probe.expect(
        foreign.status == 404,
        f"{foreign} for what belongs to another account; that is 404.",
        kind="foreign",
        clause=f"{operation.pointer}/responses/404",
    )
    same = foreign.status == absent.status and _constant(foreign) == _constant(absent)
    probe.expect(same, f"{foreign} for somebody else's id, {absent} for one that there isn't.", kind="differ")


@law(
    "AUTH 5",
    "A key that has expired or was revoked is as unknown as any other, from that moment on.",
    clause=_UNAUTHORIZED,
    needs=(Capability.CONTROL,),
    requests=6,
    worth=49,
)
def an_ended_key_is_unknown(probe: Probe) -> None:
    if not probe.control.mints:
        probe.give_up("the control plane makes no keys")
    operation = min(readable(probe.contract), key=lambda each: (len(each.path_names), each.listing is not None))
    scopes, seconds = operation.scopes, 90
    with probe.control.frozen():
        expiring = probe.control.mint(scopes, label="expiring", seconds=seconds)
        revoked = probe.control.mint(scopes, label="revoked")
        probe.control.advance(seconds - 1)
        for credential in (expiring, revoked):
            alive = probe.call(operation, credential=credential)
            probe.expect(alive.ok, f"{alive} with the {credential.label} key, which is still good.", kind="alive")
        probe.control.advance(1)
        probe.control.revoke(revoked)
        for credential in (expiring, revoked):
            ended = probe.call(operation, credential=credential)
            said = f"{ended} with the {credential.label} key, which isn't good any more; that is 401."
            probe.expect(ended.status == 401, said, clause=operation.pointer, kind=credential.label)
            challenge = ended.header("WWW-Authenticate") or ""
            named = 'error="invalid_token"' in challenge
            probe.expect(named, f"{ended} has WWW-Authenticate {challenge!r}.", kind="challenge")


def _ask(probe: Probe, operation: Operation, credential: Credential | None) -> Exchange:
    """The operation, asked for something that isn't there if it would change it."""
    path = dict.fromkeys(operation.path_names, "nothing")
    body = b"{}" if operation.body else b""
    target = operation.path
    for name, value in path.items():
        target = target.replace(f"{{{name}}}", value)
    return probe.send(operation.method, target, credential=credential, headers=_content(operation), body=body)


def _content(operation: Operation) -> tuple[tuple[str, str], ...]:
    return (("Content-Type", next(iter(operation.body.media_types))),) if operation.body else ()


def _challenge(probe: Probe, answer: Exchange, how: str) -> str:
    probe.expect(answer.status == 401, f"{answer} {how}; that is 401.", kind="status", clause=probe.operation.pointer)
    challenge = answer.header("WWW-Authenticate") or ""
    probe.expect(
        challenge.startswith("Bearer realm="),
        f"{answer} has WWW-Authenticate {challenge!r}; it is Bearer realm=….",
        kind="challenge",
    )
    return challenge


def _path(probe: Probe) -> dict[str, str]:
    return {name: probe.an_id(probe.operation) for name in probe.operation.path_names}


def _constant(answer: Exchange) -> object:
    """What of a problem isn't about the one request."""
    body = answer.json
    return {k: v for k, v in body.items() if k not in _CHANGING} if isinstance(body, dict) else body


LAWS: tuple[Law, ...] = (
    nobody_is_let_in,
    a_key_is_the_same_in_either_header,
    no_answer_holds_a_credential,
    somebody_elses_is_as_missing,
    an_ended_key_is_unknown,
)
