"""Times in given documents: wherever a schema has a date-time, `now+1d` or any offset will do."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from smartcal_api.clock import format_rfc3339
from smartcal_api.contract.document import escape
from smartcal_api.sandbox.moments import instant

Schema = Any


class Instants:
    """Writes times as stored ones are: UTC, to the second. What can't be read stays, and is told in `faults`."""

    def __init__(self, resolve: Callable[[str], Schema], now: int) -> None:
        self._resolve = resolve
        self._now = now
        self.faults: dict[str, str] = {}

    def settle(self, value: Any, schema: Schema) -> Any:
        """The value with its times written out."""
        return self._settle(value, [schema], "")

    def _settle(self, value: Any, schemas: Sequence[Schema], pointer: str) -> Any:
        branches = [branch for schema in schemas for branch in self._branches(schema, frozenset())]
        if isinstance(value, dict):
            return {
                name: self._settle(member, list(_of_member(branches, name)), f"{pointer}/{escape(name)}")
                for name, member in value.items()
            }
        if isinstance(value, list):
            items = [branch["items"] for branch in branches if "items" in branch]
            return [self._settle(item, items, f"{pointer}/{index}") for index, item in enumerate(value)]
        if isinstance(value, str) and any(branch.get("format") == "date-time" for branch in branches):
            try:
                return format_rfc3339(instant(value, self._now))
            except ValueError as error:
                self.faults[pointer] = f"{error}."
        return value

    def _branches(self, schema: Schema, followed: frozenset[str]) -> Iterator[Mapping[str, Any]]:
        """The schema and all that it is put together from."""
        if not isinstance(schema, Mapping):
            return
        yield schema
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference not in followed:
            yield from self._branches(self._resolve(reference), followed | {reference})
        for keyword in ("allOf", "anyOf", "oneOf"):
            for part in schema.get(keyword, ()):
                yield from self._branches(part, followed)


def _of_member(branches: Sequence[Mapping[str, Any]], name: str) -> Iterator[Schema]:
    for branch in branches:
        properties = branch.get("properties", {})
        yield properties[name] if name in properties else branch.get("additionalProperties", True)
