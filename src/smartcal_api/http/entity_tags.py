"""Answers that carry an entity-tag, not sent again to whoever has them (RFC 9110 sections 8.8.3 and 13.1.2)."""

import re
from hashlib import blake2b

from smartcal_api.contract import Description, Operation
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.served import Handler

_SAFE = frozenset({"GET", "HEAD"})
_NOT_MODIFIED = 304
_TAG = re.compile(r'(?:W/)?("[!#-~\x80-\xff]*")')
# A strong tag, a weak one, and what some contracts take for one.
_FORMS = ('"%s"', 'W/"%s"', "%s")


def condition(operation: Operation) -> str | None:
    """The name of the request's header that is understood where an operation has both a tag and a 304."""
    conditional = operation.method == "GET" and _NOT_MODIFIED in operation.responses
    tagged = any(header.name.lower() == "etag" for header in operation.responses[operation.success].headers)
    return "If-None-Match" if conditional and tagged else None


def tagged(handler: Handler, operation: Operation, contract: Description) -> Handler:
    """The handler, with the tags that its operation declares: a digest of what is sent.

    A tag that the contract states is sent as it is stated, unless there is a 304 to tell by it: that of a resource
    which has changed must be another one.
    """
    declared = {
        status: header
        for status, response in operation.responses.items()
        for header in response.headers
        if header.name.lower() == "etag" and 200 <= status < 300 and not header.constant
    }
    conditional = operation.method == "GET" and _NOT_MODIFIED in operation.responses
    names: dict[int, tuple[str, str]] = {}
    for status, header in declared.items():
        takes = contract.schemas.at(header.pointer).is_valid
        form = next((each for each in _FORMS if takes(each % _digest(b""))), None)
        if form is not None and (conditional or header.stated is None):
            names[status] = header.name, form
    return _Tagged(handler, names, conditional=conditional) if names else handler


class _Tagged:
    """`names`: status → the name of the header as it is written there, and the form of its tags."""

    def __init__(self, handler: Handler, names: dict[int, tuple[str, str]], *, conditional: bool) -> None:
        self._handler, self._names, self._conditional = handler, names, conditional

    def __call__(self, exchange: Exchange) -> Answer:
        answer = self._handler(exchange)
        if answer.status not in self._names:
            return answer
        name, form = self._names[answer.status]
        tag = form % _digest(answer.body)
        if self._conditional and exchange.scope["method"] in _SAFE and _has(exchange, tag):
            return Answer(_NOT_MODIFIED, headers={name: tag})
        answer.headers = {**answer.headers, name: tag}
        return answer


def _digest(body: bytes) -> str:
    return blake2b(body, digest_size=12).hexdigest()


def _has(exchange: Exchange, tag: str) -> bool:
    """Whether If-None-Match names it, by the weak comparison, or any."""
    lines = [value.decode("latin-1") for name, value in exchange.scope["headers"] if name == b"if-none-match"]
    stated = ", ".join(lines)
    return stated.strip() == "*" or _opaque(tag) in {_opaque(each) for each in _TAG.findall(stated)}


def _opaque(tag: str) -> str:
    return tag.removeprefix("W/").strip('"')
