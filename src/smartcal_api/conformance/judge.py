"""Whether an answer is valid against the contract, by openapi-core: status, headers, media type and body."""

import json
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from jsonschema_path import SchemaPath
from openapi_core.datatypes import RequestParameters
from openapi_core.validation.response.validators import V31ResponseDataValidator, V31ResponseHeadersValidator
from werkzeug.datastructures import Headers

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.contract import Contract, Operation, Response
from smartcal_api.contract.media_type import essence, is_json, is_range, key_of
from smartcal_api.contract.message import is_of_the_message

_HOST = "http://judged.invalid"
_UNROUTED = "/x-unrouted"
_NUMBER = re.compile("[0-9]+")
_PARAMETER = re.compile(r"\{[^}]*\}")
_REMEMBERED = 20_000
"""Texts, some of them a kilobyte or two: what a run has of them is a tenth of that."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One clause that an answer breaks."""

    clause: str
    message: str


class Judge:
    """Built once a run. What was found valid is remembered, bodies and list items by their text, headers by their form:
    a page of 20 items costs 10 ms the first time."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._templates = [(each, _template(each.path)) for each in contract.operations.values()]
        document = _plainer(dict(contract.sent.data))
        document["servers"] = [{"url": _HOST}]
        document["paths"] = {
            **document["paths"],
            # Answers outside of any operation are those of an operation that nobody calls.
            _UNROUTED: {"get": {"responses": document["x-unrouted-responses"]}},
        }
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it knows no oauth2, which is not for it to judge
            spec = SchemaPath.from_dict(document)
            responses = [each for o in contract.operations.values() for each in o.responses.values()]
            declared = {
                _plain_key(key) for each in (*responses, *contract.unrouted.values()) for key in each.media_types
            }
            more: dict[str, Callable[[bytes], Any]] = {key: json.loads for key in declared if is_json(key)}
            self._bodies = V31ResponseDataValidator(spec, extra_media_type_deserializers=more)
            self._headers = V31ResponseHeadersValidator(spec, extra_media_type_deserializers=more)
        ids = contract.policy.ids
        named = "|".join(map(re.escape, ids["prefixes"].values()))
        self._id = re.compile(f"(?:{named})[{ids['alphabet']}]{{{ids['length']}}}")
        self._sound: set[tuple[str, str]] = set()

    def operation_of(self, method: str, path: str) -> Operation | None:
        """The operation that a request reaches; a path without parameters before one with them. HEAD is GET.

        The path is taken as it was sent: a slash that is percent-encoded separates nothing.
        """
        wanted = "GET" if method == "HEAD" else method
        parts = [unquote(part) for part in path.split("/")]
        found = [each for each, template in self._templates if each.method == wanted and _fits(template, parts)]
        return min(found, key=lambda each: len(each.path_names), default=None)

    def faults(self, exchange: Exchange, *, whole: bool = True) -> list[Fault]:
        """Everything in which an answer differs from the contract; none where it is valid. Unless it is `whole`, its
        body isn't known."""
        operation = self.operation_of(exchange.method, exchange.path)
        response = operation.responses.get(exchange.status) if operation else None
        path, method = (operation.path, operation.method) if operation and response else (_UNROUTED, "GET")
        response = response or self._contract.unrouted.get(exchange.status)
        if response is None:
            where = f"{operation.pointer}/responses" if operation else "/x-unrouted-responses"
            return [Fault(where, f"the contract has no status {exchange.status} here")]
        request = _Asked(path, method)
        headers = self._header_faults(exchange, request, response)
        return [*headers, *self._body_faults(exchange, request, response)] if whole else list(headers)

    def _header_faults(self, exchange: Exchange, request: "_Asked", response: Response) -> Iterator[Fault]:
        forms = set(self._forms(exchange, response))
        if forms <= self._sound:
            return
        answered = _Answered(exchange.status, exchange.media_type, b"", Headers(list(exchange.headers)))
        faults = []
        for error in self._headers.iter_errors(request, answered):
            name = getattr(error, "name", "")
            faults.append(Fault(f"{response.pointer}/headers/{name}" if name else response.pointer, _said(error)))
        if not faults:
            self._remember(forms)
        yield from faults

    def _forms(self, exchange: Exchange, response: Response) -> Iterator[tuple[str, str]]:
        """For each header that the contract has for an answer its schema and its value: an integer as it is, ids and
        numbers in others as one, so that what differs in nothing else is judged once."""
        for header in response.headers:
            value = exchange.header(header.name)
            if value is None:
                yield header.pointer, f"missing {header.required}"
            else:
                yield header.pointer, value if header.integer else _NUMBER.sub("0", self._id.sub("ID", value))

    def _body_faults(self, exchange: Exchange, request: "_Asked", response: Response) -> Iterator[Fault]:
        if exchange.method == "HEAD" or not response.media_types:
            if exchange.body:
                yield Fault(response.pointer, f"{len(exchange.body)} bytes of a body where the contract has none")
            return
        declared = key_of(exchange.media_type, response.media_types)
        if declared is None:
            allowed = " or ".join(response.media_types)
            yield Fault(
                f"{response.pointer}/content", f"Content-Type {exchange.media_type!r}; the contract has {allowed}"
            )
            return
        pointer = response.media_types[declared]
        if pointer is None or not is_json(exchange.media_type):
            return
        try:
            body = json.loads(exchange.body)
        except ValueError:
            yield Fault(pointer, "the body is not JSON")
            return
        fresh, seen = self._fresh(body, response)
        text = json.dumps(fresh)
        key = (pointer, self._id.sub("ID", _plain(fresh, exchange.media_type)))
        if key in self._sound:
            return
        answered = _Answered(exchange.status, _plain_key(declared), text.encode(), Headers(list(exchange.headers)))
        faults = [fault for error in self._bodies.iter_errors(request, answered) for fault in _faults(error, pointer)]
        if not faults:
            self._remember({*seen, key})
        yield from faults

    def _remember(self, sound: set[tuple[str, str]]) -> None:
        if len(self._sound) > _REMEMBERED:
            self._sound.clear()
        self._sound |= sound

    def _fresh(self, body: Any, response: Response) -> tuple[Any, list[tuple[str, str]]]:
        """A list's body with those of its items alone that weren't judged before, where the contract judges item by
        item; and what to remember of them."""
        name = self._contract.policy.pagination.items
        if response.items is None or not isinstance(body, dict) or not isinstance(body.get(name), list):
            return body, []
        keyed = [(item, (response.items, json.dumps(item))) for item in body[name]]
        new = [(item, key) for item, key in keyed if key not in self._sound]
        return {**body, name: [item for item, _ in new]}, [key for _, key in new]


