"""Where code and contract part ways without stopping a handler: told once, with its place (law SRC 4)."""

from collections.abc import Iterable, Iterator

from smartcal_api.api.lists import longest
from smartcal_api.api.needs import NEEDS
from smartcal_api.bookings import EVENT_STATUS
from smartcal_api.contract import Contract
from smartcal_api.contract.document import escape
from smartcal_api.contract.resources import SHOWN_BY
from smartcal_api.errors import Finding, hint
from smartcal_api.http import idempotency, negotiation
from smartcal_api.http.problems import MEMBERS

_IDENTIFIED = {
    "event": "Event",
    "booking": "Booking",
    "booking_page": "BookingPage",
    "webhook": "Webhook",
    "account": "Account",
    "calendar": "Calendar",
}
"""Kind of `x-ids` → what has such ids."""


def remarks(contract: Contract) -> list[Finding]:
    """With their lines."""
    found = [finding for _, finding in remarks_by_rule(contract)]
    return list(contract.document.error(found).findings) if found else []


def remarks_by_rule(contract: Contract) -> Iterator[tuple[str, Finding]]:
    """Without them, each with the rule of `smartcal lint` that it is."""
    rules = {
        "handler/id-form": _ids,
        "handler/status": _statuses,
        "handler/problem-member": _problems,
        "handler/event-type": _event_types,
        "parameter/selects-nothing": _parameters,
        "handler/member-ignored": _bodies,
        "handler/answer": _answers,
    }
    for rule, found in rules.items() if contract.ours else ():
        yield from ((rule, Finding(*each)) for each in found(contract))


def meant(name: str, names: Iterable[str]) -> str:
    """The name that is meant, if one is near: the end of a sentence."""
    told = hint(name, names)
    return f"; {told}" if told.startswith("did you mean") else ""


def _ids(contract: Contract) -> Iterator[tuple[str, str]]:
    """Kinds of ids whose form isn't that of their schemas."""
    for kind, resource in _IDENTIFIED.items():
        pointer = _member(contract, resource, "id")
        stated = contract.policy.specimen_id(kind)
        if pointer is not None and not _takes(contract, pointer, stated):
            yield (
                f"/x-ids/prefixes/{kind}",
                f"ids would be such as {stated}, which {pointer} does not take; new ones are made to fit that. "
                "Change one of the two",
            )


def _statuses(contract: Contract) -> Iterator[tuple[str, str]]:
    pointer = _member(contract, "Booking", "status")
    values = contract.document.resolve(f"#{pointer}").get("enum", ()) if pointer else ()
    for status in EVENT_STATUS if values else ():
        if status not in values:
            others = [each for each in values if isinstance(each, str) and each not in EVENT_STATUS]
            yield str(pointer), f"lacks {status}, which bookings may become{meant(status, others)}"


def _problems(contract: Contract) -> Iterator[tuple[str, str]]:
    pointer = "/components/schemas/Problem"
    if "Problem" not in contract.data["components"].get("schemas", {}):
        return  # by another name, and judged where it is answered
    members = list(contract.members(pointer))
    for name in MEMBERS:
        if name not in members:
            yield pointer, f"lacks {name}, which problems are sent with{meant(name, set(members) - set(MEMBERS))}"


def _event_types(contract: Contract) -> Iterator[tuple[str, str]]:
    known = [each for several in SHOWN_BY.values() for each in several if "." in each]
    for name in known:
        if name not in contract.data["webhooks"]:
            others = contract.data["webhooks"].keys() - set(known)
            yield "/webhooks", f"lacks {name}, so that nobody is told when that happens{meant(name, others)}"


def _takes(contract: Contract, pointer: str, value: object) -> bool:
    """True, too, of a schema that is not understood, in a draft."""
    try:
        return contract.schemas.at(pointer).is_valid(value)
    except ValueError:
        return True


def _parameters(contract: Contract) -> Iterator[tuple[str, str]]:
    """Of lists, which are all served by what `x-filter`, `x-order` and `x-pagination` say, and of other handlers."""
    names = contract.policy.pagination
    paging = (names.page_parameter, names.per_page_parameter)
    for operation in contract.operations.values():
        needs = NEEDS.get(operation.id)
        known = (*paging, *(needs.may_take or {} if needs is not None else {}), idempotency.declared(operation))
        for each in operation.parameters:
            if each.filter is not None or each.name in known or each.location == "path":
                continue
            if operation.listing is not None and each.location == "query":
                yield operation.pointer, f"{each.name} of {operation.id} has no x-filter, so that it selects nothing"
            elif needs is not None:
                yield operation.pointer, f"{each.name} of {operation.id} is judged, and nothing else is done with it"


def _answers(contract: Contract) -> Iterator[tuple[str, str]]:
    for operation in contract.operations.values():
        at, success = operation.pointer, operation.responses[operation.success]
        for key in negotiation.shown(operation) if operation.id in NEEDS or operation.listing is not None else ():
            where = f"{success.pointer}/content/{escape(key)}"
            yield where, f"{operation.id} can't write {key}: it is sent as it is shown here, whatever the data are"
        most = longest(operation, contract) if operation.listing is not None else None
        per_page = contract.policy.pagination.per_page_parameter
        asked = next((each.schema for each in operation.parameters if each.name == per_page), {})
        if most is not None and most < asked.get("maximum", most):
            yield at, f"a page of {operation.id} has at most {most} items, its maxItems, whatever is asked for"
        if idempotency.declared(operation) and idempotency.code_of(contract.policy) is None:
            what = "a key that comes again with another request, which is refused as invalid_request"
            yield "/x-problems", f"there is no code for {what}; add one, such as idempotency_key_reused"


def _bodies(contract: Contract) -> Iterator[tuple[str, str]]:
    """Members that a handler doesn't know are taken, and nothing is done with them."""
    for name, needs in NEEDS.items():
        operation = contract.operations.get(name)
        if operation is None or operation.body is None:
            continue
        known = {**(needs.takes or {}), **(needs.may_take or {})}
        for pointer in operation.body.media_types.values():
            for member in contract.members(pointer) if known else ():
                if member not in known:
                    at = f"{contract.end_of(pointer)}/properties/{member}"
                    yield at, f"the handler of {name} does nothing with {member}"


def _member(contract: Contract, resource: str, name: str) -> str | None:
    """The pointer to the schema of a resource's member, if it is stated there."""
    if resource not in contract.resources:
        return None
    if name not in contract.resource(resource).get("properties", {}):
        return None
    return contract.end_of(contract.resource_pointer(resource, "properties", name))
