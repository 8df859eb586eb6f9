"""AUTH: who is let in, and what those who aren't are told."""

import base64
import re
from collections.abc import Sequence
from typing import TypeVar

from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.credential import Carrier
from smartcal_api.conformance.exchange import Exchange, Fields
from smartcal_api.conformance.law import Law, law, readable, secured
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.resources import NOTHING, a_real_one, acted, known
from smartcal_api.conformance.standards import CHALLENGE_COMES_WITH_401

_UNAUTHORIZED = "/components/responses/Unauthorized"
_BEARER, _HEADER = "/components/securitySchemes/bearerKey", "/components/securitySchemes/headerKey"
_PROSE = "/info/description"
_ERROR = re.compile(r"\berror\s*=")
_FROM_WITHIN: Fields = (("X-Forwarded-For", "127.0.0.1"), ("X-Real-IP", "127.0.0.1"))
"""What a proxy says of whom it forwards, and anybody can say."""
_T = TypeVar("_T")


@law(
    "AUTH 1",
    "Without a credential, or with one that nobody has, an operation answers 401 and says how to come in.",
    over=secured,
    requests=22,
    worth=95,
)
def nobody_is_let_in(probe: Probe) -> None:
    operation = probe.operation
    real = a_real_one(probe)
    before = known(probe, real)
    target = operation.path
    for name in operation.path_names:
        target = target.replace(f"{{{name}}}", real or NOTHING)
    nobody = _ask(probe, target)
    challenge = _refused(probe, nobody, "without a credential", "nobody")
    probe.expect(
        not _ERROR.search(challenge),
        f"{nobody}: WWW-Authenticate names an error where no credential was sent: {challenge!r}.",
        by=_UNAUTHORIZED,
        at=nobody,
        kind="error",
        cause="WWW-Authenticate names an error where no credential was sent",
    )
    coded = nobody.code in (None, "missing_credentials")
    probe.expect(coded, f"{nobody.coded}; no credential was sent.", by="/x-problems", at=nobody, kind="code")
    header = probe.session.key_header
    if header is not None:
        how = f"a made-up key in {header}"
        made_up = _ask(probe, target, headers=((header, "nobody_has_this_key"),))
        _refused(probe, made_up, f"with {how}", how)
    _is_closed_in_any_way(probe, target)
    for how, value in _wrong(probe):
        answer = _ask(probe, target, headers=(("Authorization", f"Bearer {value}"),))
        told = _refused(probe, answer, f"with {how}", how)
        probe.expect(
            'error="invalid_token"' in told,
            f'{answer}: WWW-Authenticate is {told!r}; with a credential that is wrong it has error="invalid_token".',
            by=_UNAUTHORIZED,
            at=answer,
            kind="no-error",
            cause='WWW-Authenticate has no error="invalid_token" where a credential is wrong',
        )
    probe.expect(
        not acted(probe, real, before),
        f"{operation.method} {target} was refused, and {real} isn't what it was before.",
        by=SAFETY,
        kind="acted",
    )


@law(
    "AUTH 2",
    "A key does the same as Bearer and in its own header; two that differ are 400; none is read from the query.",
    over=readable,
    requests=6,
    worth=88,
)
def a_key_is_the_same_in_either_header(probe: Probe) -> None:
    key = probe.credential(probe.operation.scopes)
    path = {name: probe.an_id(probe.operation) for name in probe.operation.path_names}
    header = probe.session.key_header
    if header is None:
        return
    answers = [probe.call(probe.operation, path=path, credential=key, carrier=carrier) for carrier in Carrier]
    probe.expect(
        answers[0].ok == answers[1].ok,
        f"as Bearer {answers[0]}, in {header} {answers[1]}; one key is to do the same in both.",
        by=_HEADER,
        at=answers,
        kind="let in",
    )
    probe.expect(
        answers[0].status == answers[1].status and answers[0].body == answers[1].body,
        f"as Bearer {answers[0]}, in {header} {answers[1]}, with another body.",
        by=_PROSE,
        at=answers,
        kind="differ",
    )
    bearer = ("Authorization", f"Bearer {key.value}")
    target = answers[0].target
    both = probe.send("GET", target, headers=(bearer, (header, key.value)), budget=key.value)
    same = both.status == answers[0].status
    probe.expect(same, f"{both} with one key in both headers.", by=_PROSE, at=both, kind="both")
    other = next((each.value for each in probe.credentials() if each.value != key.value), f"{key.value}x")
    differing = probe.send("GET", target, headers=(bearer, (header, other)), budget=key.value)
    said = f"{differing} with two keys that differ; that is 400."
    probe.expect(differing.status == 400, said, by=_PROSE, at=differing, kind="two keys", cause=_TWO)
    query = probe.send("GET", f"{target}?access_token={key.value}")
    probe.expect(
        query.status in (400, 401),
        f"GET {target}?access_token=… → {query.status}; a credential in the query is never read.",
        by=_PROSE,
        at=query,
        kind="query",
    )


