"""Whether the handlers still fit a contract; an operation whose handler doesn't is served without it, and told of."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from smartcal_api.api.needs import NEEDS, Needs
from smartcal_api.api.remarks import meant
from smartcal_api.api.specimens import Specimens
from smartcal_api.contract import Contract, Operation
from smartcal_api.contract.document import escape
from smartcal_api.contract.media_type import is_json, key_of
from smartcal_api.errors import Finding
from smartcal_api.http.answer import JSON
from smartcal_api.mock import Unsatisfiable, ValueGenerator, repair

_TYPES: Mapping[Any, tuple[str, ...]] = {str: ("string",), list: ("array",), str | None: ("string", "null")}
_PROBES: tuple[Any, ...] = ("x", 0, 0.5, True, None, [], {})


def unfit(contract: Contract, generator: ValueGenerator) -> dict[str, Finding]:
    """operationId → what is in its handler's way, with its line; the first thing that is. The message is the end of a
    sentence, whose beginning says what serves the operation instead."""
    found: dict[str, Finding] = {}
    made: dict[tuple[str, int], Any] = {}
    for name, needs in NEEDS.items() if contract.ours else ():
        operation = contract.operations.get(name)
        if operation is None:
            others = [each for each in contract.operations if each not in NEEDS and contract.of_the_product]
            for other in get_close_matches(name, others, 1, 0.7):
                at = contract.operations[other].pointer
                message = f"no handler is called so; did you mean {name}?"
                found[other] = _placed(contract, at, message)
            continue
        for pointer, what in _Fitting(operation, needs, contract, generator, made).faults():
            found[name] = _placed(contract, pointer, f"its handler {what}")
            break
    return found


def _placed(contract: Contract, pointer: str, message: str) -> Finding:
    return contract.document.error([Finding(pointer, message)]).findings[0]


class _Fitting:
    """One handler against one contract: (pointer, the end of a sentence about the handler) for each fault."""

    def __init__(
        self,
        operation: Operation,
        needs: Needs,
        contract: Contract,
        generator: ValueGenerator,
        made: dict[tuple[str, int], Any],
    ) -> None:
        self._operation, self._needs, self._contract = operation, needs, contract
        self._generator = generator
        self._specimens = Specimens(operation, contract, generator, made)

    def faults(self) -> Iterator[tuple[str, str]]:
        yield from self._problems()
        yield from self._statuses()
        yield from self._taken()
        yield from self._resource()
        yield from self._sent()

    def _problems(self) -> Iterator[tuple[str, str]]:
        problems = self._contract.policy.problems
        for code in self._needs.raises:
            if code not in problems:
                unused = [each for each in problems if not any(each in needs.raises for needs in NEEDS.values())]
                yield "/x-problems", f"answers {code}, which x-problems has not{meant(code, unused)}"
            elif self._undeclared(status := problems[code].status):
                yield f"/x-problems/{escape(code)}/status", f"answers {code}, so {status}, {self._declares()}"

    def _statuses(self) -> Iterator[tuple[str, str]]:
        operation, needs = self._operation, self._needs
        answers = {operation.success: needs.body, **(needs.answers or {})}
        for status, media_type in answers.items():
            response = operation.responses.get(status) or self._contract.unrouted.get(status)
            if response is None or (status == operation.success and not 200 <= status < 300):
                yield f"{operation.pointer}/responses", f"answers {status}, {self._declares()}"
                continue
            declared = list(response.media_types)
            at = f"{response.pointer}/content"
            if media_type is None and declared:
                yield at, f"answers {status} without a body, and the contract has {', '.join(declared)}"
            elif media_type == JSON and not any(map(is_json, declared)):
                yield at, f"answers {status} in JSON, and the contract has {', '.join(declared) or 'no body'}"
            elif media_type not in (None, JSON) and key_of(str(media_type), declared) is None:
                yield at, f"answers {status} in {media_type}, and the contract has {', '.join(declared) or 'no body'}"

    def _taken(self) -> Iterator[tuple[str, str]]:
        takes, may_take = self._needs.takes or {}, self._needs.may_take or {}
        body = self._operation.body
        if body is None:
            names = [each.name for each in self._operation.parameters if each.location == "query"]
            yield from self._strangers(self._operation.pointer, names, "the query")
            if takes:
                yield self._operation.pointer, f"reads {next(iter(takes))} of a body, and it takes none"
            return
        for stated in body.media_types.values():
            pointer = self._contract.end_of(stated)
            members = list(self._contract.members(pointer))
            yield from self._strangers(pointer, members, "the body")
            required = list(self._contract.members(pointer, "required"))
            for name in takes:
                if name not in required:
                    yield pointer, f"needs {name} of the body, which may be left out"
            if members:
                yield from self._of_types(pointer, {**takes, **may_take}, "the body")
            elif self._contract.document.resolve(f"#{pointer}").get("type") != "object":
                yield pointer, "reads the body as an object, which it is not"

    def _strangers(self, pointer: str, names: list[str], whose: str) -> Iterator[tuple[str, str]]:
        """Members that are missing where there are others that no code knows: they go by another name now."""
        takes, may_take = self._needs.takes or {}, self._needs.may_take or {}
        others = [name for name in names if name not in takes and name not in may_take]
        for name in (*takes, *may_take):
            if name not in names and (others or name in takes):
                yield pointer, f"reads {name} of {whose}, which has no such member{meant(name, others)}"

    def _resource(self) -> Iterator[tuple[str, str]]:
        resource, reads = self._needs.resource, self._needs.reads or {}
        if resource is None:
            return
        if resource not in self._contract.resources:
            yield self._operation.pointer, f"works on a resource {resource}, and no schema is that of one"
            return
        pointer = self._contract.end_of(self._contract.resource_pointer(resource))
        schema, members = self._contract.resources[resource], list(self._contract.members(pointer))
        for name in reads:
            if name not in members:
                yield pointer, f"reads {name} of {schema}, which has no such member{meant(name, members)}"
        yield from self._of_types(pointer, reads, schema)

    def _sent(self) -> Iterator[tuple[str, str]]:
        try:
            for pointer, value in self._needs.sends(self._specimens):
                if pointer:
                    yield from self._misfit(pointer, value)
        except (KeyError, TypeError, ValueError, AttributeError, Unsatisfiable) as error:
            yield self._operation.pointer, f"can't work on what its resource is now ({type(error).__name__}: {error})"

    def _misfit(self, pointer: str, value: Any) -> Iterator[tuple[str, str]]:
        """What is missing is filled in, so it is no fault; whatever else doesn't fit is."""
        validator = self._contract.schemas.at(pointer)
        if validator.is_valid(value):
            return
        schema = self._contract.document.resolve(f"#{pointer}")
        try:
            made = repair(value, validator=validator, schema=schema, generator=self._generator, salt="specimen")
            wrong = [each for each in made.remade if each != "/id"]
        except Unsatisfiable:
            wrong = [""]
        if wrong:
            error = next(iter(validator.iter_errors(value)))
            place = "".join(f"/{escape(str(token))}" for token in error.instance_path)
            yield pointer, f"makes what does not fit at {place or '/'}: {self._contract.schemas.explain(error)}"

    def _of_types(self, pointer: str, types: Mapping[str, Any], whose: str) -> Iterator[tuple[str, str]]:
        schema = self._contract.document.resolve(f"#{pointer}")
        for name, kind in types.items():
            if name not in schema.get("properties", {}):
                continue
            member = self._contract.end_of(f"{pointer}/properties/{escape(name)}")
            stated = self._contract.document.resolve(f"#{member}")
            named = stated.get("type", ()) if isinstance(stated, dict) else ()
            others = [each for each in ([named] if isinstance(named, str) else named) if each not in _TYPES[kind]]
            validator = self._contract.schemas.at(member)
            if others or any(not isinstance(each, kind) and validator.is_valid(each) for each in _PROBES):
                yield member, f"reads {name} of {whose} as {' or '.join(_TYPES[kind])}, and it may be something else"

    def _undeclared(self, status: int) -> bool:
        return status not in self._operation.responses and status not in self._contract.unrouted

    def _declares(self) -> str:
        return f"which it does not declare; it has {', '.join(map(str, self._operation.responses))}"
