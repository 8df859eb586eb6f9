"""Whether a request is valid against the contract, by openapi-core: path, method, parameters and body."""

import copy
import json
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

from jsonschema_path import SchemaPath
from openapi_core.datatypes import RequestParameters
from openapi_core.validation.request.validators import V31RequestBodyValidator, V31RequestParametersValidator
from werkzeug.datastructures import Headers, ImmutableMultiDict

from smartcal_api.conformance.exchange import Exchange, Fields
from smartcal_api.conformance.judge import Fault, Judge, path_texts
from smartcal_api.contract import Contract, Document, Operation, Parameter
from smartcal_api.contract.form import FORM, FormSchema

_HOST = "http://judged.invalid"
_FORM = "application/x-form+json"  # as which a form is judged


class RequestJudge:
    """Knows what a client may send; whether it may do it is for the server to say."""

    def __init__(self, contract: Contract, judge: Judge) -> None:
        self._contract = contract
        self._judge = judge
        document = copy.deepcopy(dict(contract.taken.document.data)) | {"servers": [{"url": _HOST}]}
        _explode(document)
        _take_forms_as_json(document)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it knows no oauth2, which is not for it to judge
            spec = SchemaPath.from_dict(document)
            more: dict[str, Callable[[bytes], Any]] = {"application/problem+json": json.loads, _FORM: json.loads}
            self._parameters = V31RequestParametersValidator(spec, extra_media_type_deserializers=more)
            self._bodies = V31RequestBodyValidator(spec, extra_media_type_deserializers=more)

    def faults(self, exchange: Exchange) -> list[Fault]:
        """Everything in which a request differs from the contract; none where it is valid."""
        operation = self._judge.operation_of(exchange.method, exchange.path)
        if operation is None:
            return [Fault("/paths", f"there is no operation {exchange.method} {exchange.path}")]
        request = _Asked(exchange, operation, self._contract)
        faults = [*_unknown(exchange, operation), *_miswritten(exchange, operation)]
        told = {fault.clause for fault in faults}
        for error in self._parameters.iter_errors(request):
            faults += [fault for fault in _faults(error, operation) if fault.clause not in told]
        # A body that may be left out is missing to openapi-core all the same.
        if operation.body is not None and (exchange.request_body or operation.body.required):
            for error in self._bodies.iter_errors(request):
                faults += _faults(error, operation)
        return faults