@law(
    "AUTH 3",
    "No answer holds a credential, not even in an error.",
    requests=0,
    worth=1,
    watches=True,
)
def no_answer_holds_a_credential(probe: Probe) -> None:
    values = [each.value.encode() for each in probe.target.credentials if len(each.value) > 6]
    for exchange in probe.answers():
        headers = "\n".join(value for _, value in exchange.headers)
        text = exchange.body + b"\n" + headers.encode("latin-1", "replace")
        # A URL that was asked for with it may come back as it was.
        told = any(value in text for value in values) and not any(value.decode() in exchange.target for value in values)
        said = f"{exchange} has a credential in its answer."
        probe.expect(not told, said, by=SAFETY, at=exchange, kind="told", ends=False)


def _is_closed_in_any_way(probe: Probe, target: str) -> None:
    """By HEAD, by another spelling of the path, with what is no key, or almost one in its own header."""
    basic = base64.b64encode(b"x:x").decode()
    method = probe.operation.method
    ways: list[tuple[str, str, str, Fields]] = [
        ("without a credential and with a slash at its end", method, f"{target}/", ()),
        ("with an empty Bearer", method, target, (("Authorization", "Bearer "),)),
        ("with HTTP Basic", method, target, (("Authorization", f"Basic {basic}"),)),
        ("without a credential and in upper case", method, target.upper(), ()),
        ("without a credential and with two slashes before it", method, f"/{target}", ()),
        ("without a credential and as if from within", method, target, _FROM_WITHIN),
    ]
    if probe.operation.method == "GET":
        ways.append(("without a credential", "HEAD", target, ()))
    if probe.session.key_header is not None:
        how, value = probe.rng.choice(_wrong(probe))
        header = probe.session.key_header
        ways.append((f"with {how} in {header}", probe.operation.method, target, ((header, value),)))
    chosen = ways if probe.full else _some(ways, 2, probe)
    for how, method, path, headers in chosen:
        answer = probe.send(method, path, headers=headers)
        said = f"{answer} {how}."
        probe.expect(not answer.ok, said, by=_BEARER, at=answer, kind="let in", parameter=f"{method} {how}")


def _wrong(probe: Probe) -> list[tuple[str, str]]:
    """Credentials that nobody has: how they come about, and their values. `quick` tries one that was made up, and one
    that is almost real."""
    prefix = probe.contract.policy.secrets["api_key"]
    real = probe.credential(probe.operation.scopes).value
    known_ones = {each.value for each in probe.target.credentials}
    made_up = [
        ("a made-up key", f"{prefix}nobody"),
        ("one character", "x"),
        ("a made-up token", "e30.e30.x"),
        ("a pattern", f"{prefix}%"),
        ("a quoted condition", "'OR'1'='1"),
        ("a word for nothing", "null"),
    ]
    almost = [
        ("a key and one character more", f"{real}{probe.rng.choice('x0.=/')}"),
        ("all but the last character of a key", real[:-1]),
        ("a key in the other case", real.swapcase()),
        ("a key twice", f"{real}{real}"),
        ("the first half of a key", real[: len(real) // 2 + 1]),
    ]
    wrong = [*made_up, *almost] if probe.full else [*_some(made_up, 1, probe), *_some(almost, 2, probe)]
    return [(how, value) for how, value in wrong if value and value not in known_ones]


def _some(all_of: Sequence[_T], count: int, probe: Probe) -> list[_T]:
    """So many with each operation, the next ones with the next operation."""
    turn = count * list(probe.contract.operations).index(probe.operation.id)
    return [all_of[(turn + more) % len(all_of)] for more in range(count)]


def _ask(probe: Probe, target: str, headers: Fields = ()) -> Exchange:
    operation = probe.operation
    if operation.body:
        headers = (*headers, ("Content-Type", next(iter(operation.body.media_types))))
    return probe.send(operation.method, target, headers=headers, body=b"{}" if operation.body else b"")


def _refused(probe: Probe, answer: Exchange, how: str, parameter: str) -> str:
    """The challenge of a refusal. Who comes in is told before what the refusal looks like."""
    said = f"{answer} {how}"
    probe.expect(not answer.ok, f"{said}.", by=_BEARER, at=answer, kind="let in", parameter=parameter)
    unauthorized = answer.status == 401
    probe.expect(unauthorized, f"{said}; that is 401.", by=_UNAUTHORIZED, at=answer, kind="status", parameter=parameter)
    challenge = answer.header("WWW-Authenticate")
    if unauthorized:
        probe.expect(
            challenge is not None,
            f"{answer} has no WWW-Authenticate.",
            by=CHALLENGE_COMES_WITH_401,
            at=answer,
            kind="no challenge",
            cause="a 401 has no WWW-Authenticate",
        )
    probe.expect(
        (challenge or "").startswith("Bearer realm="),
        f"{answer} has WWW-Authenticate {challenge!r}; it is Bearer realm=….",
        by=_UNAUTHORIZED,
        at=answer,
        kind="challenge",
        cause=f"WWW-Authenticate is {challenge!r}, not Bearer realm=…" if challenge else "",
    )
    return challenge or ""


_TWO = "two keys that differ, one in each header, are not 400"
LAWS: tuple[Law, ...] = (
    nobody_is_let_in,
    a_key_is_the_same_in_either_header,
    no_answer_holds_a_credential,
)
