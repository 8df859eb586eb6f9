"""Policy that the contract states in two places is the same in both (law SRC 1)."""

from collections.abc import Iterator
from typing import Any

from smartcal_api.contract.check_kinds import closest
from smartcal_api.contract.check_reach import EVENT_TYPE, PROBLEM
from smartcal_api.contract.check_survey import Survey
from smartcal_api.contract.delivery_headers import VALUES, header_of
from smartcal_api.contract.document import escape
from smartcal_api.errors import Finding

# Raised before an operation is known, or by what stands before every handler.
ANYWHERE = frozenset(
    {
        "invalid_request", "invalid_body", "conflicting_credentials", "missing_credentials", "invalid_token",
        "insufficient_scope", "not_found", "method_not_allowed", "body_too_large", "uri_too_long",
        "unsupported_media_type", "rate_limited", "headers_too_large", "internal_error", "not_implemented",
        "unavailable",
    }
)  # fmt: skip


def policy(survey: Survey) -> Iterator[Finding]:
    """A clause is held against what the document states: a default is nobody's fault."""
    data, stated = survey.document.data, survey.document.stated
    if survey.ours and EVENT_TYPE in survey.nodes:
        yield from _same(survey, "/webhooks", data["webhooks"], EVENT_TYPE)
    if "x-problems" in stated:
        yield from _problems(survey)
    yield from _repeated(
        "/x-rate-limits", {str(i): each["name"] for i, each in enumerate(data["x-rate-limits"])}, "/name"
    )
    yield from _repeated("/x-ids/prefixes", data["x-ids"]["prefixes"])
    yield from _repeated("/x-secrets", {k: v for k, v in data["x-secrets"].items() if not k.startswith("x-")})
    for at, operation in survey.sound("operation"):
        own_limits = {str(i): each["name"] for i, each in enumerate(operation.get("x-rate-limits", ()))}
        yield from _repeated(f"{at}/x-rate-limits", own_limits, "/name")
    yield from _undeclared(survey)
    for at, operation in survey.sound("operation"):
        for index, each in enumerate(operation.get("parameters", [])):
            if "x-value" in survey.follow(each, at)[0]:
                yield Finding(f"{at}/parameters/{index}", "x-value has no effect here; it is of deliveries' headers")
    if "x-webhook-signature" in stated:
        yield from _deliveries(survey, data["x-webhook-signature"]["header"])


def _problems(survey: Survey) -> Iterator[Finding]:
    data = survey.document.data
    own = {code: problem for code, problem in data["x-problems"].items() if not code.startswith("x-")}
    if PROBLEM in survey.nodes:
        yield from _same(survey, "/x-problems", own, f"{PROBLEM}/properties/code")
    for code in sorted(ANYWHERE - own.keys()):
        meant = closest(code, tuple(own)) or "; add it"
        yield Finding("/x-problems", f"lacks {code}, which any request may be answered{meant}")
    declared = {int(s) for s in data["x-unrouted-responses"] if not s.startswith("x-")}
    # Those of operations with a fault of their own, too: what they declare is not missing.
    for kind, table in survey.nodes.values():
        if kind == "operation" and isinstance(table.get("responses"), dict):
            declared |= {int(status) for status in table["responses"] if status.isdigit()}
    for code, problem in own.items():
        if problem["status"] not in declared:
            message = f"no operation and no x-unrouted-responses has a response {problem['status']}; add one"
            yield Finding(f"/x-problems/{escape(code)}/status", message)
        elif code in ANYWHERE and str(problem["status"]) not in data["x-unrouted-responses"]:
            message = f"any request may be answered {problem['status']}, for {code}; add it here"
            yield Finding("/x-unrouted-responses", message)


def _undeclared(survey: Survey) -> Iterator[Finding]:
    """Headers that policy names are declared by some response, so that an edit of one place alone is noticed."""
    data = survey.document.data
    declared: set[str] = set()
    if not survey.is_whole:
        return  # the operation that declares it may be one with a fault of its own
    for at, stated in survey.sound("operation"):
        for status, response in stated["responses"].items():
            if not status.startswith("x-"):
                found, _ = survey.follow(response, f"{at}/responses/{status}")
                declared |= {name.lower() for name in found.get("headers", {})}
    stated = data["x-rate-limit-headers"]
    named = {f"/x-rate-limit-headers/{key}": stated[key] for key in ("limit", "remaining", "retry_after")}
    named |= {"/x-request-id/header": data["x-request-id"]["header"]}
    for pointer, name in named.items():
        if pointer.split("/")[1] not in survey.document.stated:
            continue
        if "/x-" not in pointer.removeprefix("/x-") and declared and name.lower() not in declared:
            yield Finding(pointer, f"no response has the header {name}; rename it there as well")


