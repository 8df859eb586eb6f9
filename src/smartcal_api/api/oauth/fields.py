"""The parameters of an OAuth request, from its query or its form, judged one by one by the contract's schemas."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from smartcal_api.contract import Contract, Operation
from smartcal_api.contract.form import FORM
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.raw import pairs

STATE = "state"


class Given(NamedTuple):
    """`values` stand once and are text; `faults` says of a parameter what is wrong with it.

    A parameter without a value counts as left out (RFC 6749 section 3.1), but for `state`, which goes back as it came.
    """

    values: Mapping[str, str]
    repeated: tuple[str, ...]
    faults: Mapping[str, str]
    state: bytes | None

    def fault(self, *names: str) -> str | None:
        """The first fault of these parameters as a sentence."""
        for name in names:
            if name in self.repeated:
                return f"{name} stands more than once. Send it once."
            if name in self.faults:
                return f"{name} {self.faults[name]}."
        return None


def given_once(exchange: Exchange, read: Callable[[], Given]) -> Given:
    """What a request gives, read when it is first asked for: there may be a megabyte of it."""
    if not isinstance(exchange.body, Given):
        exchange.body = read()
    return exchange.body


class Fields:
    """The parameters of one operation. Whatever else is sent is ignored (RFC 6749 section 3.1)."""

    def __init__(self, operation: Operation, contract: Contract) -> None:
        self._document = contract.document
        schema: dict[str, Any]
        if operation.body is not None:
            bodies = operation.body.media_types
            pointer = bodies.get(FORM) or next(iter(bodies.values()))
            schema = contract.schemas.reference(pointer)
            self.names = frozenset(self._names(contract.document.resolve(f"#{pointer}")))
        else:
            query = [each for each in operation.parameters if each.location == "query"]
            schema = {
                "type": "object",
                "required": [each.name for each in query if each.required],
                "properties": {each.name: contract.schemas.reference(each.pointer) for each in query},
            }
            self.names = frozenset(each.name for each in query)
        self._validator = contract.schemas.compile(schema)

    def read(self, text: bytes) -> Given:
        values: dict[str, str] = {}
        repeated: dict[str, None] = {}
        faults: dict[str, str] = {}
        seen: dict[str, bytes] = {}
        for name_bytes, value in pairs(text):
            name = name_bytes.decode("latin-1")
            if name not in self.names:
                continue
            if name in seen:
                repeated[name] = None
            seen[name] = value
            if value or name == STATE:
                try:
                    values[name] = value.decode("utf-8")
                except UnicodeDecodeError:
                    faults[name] = "is not UTF-8; percent-encode it from UTF-8"
        for name in [*repeated, *faults]:
            values.pop(name, None)
        for name, fault in self._faults(values):
            if name not in repeated:
                faults.setdefault(name, fault)
        return Given(values, tuple(repeated), faults, None if STATE in repeated else seen.get(STATE))

    def _faults(self, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Says nothing of the values themselves: most of them are secrets."""
        for error in self._validator.iter_errors(values):
            if error.instance_path:
                yield str(error.instance_path[0]), f"does not fit the contract: {self._clause(error)}"
            elif error.kind.name == "required":
                yield str(error.kind.as_dict()["property"]), "is missing; add it"

    def _clause(self, error: Any) -> str:
        """A keyword and its value, such as `maxLength 255`."""
        pointer = str(error.absolute_keyword_location).partition("#")[2]
        try:
            value = self._document.resolve(f"#{pointer}")
        except KeyError:
            return str(error.kind.name)
        return f"{error.kind.name} {', '.join(map(str, value)) if isinstance(value, list) else value}"

    def _names(self, schema: Any) -> Iterator[str]:
        if "$ref" in schema:
            yield from self._names(self._document.resolve(schema["$ref"]))
        yield from schema.get("properties", {})
        for part in schema.get("allOf", []):
            yield from self._names(part)
