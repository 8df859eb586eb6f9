"""ERR: what is wrong is refused, with the status, the code and the words that the contract has for it."""

from collections.abc import Iterable

from hypothesis import strategies as st

from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.invalid import invalid_bodies, invalid_queries, request_example
from smartcal_api.conformance.law import Law, identified, is_none, law, nowhere, product, secured
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.standards import ALLOW_COMES_WITH_405, HEAD_IS_GET
from smartcal_api.contract import Contract, Operation

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_BAD, _UNROUTED = "/components/responses/BadRequest", "/x-unrouted-responses"
_FAILURE = 500


def _asked(contract: Contract) -> Iterable[Operation]:
    return (each for each in secured(contract) if any(p.location == "query" for p in each.parameters))


def _with_body(contract: Contract) -> Iterable[Operation]:
    return (each for each in secured(contract) if each.body)


@law(
    "ERR 1",
    "A problem has the status of its answer, a code of the contract with its title, and the id of the request.",
    requests=0,
    worth=2,
    watches=True,
)
def problems_are_those_of_the_contract(probe: Probe) -> None:
    policy = probe.contract.policy
    for exchange in probe.answers():
        if exchange.status < 400 or exchange.media_type != "application/problem+json" or not exchange.body:
            continue
        body = exchange.problem
        kind = policy.problems.get(exchange.code or "")
        due: dict[str, object] = {"status": exchange.status, "request_id": exchange.header(policy.request_id_header)}
        if kind is not None:
            due |= {"status": kind.status, "title": kind.title}
        wrong = {name: body.get(name) for name, value in due.items() if body.get(name) != value}
        said = f"{exchange.coded}, which the contract hasn't."
        by, seen = "/x-problems", f"{exchange.status} {exchange.code}"
        probe.expect(kind is not None, said, by=by, at=exchange, kind="code", seen=seen)
        told = f"{exchange} has {wrong or exchange.status}; that is to be {due}."
        same = kind is None or (not wrong and exchange.status == due["status"])
        probe.expect(same, told, by=by, at=exchange, kind="members", parameter=" ".join(wrong), seen=seen)


