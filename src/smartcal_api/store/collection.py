"""A collection of the store: one table for each component schema, its columns and indexes drawn from the contract."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Any, NamedTuple

import orjson

from smartcal_api.contract import Clause, Contract, Operation
from smartcal_api.contract.filters import EQUALS, ONE_OF, ORDERED
from smartcal_api.contract.ordering import field_of, is_descending, total
from smartcal_api.contract.shape import Resource, Role
from smartcal_api.contract.shape.fields import fields

# Equality filters beyond this many get no indexes for their combinations: 2 ** n of them would slow every write.
_COMBINED = 3
# What data sets and handlers store, also while a contract lacks the operations that show it, or is a draft of them.
_ALWAYS = ("Account", "BookingPage", "Booking", "Event", "Webhook")


class Row(NamedTuple):
    """A resource to store: its collection, the number of the account that owns it, and its document."""

    collection: str
    owner: int
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Collection:
    """`order`: the keys that its lists are ordered by; `equal`: those filtered by equality; `fields`: all of them."""

    name: str
    order: tuple[str, ...] = ()
    equal: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    other_orders: tuple[tuple[str, ...], ...] = ()
    """Those of further lists of the same resources."""
    filtered: bool = False
    """Whether any of its lists has filters."""
    id_is_key: bool = True
    """Whether the member `id` is what its resources are stored by, which is a text."""

    @property
    def table(self) -> str:
        return quoted(f"resources {self.name}")

    def expression(self, field: str) -> str:
        """A member of the document in SQL: its column where it has one, so that an index can serve."""
        return column(field) if (field == "id" and self.id_is_key) or field in self.fields else _extract(field)

    def sorting(self, key: str, *, backwards: bool = False) -> str:
        """A key of an order in SQL."""
        return f"{self.expression(field_of(key))}{' DESC' if is_descending(key) != backwards else ''}"

    def columns(self) -> Iterator[tuple[str, str]]:
        """(name, definition) of the generated column of each field; `id` has a real one."""
        for field in self.fields:
            yield column_name(field), f"GENERATED ALWAYS AS ({_extract(field)}) VIRTUAL"

    def indexes(self, *, combined: bool = True) -> Iterator[tuple[str, str]]:
        """(name, columns): for each set of equality filters an index to find, order and count without the table.

        Not `combined`: that for none of them alone, which holds the others' fields too.
        """
        if not self.order:
            return
        sizes: Iterable[int] = range(len(self.equal) + 1) if len(self.equal) <= _COMBINED else (0, 1)
        if not combined:
            sizes = (0,)
        for order, size in product((self.order, *self.other_orders), sizes):
            for chosen in combinations(self.equal, size):
                sorted_by = [*map(field_of, order)]
                rest = [field for field in self.fields if field not in chosen and field not in sorted_by]
                columns = ["owner", *map(column, chosen), *map(self._indexed, order), *map(column, rest)]
                yield f"{self.name} by {' '.join((*chosen, *order))}", ", ".join(columns)

    def _indexed(self, key: str) -> str:
        return f"{column(field_of(key))}{' DESC' if is_descending(key) else ''}"

    def where(self, clauses: Sequence[Clause]) -> tuple[str, list[object]]:
        """The condition of a query for an owner's resources, and its parameters after the owner."""
        parts, parameters = ["owner = ?"], []
        for clause in clauses:
            if clause.comparison == EQUALS:
                parts.append(f"{column(clause.field)} = ?")
                parameters.append(clause.value)
            elif clause.comparison == ONE_OF:
                parts.append(f"{column(clause.field)} IN ({', '.join('?' * len(clause.value))})")
                parameters.extend(clause.value)
            else:
                parts.append(f"{column(clause.field)} {ORDERED[clause.comparison]} ?")
                parameters.append(clause.value)
        return " AND ".join(parts), parameters

    def behind(self, order: Sequence[str], keys: Sequence[object]) -> tuple[str, list[object]]:
        """The condition of coming after what has these keys in an order, and its parameters; null is less than all."""
        parts, parameters, equal = [], [], list[tuple[str, object]]()
        for key, value in zip(order, keys, strict=True):
            name = self.expression(field_of(key))
            if is_descending(key):
                further = f"({name} < ? OR {name} IS NULL)" if value is not None else "0"
            else:
                further = f"{name} > ?" if value is not None else f"{name} IS NOT NULL"
            parts.append(" AND ".join([*(f"{each} IS ?" for each, _ in equal), further]))
            parameters += [same for _, same in equal] + ([value] if value is not None else [])
            equal.append((name, value))
        return " OR ".join(f"({each})" for each in parts), parameters


def collections(contract: Contract) -> dict[str, Collection]:
    """Every collection of a contract: what its operations list or find by id, and what there is in any case."""
    found = {name: Collection(name) for name in _ALWAYS}
    for operation in contract.operations.values():
        if operation.collection is None or not _holds_resources(operation):
            continue
        known = found.get(operation.collection, Collection(operation.collection))
        if operation.listing is not None:
            clauses = [clause for each in operation.listing.filters for clause in each.clauses]
            equal = [clause.field for clause in clauses if clause.comparison in (EQUALS, ONE_OF)]
            stated = total(operation.listing.order)
            named = [*map(field_of, stated), *(clause.field for clause in clauses)]
            orders = [each for each in (known.order, *known.other_orders, stated) if each]
            order, *others = dict.fromkeys(orders)
            known = Collection(
                known.name,
                order=order,
                other_orders=tuple(others),
                equal=_once((*known.equal, *equal)),
                fields=_once((*known.fields, *(field for field in named if field != "id"))),
                filtered=known.filtered or bool(clauses),
            )
        found[known.name] = known
    for name, members in _shaped(contract).items():
        known = found.get(name, Collection(name))
        chosen = [each for each in members if each != "id"]
        id_is_key = _is_key(contract, contract.shapes.resources[name])
        found[name] = replace(known, fields=_once((*known.fields, *chosen)), id_is_key=id_is_key)
    return found


def _shaped(contract: Contract) -> dict[str, list[str]]:
    """Collection → the members that its lists select and order by, of those that are recognised by their shape."""
    found: dict[str, list[str]] = {name: [] for name in contract.shapes.resources}
    for use in contract.shapes.uses.values():
        if use.role is Role.LIST:
            clauses = [clause for each in use.filters for clause in each.clauses]
            members = [*(member for member in use.above.values() if member), *(each.field for each in clauses)]
            found[use.resource.collection] += [*members, *map(field_of, use.order)]
    return found


def _is_key(contract: Contract, resource: Resource) -> bool:
    """Whether resources are stored by their `id` as it is; a number would be ordered as a text."""
    member = fields(contract.document, resource.pointer).members.get("id")
    numbers = member is not None and bool(member.types & {"integer", "number"})
    return not numbers and resource.id in ("id", None) and None not in resource.above.values()


def _holds_resources(operation: Operation) -> bool:
    """Whether its collection can be looked into: by a list, or by an id."""
    return operation.listing is not None or (operation.method == "GET" and bool(operation.path_names))


def _extract(field: str) -> str:
    path = "$." + orjson.dumps(field).decode()  # SQLite looks a name up as it is written in the document
    return f"json_extract(document, {literal(path)})"


def column_name(field: str) -> str:
    return "id" if field == "id" else f"field {field}"


def column(field: str) -> str:
    return quoted(column_name(field))


def quoted(name: str) -> str:
    """A name as an SQL identifier; the contract's names may hold anything."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
