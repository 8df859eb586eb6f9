"""ERR: what is wrong is refused, with the status, the code and the words that the contract has for it."""

from collections.abc import Iterable

from hypothesis import strategies as st

from smartcal_api.conformance.invalid import invalid_bodies, invalid_queries, request_example
from smartcal_api.conformance.law import Law, identified, law, product, secured
from smartcal_api.conformance.probe import Probe
from smartcal_api.contract import Contract, Operation

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def _asked(contract: Contract) -> Iterable[Operation]:
    return (each for each in secured(contract) if any(p.location == "query" for p in each.parameters))


def _with_body(contract: Contract) -> Iterable[Operation]:
    return (each for each in secured(contract) if each.body)


@law(
    "ERR 1",
    "A problem has the status of its answer, a code of the contract with its title, and the id of the request.",
    clause="/x-problems",
    requests=0,
    worth=2,
)
def problems_are_those_of_the_contract(probe: Probe) -> None:
    policy = probe.contract.policy
    for exchange in probe.answers():
        if exchange.status < 400 or exchange.media_type != "application/problem+json" or not exchange.body:
            continue
        body = exchange.json
        kind = policy.problems.get(body.get("code"))
        due: dict[str, object] = {"status": exchange.status, "request_id": exchange.header(policy.request_id_header)}
        if kind is not None:
            due |= {"status": kind.status, "title": kind.title}
        wrong = {name: body.get(name) for name, value in due.items() if body.get(name) != value}
        if kind is None or wrong or exchange.status != due["status"]:
            probe.show(exchange)
            probe.expect(
                kind is not None, f"{exchange} has the code {body.get('code')!r}, which there isn't.", kind="code"
            )
            probe.fail(f"{exchange} has {wrong or exchange.status}; that is to be {due}.", kind="members")


@law(
    "ERR 2",
    "A query parameter that is out of range, of the wrong type, repeated, empty or unknown is 400 and is named.",
    clause="/components/responses/BadRequest",
    over=_asked,
    requests=31,
    worth=58,
)
def a_wrong_parameter_is_refused_and_named(probe: Probe) -> None:
    def check(query: tuple[str, str, str]) -> None:
        wrong, name, text = query
        answer = probe.call(probe.operation, query=text)
        probe.expect(answer.status == 400, f"{answer}; {name} is {wrong}, so that is 400.", kind=f"{name} {wrong}")
        blamed = [each.get("parameter") for each in answer.json.get("errors", ())]
        probe.expect(name in blamed, f"{answer} blames {blamed}; {name} is {wrong}.", kind="blame")

    probe.for_each(list(invalid_queries(probe.operation)), check, quick=5)


@law(
    "ERR 3",
    "An id that names nothing is 404, whatever it looks like.",
    clause="/components/responses/NotFound",
    over=identified,
    requests=4,
    worth=57,
)
def an_id_that_names_nothing_is_not_found(probe: Probe) -> None:
    ids = st.one_of(
        st.sampled_from(["nothing", "0", "..", "%", "é", "null", "a/b", "0" * 24]),
        st.text("abcdefghijklmnopqrstuvwxyz0123456789_-.~", min_size=1, max_size=30),
    ).filter(lambda text: text not in (".", ".."))

    def check(identifier: str) -> None:
        path = dict.fromkeys(probe.operation.path_names, identifier)
        answer = probe.call(probe.operation, path=path)
        probe.expect(answer.status == 404, f"{answer}; that id names nothing, so it is 404.")

    probe.for_any(ids, check, examples=4)


@law(
    "ERR 4",
    "A path that there isn't is 404 whatever the credential; a method that a path lacks is 405 and names the others.",
    clause="/x-unrouted-responses",
    requests=45,
    worth=45,
)
def unknown_paths_and_methods_are_told_apart(probe: Probe) -> None:
    any_key = probe.credentials()[:1]
    below = product(probe.contract)
    for path in (f"{below}/nothing", below, "/nothing"):
        for credential in (*any_key, None):
            answer = probe.send("GET", path, credential=credential)
            probe.expect(answer.status == 404, f"{answer}; there is no such path.", kind="path")
    paths = sorted({each.path for each in secured(probe.contract)})
    tried = _METHODS if probe.target.writable else ("GET",)
    lacking = [(path, method) for path in paths for method in tried if _lacks(probe.contract, path, method)]

    def check(case: tuple[str, str]) -> None:
        path, method = case
        credential = any_key[0] if any_key else None
        answer = probe.send(method, path.replace("{", "").replace("}", ""), credential=credential)
        probe.expect(answer.status == 405, f"{answer}; the path lacks that method.", kind="method")
        allowed = sorted(name.strip() for name in (answer.header("Allow") or "").split(",") if name.strip())
        due = probe.contract.allowed(path)
        probe.expect(allowed == due, f"{answer} has Allow {allowed}; the path has {due}.", kind="allow")

    probe.for_each(lacking, check, quick=5)


@law(
    "ERR 5",
    "A body that is no JSON or against its schema is 400; one of another media type is 415.",
    clause="/components/responses/BadRequest",
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
        probe.expect(answer.status in due, f"{answer} to a body with {wrong}; that is 400.", kind=wrong)

    probe.for_each(list(invalid_bodies(operation, probe.contract)), check, quick=5)
    example = str(request_example(operation, probe.contract)).encode()
    headers = (("Content-Type", "text/plain"),)
    answer = probe.call(operation, path=path, body=example, credential=credential, headers=headers)
    clause = "/components/responses/UnsupportedMediaType"
    due = (415, 404) if operation.path_names else (415,)
    probe.expect(answer.status in due, f"{answer} to text/plain; that isn't {media_type}.", kind="media", clause=clause)


def _lacks(contract: Contract, path: str, method: str) -> bool:
    # OPTIONS is a preflight's, which is answered before anything.
    return method != "OPTIONS" and method not in contract.allowed(path)


def _never_there(probe: Probe) -> str:
    return "never" + "".join(probe.rng.choice("0123456789abcdef") for _ in range(12))


LAWS: tuple[Law, ...] = (
    problems_are_those_of_the_contract,
    a_wrong_parameter_is_refused_and_named,
    an_id_that_names_nothing_is_not_found,
    unknown_paths_and_methods_are_told_apart,
    a_wrong_body_is_refused,
)