class _Asked:
    """A request as openapi-core wants it."""

    def __init__(self, exchange: Exchange, operation: Operation, contract: Contract) -> None:
        self.host_url = _HOST
        self.path = operation.path.replace("{", "").replace("}", "")
        self.method = operation.method.lower()
        headers = Headers(_joined(exchange.request_headers))
        self.content_type = (headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        self.body = exchange.request_body or None
        if self.content_type == FORM and self.body and operation.body and FORM in operation.body.media_types:
            self.content_type = _FORM
            self.body = _form(self.body, contract.document, operation.body.media_types[FORM])
        query = [
            (each.name, text)
            for each in operation.parameters
            if each.location == "query"
            for text in _query_texts(exchange, each)
        ]
        texts = path_texts(operation, exchange.path)
        self.parameters = RequestParameters(query=ImmutableMultiDict(query), header=headers, path=texts)


def _explode(document: Any) -> None:
    """Has each value of a list be a parameter of its own: openapi-core would look for commas in what it has decoded."""
    for node in _nodes(document):
        if node.get("in") == "query" and node.get("explode") is False:
            node["explode"] = True


def _take_forms_as_json(document: Any) -> None:
    """openapi-core knows no member of several types in a form."""
    for node in _nodes(document):
        content = node.get("content")
        if isinstance(content, dict) and FORM in content:
            content[_FORM] = content.pop(FORM)


def _form(body: bytes, document: Document, pointer: str) -> bytes:
    """A form as JSON; a name that must not repeat is a list if it does, which fits no schema of one value."""
    schema = FormSchema(document.resolve(f"#{pointer}"), document)
    given = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    members = {
        name: schema.value(name, texts if name in schema.lists or len(texts) > 1 else texts[0])
        for name, texts in given.items()
    }
    return json.dumps(members).encode()


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _nodes(inner)


def _pairs(exchange: Exchange) -> list[tuple[str, str]]:
    """Names of a query's parameters, and their texts, which are still encoded."""
    pairs = (pair.partition("=") for pair in urlsplit(exchange.target).query.split("&") if pair)
    return [(unquote_plus(name), text) for name, _, text in pairs]


def _query_texts(exchange: Exchange, parameter: Parameter) -> list[str]:
    """What the query has of a parameter; an encoded comma separates nothing."""
    texts = [text for name, text in _pairs(exchange) if name == parameter.name]
    if parameter.schema.get("type") == "array" and not parameter.explode:
        texts = [item for text in texts for item in text.split(",")]
    return [unquote_plus(text) for text in texts]


def _joined(fields: Fields) -> list[tuple[str, str]]:
    """Field lines of one name as one (RFC 9110 section 5.3)."""
    joined: dict[str, str] = {}
    for name, value in fields:
        before = joined.get(name.lower())
        joined[name.lower()] = value.strip(" \t") if before is None else f"{before}, {value}"
    return list(joined.items())


def _unknown(exchange: Exchange, operation: Operation) -> Iterator[Fault]:
    """Query parameters that the contract lacks, and any that stand there twice: openapi-core lets both pass."""
    if not operation.alternatives:
        return  # the OAuth endpoints ignore what they don't know
    known = {each.name: each for each in operation.parameters if each.location == "query"}
    for name, times in Counter(name for name, _ in _pairs(exchange)).items():
        if name not in known:
            yield Fault(f"{operation.pointer}/parameters", f"there is no query parameter {name!r}")
        elif times > 1 and not (known[name].schema.get("type") == "array" and known[name].explode):
            yield Fault(f"{operation.pointer}/parameters", f"the query parameter {name!r} stands there twice")
    sent = Counter(name.lower() for name, _ in exchange.request_headers)
    for each in operation.parameters:
        if each.location == "header" and each.schema.get("type") != "array" and sent[each.name.lower()] > 1:
            yield Fault(f"{operation.pointer}/parameters", f"the header parameter {each.name!r} stands there twice")


def _miswritten(exchange: Exchange, operation: Operation) -> Iterator[Fault]:
    """Numbers and booleans that aren't written as JSON writes them: openapi-core reads `TRUE`, `yes` and `1_0`, too."""
    fields = dict(_joined(exchange.request_headers))
    for parameter in operation.parameters:
        if parameter.location == "query":
            texts = _query_texts(exchange, parameter)
        elif parameter.location == "header" and parameter.name.lower() in fields:
            texts = [fields[parameter.name.lower()]]
        else:
            continue  # the template of a path has no types to be told apart by
        schema = parameter.schema
        if schema.get("type") == "array":
            schema = schema.get("items", {})
            if parameter.location == "header":
                texts = [item.strip(" \t") for text in texts for item in text.split(",") if item.strip(" \t")]
        wrong = next((text for text in texts if not _written(text, schema)), None)
        if wrong is not None:
            kind = " or ".join(_types(schema))
            yield Fault(parameter.pointer, f"{parameter.name}: {wrong[:100]!r} is not written as {kind} is in JSON")


def _written(text: str, schema: Mapping[str, Any]) -> bool:
    kinds = _types(schema)
    return not kinds or any(kind not in _FORMS or _FORMS[kind].fullmatch(text) for kind in kinds)


def _types(schema: Mapping[str, Any]) -> list[str]:
    stated = schema.get("type", [])
    return [stated] if isinstance(stated, str) else list(stated)


_FORMS: Mapping[str, re.Pattern[str]] = {
    "boolean": re.compile("true|false"),
    "integer": re.compile(r"-?(?:0|[1-9][0-9]*)"),
    "number": re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"),
    "null": re.compile("null"),
}


def _faults(error: Exception, operation: Operation) -> Iterator[Fault]:
    name = getattr(error, "name", None)
    place = next((i for i, each in enumerate(operation.parameters) if each.name == name), None)
    pointer = f"{operation.pointer}/parameters" if name else f"{operation.pointer}/requestBody"
    if place is not None:
        pointer = operation.parameters[place].pointer
    cause: BaseException | None = error
    while cause is not None and not hasattr(cause, "schema_errors"):
        cause = cause.__cause__
    if cause is None:
        yield Fault(pointer, str(error).partition("\n")[0] or type(error).__name__)
        return
    for each in cause.schema_errors:
        at = "/" + "/".join(str(part) for part in each.absolute_path)
        yield Fault(pointer, f"{name or at}: {str(each.message)[:200]}")