class _Asked:
    """A request as openapi-core wants it, as far as the answer depends on it."""

    def __init__(self, path: str, method: str) -> None:
        self.host_url = _HOST
        self.path = path.replace("{", "").replace("}", "")
        self.method = method.lower()
        self.content_type = "application/json"
        self.body = None
        self.parameters = RequestParameters()


@dataclass(frozen=True, slots=True)
class _Answered:
    status_code: int
    content_type: str
    data: bytes
    headers: Headers


def _faults(error: Any, pointer: str) -> Iterator[Fault]:
    """The faults of a body one by one, each with the clause of its schema."""
    cause = error
    while cause is not None and not hasattr(cause, "schema_errors"):
        cause = cause.__cause__
    if cause is None:
        yield Fault(pointer, _said(error))
        return
    for each in cause.schema_errors:
        inside = "/".join(str(part) for part in each.absolute_schema_path if part != "$ref")
        at = "/" + "/".join(str(part) for part in each.absolute_path)
        yield Fault(f"{pointer}/{inside}", f"{at}: {str(each.message)[:200]}")


def _plain(body: Any, media_type: str) -> str:
    """A body as what it is remembered by. The texts of a problem, which name what was asked, count by their length."""
    if media_type == "application/problem+json" and isinstance(body, dict):
        body = {
            name: len(value) // 64 if name in ("detail", "instance") and isinstance(value, str) and value else value
            for name, value in body.items()
        }
    return json.dumps(body)


def _said(error: BaseException) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def _plain_key(key: str) -> str:
    """A key of a `content` without parameters, and one of its own for a range, of which JSON alone is judged."""
    kind = essence(key).removesuffix("/*").replace("*", "any")
    return f"application/{kind}.range+json" if is_range(key) else kind


def _plainer(node: Any) -> Any:
    """A copy as openapi-core reads it rightly: media types without parameters, and no headers of the message itself."""
    if isinstance(node, list):
        return [_plainer(each) for each in node]
    if not isinstance(node, dict):
        return node
    plainer = {key: _plainer(value) for key, value in node.items()}
    if isinstance(node.get("content"), dict):
        plainer["content"] = {_plain_key(key): value for key, value in plainer["content"].items()}
    if isinstance(node.get("headers"), dict) and "description" in node:
        headers = plainer["headers"].items()
        plainer["headers"] = {name: value for name, value in headers if not is_of_the_message(name)}
    return plainer


def _template(path: str) -> list[re.Pattern[str]]:
    """What each segment of a path has to be once it is decoded."""
    parts = [_PARAMETER.split(part) for part in path.split("/")]
    return [re.compile("(.+)".join(re.escape(unquote(each)) for each in part), re.DOTALL) for part in parts]


def path_texts(operation: Operation, path: str) -> dict[str, str]:
    """The values of a path's parameters, decoded."""
    parts = map(unquote, path.split("/"))
    matches = map(re.Pattern.fullmatch, _template(operation.path), parts)
    texts = [text for match in matches if match is not None for text in match.groups()]
    return dict(zip(operation.path_names, texts, strict=False))


def _fits(template: list[re.Pattern[str]], parts: list[str]) -> bool:
    return len(template) == len(parts) and all(map(re.Pattern.fullmatch, template, parts))