def _same(survey: Survey, at: str, table: Any, schema: str) -> Iterator[Finding]:
    """The keys of a table are the values of an enum, both ways."""
    stated = survey.nodes.get(schema, ("", None))[1]
    values = stated.get("enum") if isinstance(stated, dict) else None
    if values is None:
        yield Finding(at, f"its keys must be the enum of {schema}, which has none; add it")
        return
    for key in table.keys() - set(filter(_is_text, values)):
        meant = closest(key, tuple(filter(_is_text, values))) or "; add it there, or leave it out here"
        yield Finding(at, f"{key} is not in the enum of {schema}{meant}")
    for value in values:
        if not _is_text(value) or value not in table:
            yield Finding(at, f"is missing {value}, which is in the enum of {schema}; add it, or leave it out there")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _repeated(at: str, names: dict[str, str], below: str = "") -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for key, name in names.items():
        first = seen.setdefault(name, key)
        if first != key:
            yield Finding(f"{at}/{escape(key)}{below}", f"{name!r} is that of {first}, too; give each its own")


def _deliveries(survey: Survey, header: str) -> Iterator[Finding]:
    """A delivery carries the signature, and headers whose values the contract or the delivery itself has (DELV 2)."""
    found = dict(survey.sound("webhook operation"))
    unsigned = [at for at, stated in found.items() if not _is_signed(survey, at, stated, header)]
    if len(unsigned) > 1 and len(unsigned) == len(found):
        named = {each["name"] for at in unsigned for each in _headers(survey, at, found[at])}
        meant = closest(header, tuple(named)) or "; declare it in each"
        message = f"no delivery has {header} as a required header parameter{meant}"
        yield Finding("/x-webhook-signature/header", message)
        return  # what else they carry would be taken for another header
    yield from _unknowable(survey, found)
    for at, stated in found.items():
        yield from _carried(survey, at, stated, header)
        if at in unsigned:
            yield Finding(at, f"is missing {header}, the header of x-webhook-signature, as a required header parameter")


def _headers(survey: Survey, at: str, stated: Any) -> list[Any]:
    followed = [survey.follow(each, at)[0] for each in stated.get("parameters", [])]
    return [each for each in followed if each["in"] == "header"]


def _is_signed(survey: Survey, at: str, stated: Any, header: str) -> bool:
    headers = _headers(survey, at, stated)
    return any(each["name"].lower() == header.lower() and each.get("required") is True for each in headers)


def _unknowable(survey: Survey, found: dict[str, Any]) -> Iterator[Finding]:
    """What is signed beside the body comes with the delivery, or nobody could verify it."""
    stated = survey.document.data["x-webhook-signature"]
    for name, value in (("{id}", "delivery_id"), ("{timestamp}", "timestamp")):
        if name in stated.get("signed", "") and name not in stated["prefix"]:
            carried = {at: {each.get("x-value") for each in _headers(survey, at, found[at])} for at in found}
            silent = [at for at, values in carried.items() if value not in values]
            if silent:
                message = f"signs {name}, which {silent[0]} does not carry; add a header with x-value: {value} to each"
                yield Finding("/x-webhook-signature/signed", message)


def _carried(survey: Survey, at: str, stated: Any, header: str) -> Iterator[Finding]:
    for index, each in enumerate(stated.get("parameters", [])):
        declared, _ = survey.follow(each, at)
        if declared["in"] == "header" and declared["name"].lower() == header.lower():
            continue
        if declared["in"] != "header":
            yield Finding(f"{at}/parameters/{index}", "a delivery has no parameter but headers; leave it out")
        elif header_of(declared, survey.schema(declared.get("schema"))) is None:
            values = ", ".join(VALUES)
            message = f"{declared['name']} has no value; give it a const, an example, or as x-value one of {values}"
            yield Finding(f"{at}/parameters/{index}", message)
