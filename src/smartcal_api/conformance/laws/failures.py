"""ERR 6 and 7: whatever is sent, the server doesn't fail."""

from urllib.parse import quote

from hypothesis import strategies as st

from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.law import Law, keyed, law, secured
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.session import FAILED_ONCE
from smartcal_api.conformance.verdict import FAILURE
from smartcal_api.contract import Operation

_MEANT = (501, 503)
_FAILURE = 500
_TOO_OFTEN = 3
"""So many laws that met a failure: more than an accident."""
_PROSE = "/info/description"
_HOSTILE_LAWS = ("ERR 6", "GUARD 1", "SCHEMA 3")
_WRONG = ("ERR", "GUARD", "SCHEMA 3")
"""Laws that send what isn't valid."""
_HOSTILE = (
    b"[" * 10_000,
    b'{"a":' * 500 + b"1",
    b"1" * 5_000,
    b'{"url": ' + b"9" * 5_000 + b"}",
    b"NaN",
    b'"\\ud800"',
    b'{"\\u0000": 1}',
    b"\x00",
    b"\xff\xfe",
    b"",
)


@law("ERR 6", "Nothing that is sent makes the server fail.", over=keyed, requests=40, worth=50)
def nothing_makes_the_server_fail(probe: Probe) -> None:
    def check(drawn: tuple[Operation, str, str, bytes]) -> None:
        operation, text, query, body = drawn
        answer = probe.send(
            operation.method,
            _filled(operation, text) + (f"?{query}" if query else ""),
            # With less than its scope an operation would look at nothing else.
            credential=probe.credential(operation.scopes),
            headers=(("Content-Type", "application/json"),),
            body=body if operation.body else b"",
        )
        said = f"{answer}; of the 5xx only {_MEANT} are meant."
        probe.expect(_sound(answer), said, by=_PROSE, at=answer, kind="failure", parameter=operation.id)

    writable = probe.target.writable
    safe = [each for each in secured(probe.contract) if each.method == "GET" or (writable and not each.path_names)]
    probe.for_each([(each, "x", "", body) for each in safe if each.body for body in _HOSTILE], check, quick=4)
    drawn = st.sampled_from(safe).flatmap(
        lambda each: st.tuples(st.just(each), st.text(max_size=12), _queries(each), _hostile())
    )
    probe.for_any(drawn, check, examples=30)


@law(
    "ERR 7",
    "No answer of the run was a failure of the server.",
    requests=0,
    worth=2,
    watches=True,
)
def no_answer_was_a_failure(probe: Probe) -> None:
    """What failed by a safe request is asked for again: what fails every time is no accident."""
    failed = [each for each in probe.session.evidence if not _sound(each) and each.aside in ("", FAILED_ONCE)]
    failed = [each for each in failed if not each.case.startswith(_HOSTILE_LAWS)]
    some = [each for each in failed if each.credential and each.operation and not each.case.startswith(_WRONG)]
    cases = {each.case for each in some}
    said = f"{len(some)} of {len(probe.answers())} requests failed, by {len(cases)} laws that sent what is valid, too."
    probe.expect(
        len(cases) < _TOO_OFTEN, said, by=SAFETY, at=some[:_TOO_OFTEN], kind="now and then", seen="", ends=False
    )
    for exchange in failed:
        again = exchange.method in ("GET", "HEAD") and not _sound(probe.repeat(exchange))
        said = f"{exchange}; of the 5xx only {_MEANT} are meant."
        by = SAFETY if again and exchange.credential is not None else _PROSE
        seen = str(exchange.status)
        probe.expect(False, said, by=by, at=exchange, kind=FAILURE, seen=seen, ends=False)


def _sound(answer: Exchange) -> bool:
    return answer.status < _FAILURE or answer.status in _MEANT


def _queries(operation: Operation) -> st.SearchStrategy[str]:
    names = [each.name for each in operation.parameters if each.location == "query"] or ["x"]
    pair = st.tuples(st.sampled_from(names), st.text(max_size=20))
    return st.lists(pair, max_size=3).map(lambda pairs: "&".join(f"{name}={quote(value)}" for name, value in pairs))


def _hostile() -> st.SearchStrategy[bytes]:
    return st.one_of(st.sampled_from(_HOSTILE), st.binary(max_size=60))


def _filled(operation: Operation, text: str) -> str:
    path = operation.path
    for name in operation.path_names:
        path = path.replace(f"{{{name}}}", quote(text or "x", safe=""))
    return path


LAWS: tuple[Law, ...] = (nothing_makes_the_server_fail, no_answer_was_a_failure)