@law(
    "ERR 2",
    "A query parameter that is out of range, of the wrong type, repeated, empty or unknown is 400 and is named.",
    over=_asked,
    requests=31,
    worth=58,
)
def a_wrong_parameter_is_refused_and_named(probe: Probe) -> None:
    def check(query: tuple[str, str, str]) -> None:
        wrong, name, text = query
        answer = probe.call(probe.operation, query=text)
        said = f"{answer}; {name} is {wrong}, so that is 400."
        refused = probe.expect(answer.status == 400, said, by=_BAD, at=answer, kind=wrong, parameter=name)
        errors = answer.problem.get("errors")
        blamed = (
            [each.get("parameter") for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
        )
        told = f"{answer} blames {blamed}; {name} is {wrong}."
        cause = "" if blamed else "a refusal of a parameter doesn't say which it is about"
        probe.expect(name in blamed or not refused, told, by=_BAD, at=answer, kind="blame", cause=cause)

    probe.for_each(list(invalid_queries(probe.operation)), check, quick=5)


@law("ERR 3", "An id that names nothing is 404, whatever it looks like.", over=identified, requests=8, worth=57)
def an_id_that_names_nothing_is_not_found(probe: Probe) -> None:
    operation = probe.operation
    ids = st.one_of(
        st.sampled_from(["nothing", "0", "..", "%", "é", "null", "a/b", "0" * 24]),
        st.text("abcdefghijklmnopqrstuvwxyz0123456789_-.~", min_size=1, max_size=30),
    ).filter(lambda text: text not in (".", ".."))

    def check(identifier: str) -> None:
        answer = probe.call(operation, path=dict.fromkeys(operation.path_names, identifier))
        said = f"{answer}; that id names nothing"
        probe.expect(not answer.ok, f"{said}.", by=operation.pointer, at=answer, kind="found")
        plain = "/" not in identifier and ".." not in identifier
        failed = SAFETY if plain else f"{operation.pointer}/responses"
        probe.expect(answer.status < _FAILURE, f"{said}, and the server failed.", by=failed, at=answer, kind="failure")
        by = f"{operation.pointer}/responses/404"
        probe.expect(answer.status == 404, f"{said}, so it is 404.", by=by, at=answer, kind="status")
        if operation.method == "GET" and not answer.ok:
            head = probe.send("HEAD", answer.target, credential=answer.credential)
            said = f"{head}, and {answer}."
            probe.expect(not head.ok, said, by=HEAD_IS_GET, at=(answer, head), kind="head")

    probe.for_any(ids, check, examples=4)


@law(
    "ERR 4",
    "A path that there isn't is 404 whatever the credential; a method that a path lacks is 405 and names the others.",
    requests=45,
    worth=45,
)
def unknown_paths_and_methods_are_told_apart(probe: Probe) -> None:
    any_key = probe.credentials()[:1]
    below = product(probe.contract)
    wanted = dict.fromkeys((nowhere(probe.contract), below, "/nothing"))
    for path in (each for each in wanted if is_none(probe.contract, each)):
        for credential in (*any_key, None):
            answer = probe.send("GET", path, credential=credential)
            how = "with a key" if credential else "without one"
            said = f"{answer}; there is no such path."
            there = answer.status == 404
            probe.expect(there, said, by=_UNROUTED, at=answer, kind="path", parameter=f"{path} {how}")
    paths = sorted({each.path for each in secured(probe.contract)})
    tried = _METHODS if probe.target.writable else ("GET",)
    lacking = [(path, method) for path in paths for method in tried if _lacks(probe.contract, path, method)]

    def check(case: tuple[str, str]) -> None:
        path, method = case
        credential = any_key[0] if any_key else None
        answer = probe.send(method, path.replace("{", "").replace("}", ""), credential=credential)
        said = f"{answer}; the path has no such method, so it is 405."
        parameter = f"{method} {path}"
        if not probe.expect(
            answer.status == 405, said, by=_UNROUTED, at=answer, kind="method", parameter=parameter, cause=_OTHER_METHOD
        ):
            return
        allow = answer.header("Allow")
        none = f"{answer} has no Allow."
        probe.expect(allow is not None, none, by=ALLOW_COMES_WITH_405, at=answer, kind="no allow", cause=_NO_ALLOW)
        allowed = sorted(name.strip() for name in (allow or "").split(",") if name.strip())
        due = probe.contract.allowed(path)
        told = f"{answer} has Allow {allowed}; the path has {due}."
        probe.expect(allowed == due, told, by=_UNROUTED, at=answer, kind="allow", parameter=parameter)

    probe.for_each(lacking, check, quick=5)


@law(
    "ERR 5",
    "A body that isn't JSON or is against its schema is 400; one of another media type is 415.",
    over=_with_body,
    requests=24,
    worth=56,
)
def a_wrong_body_is_refused(probe: Probe) -> None:
    operation = probe.operation
    media_type = next(iter(operation.body.media_types)) if operation.body else ""
    path = {name: _never_there(probe) for name in operation.path_names}
    credential = probe.credential(operation.scopes)

    def check(drawn: tuple[str, bytes]) -> None:
        wrong, body = drawn
        answer = probe.call(operation, path=path, body=body, credential=credential)
        # An id that names nothing may be found out first.
        due = (400, 404) if operation.path_names else (400,)
        said = f"{answer} to a body with {wrong}; that is 400."
        probe.expect(answer.status in due, said, by=_BAD, at=answer, kind="body", parameter=wrong)

    probe.for_each(list(invalid_bodies(operation, probe.contract)), check, quick=5)
    example = str(request_example(operation, probe.contract)).encode()
    headers = (("Content-Type", "text/plain"),)
    answer = probe.call(operation, path=path, body=example, credential=credential, headers=headers)
    due = (415, 404) if operation.path_names else (415,)
    said = f"{answer} to text/plain; that isn't {media_type}."
    probe.expect(answer.status in due, said, by=f"{operation.pointer}/responses/415", at=answer, kind="media")


def _lacks(contract: Contract, path: str, method: str) -> bool:
    # OPTIONS is a preflight's, which is answered before anything.
    return method != "OPTIONS" and method not in contract.allowed(path)


def _never_there(probe: Probe) -> str:
    return "never" + "".join(probe.rng.choice("0123456789abcdef") for _ in range(12))


_OTHER_METHOD = "a method that a path hasn't is answered with another status than 405"
_NO_ALLOW = "a 405 has no Allow"
LAWS: tuple[Law, ...] = (
    problems_are_those_of_the_contract,
    a_wrong_parameter_is_refused_and_named,
    an_id_that_names_nothing_is_not_found,
    unknown_paths_and_methods_are_told_apart,
    a_wrong_body_is_refused,
)
