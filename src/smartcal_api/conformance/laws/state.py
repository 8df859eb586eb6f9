"""STATE: what is shown in two places is the same, what refers to something leads there, and reading changes nothing."""

from collections.abc import Iterable, Iterator
from typing import Any

from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Unreadable
from smartcal_api.conformance.law import Law, identified, law, listings, readable, secured
from smartcal_api.conformance.oracle import instant
from smartcal_api.conformance.probe import Probe
from smartcal_api.contract import Contract, Operation

_BODY = "$response.body#"


def _resources(contract: Contract) -> Iterable[Operation]:
    """Those whose list pages as the contract says."""
    lists = {each.path for each in listings(contract)}
    return (each for each in identified(contract) if each.method == "GET" and each.path.partition("/{")[0] in lists)


@law(
    "STATE 1",
    "What a list has of a resource is the resource, and reading it twice gives the same.",
    over=_resources,
    requests=5,
    worth=54,
)
def a_list_has_what_its_resources_are(probe: Probe) -> None:
    listing = next(
        each
        for each in probe.contract.operations.values()
        if each.listing and each.path == probe.operation.path.partition("/{")[0]
    )
    items = probe.whole(listing)
    if not items:
        probe.give_up(f"{listing.path} is empty")
    credential = probe.credential(probe.operation.scopes)
    by = f"{probe.operation.pointer}/responses"
    for item in probe.rng.sample(items, min(len(items), 4 if probe.full else 2)):
        path = dict.fromkeys(probe.operation.path_names, str(item["id"]))
        answer = probe.call(probe.operation, path=path, credential=credential)
        probe.succeeds(answer, "it is in the list")
        seen = answer.object
        said = f"{answer} has the id {seen.get('id')}; {item['id']} was asked for."
        probe.expect(str(seen["id"]) == str(item["id"]), said, by=SAFETY, at=answer, kind="id")
        differing = sorted(key for key in {*item, *seen} if item.get(key) != seen.get(key))
        _says_the_same(probe, listing, item, answer)
        said = f"{answer} and the list differ in {', '.join(differing)}."
        probe.expect(not differing, said, by=by, at=answer, kind="differ", parameter=" ".join(differing))
    again = probe.call(probe.operation, path=path, credential=credential)
    said = f"{again}, read twice, is two things."
    probe.expect(again.body == answer.body, said, by=by, at=(answer, again), kind="unstable")


@law(
    "STATE 2",
    "Every link of an answer leads to what it says.",
    over=readable,
    requests=2,
    worth=46,
)
def every_link_leads_somewhere(probe: Probe) -> None:
    links = list(_links(probe.contract, probe.operation))
    if not links:
        return
    answer = probe.call(probe.operation)
    probe.succeeds(answer, "it is there")
    for name, operation, parameters in links:
        path = {}
        for parameter, expression in parameters.items():
            value = _value(answer.json, expression)
            if value is not None:
                path[parameter] = str(value)
        if len(path) < len(parameters) or operation.method != "GET":
            continue
        led = probe.call(operation, path=path)
        by = f"{probe.operation.pointer}/responses/{probe.operation.success}"
        said = f"{led}, where the link {name} of {answer} leads."
        if probe.expect(led.ok, said, by=by, at=(answer, led), kind="link", parameter=name):
            said = f"{led} has another id than was asked for."
            own = str(led.object["id"]) in path.values()
            probe.expect(own, said, by=SAFETY, at=(answer, led), kind="link id", parameter=name)


@law(
    "STATE 3",
    "What was acknowledged is there after the server was killed and started again.",
    needs=(Capability.RESTART, Capability.WRITES),
    requests=14,
    worth=8,
    quick=False,
)
def what_was_acknowledged_survives(probe: Probe) -> None:
    cancelling = next((each for each in secured(probe.contract) if each.path.endswith("/cancel")), None)
    created, cancelled = [], ""
    for operation in secured(probe.contract):
        if operation.method == "POST" and not operation.path_names:
            made = probe.create(operation)
            probe.succeeds(made, "the body is the contract's own")
            created.append((operation.path, made.object["id"]))
    if cancelling is not None:
        cancelled = probe.cancellable()
        answer = probe.call(cancelling, path=dict.fromkeys(cancelling.path_names, cancelled), body={"reason": "kept"})
        probe.succeeds(answer, "the booking was to come")
    before = {each.id: _kept(probe, each) for each in listings(probe.contract)}
    assert probe.target.restart is not None
    probe.target.restart()
    for listing in listings(probe.contract):
        lost = before[listing.id].keys() - (after := _kept(probe, listing)).keys()
        said = f"{sorted(lost)[:1]} of {listing.path} is gone after a restart."
        probe.expect(not lost, said, by=SAFETY, kind="lost", parameter=listing.id, seen="")
        changed = [name for name in after if after[name] != before[listing.id].get(name)]
        said = f"{changed[:1]} of {listing.path} is another one after a restart."
        probe.expect(not changed, said, by=SAFETY, kind="changed", parameter=listing.id, seen="")


def _is_other(one: Any, two: Any) -> bool:
    """Whether two values are two: instants can be written in many ways."""
    try:
        return instant(one) != instant(two)
    except Unreadable:
        return bool(one != two)


def _says_the_same(probe: Probe, listing: Operation, item: dict[str, Any], answer: Exchange) -> None:
    """What filters look at is one thing, wherever it is shown; the rest of a list's items may be shorter or newer."""
    seen = answer.object
    names = {clause.field for each in listing.parameters if each.filter for clause in each.filter.clauses}

    def other(item: dict[str, Any]) -> list[str]:
        return sorted(n for n in names if n in item and n in seen and _is_other(item[n], seen[n]))

    def agrees() -> bool:
        now = next((each for each in probe.read(listing, {}) if str(each["id"]) == str(seen["id"])), None)
        return now is not None and not other(now)

    differing = other(item)
    if differing and probe.repeat(answer).json == seen:
        told = ", ".join(f"{name} {seen[name]}, and the list {item[name]}" for name in differing)
        about = " ".join(differing)
        probe.expect(probe.settles(agrees), f"{answer} has {told}.", by=SAFETY, at=answer, kind="two", parameter=about)


def _kept(probe: Probe, listing: Operation) -> dict[str, Any]:
    return {str(each["id"]): each for each in probe.read(listing, {})}


def _links(contract: Contract, operation: Operation) -> Iterator[tuple[str, Operation, dict[str, str]]]:
    response = operation.responses.get(operation.success)
    stated = contract.document.resolve(f"#{response.pointer}").get("links", {}) if response else {}
    for name, link in stated.items():
        while "$ref" in link:
            link = contract.document.resolve(link["$ref"])
        yield name, contract.operations[link["operationId"]], link.get("parameters", {})


def _value(body: Any, expression: str) -> Any:
    """What a runtime expression of a link leads to in a body; None where that has nothing there."""
    for token in expression.removeprefix(_BODY).split("/")[1:]:
        if isinstance(body, list) and token.isdigit() and int(token) < len(body):
            body = body[int(token)]
        elif isinstance(body, dict):
            body = body.get(token)
        else:
            return None
    return body


LAWS: tuple[Law, ...] = (
    a_list_has_what_its_resources_are,
    every_link_leads_somewhere,
    what_was_acknowledged_survives,
)
