"""Counts of a collection's resources, kept by triggers, so that the total of a filtered list needs no walk over it.

A row for each owner, combination of the fields filtered by equality, and bucket: the first ten characters of the field
that the list is ordered by, which is the day of a timestamp. Buckets sort as the values in them do, so that a bound
takes whole buckets on its one side and leaves a single bucket to be counted exactly.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from smartcal_api.contract import Clause
from smartcal_api.contract.filters import EQUALS, ONE_OF, ORDERED
from smartcal_api.contract.ordering import field_of
from smartcal_api.store.collection import Collection, column, literal, quoted

_BUCKET = 10
# Stands for NULL, which is no value of a primary key. It equals nothing that a filter can ask for.
_NULL = "x'00'"


class Counts(NamedTuple):
    """Queries for numbers: of all resources in whole buckets, and of those wanted within a bucket that a bound cuts."""

    whole: tuple[str, list[object]]
    within: list[tuple[str, list[object]]]


class Tally:
    """The tally of a collection that has an order; `statements` make it, `counts` ask it."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._table = quoted(f"tally {collection.name}")
        self._by = field_of(collection.order[0])
        self._fields = tuple(field for field in collection.equal if field != self._by)

    def statements(self) -> Iterator[str]:
        """What makes the table, fills it, and keeps it right."""
        columns = ["owner", *(column(field) for field in self._fields), "bucket"]
        yield f"DROP TABLE IF EXISTS {self._table}"
        yield f"CREATE TABLE {self._table} ({', '.join(columns)}, n, PRIMARY KEY ({', '.join(columns)})) WITHOUT ROWID"
        values = ", ".join(self._values(""))
        numbers = ", ".join(str(place) for place in range(1, len(columns) + 1))
        source = self._collection.table
        yield f"INSERT INTO {self._table} SELECT {values}, count(*) FROM {source} GROUP BY {numbers}"
        fresh = ", ".join(self._values("new."))
        add = f"INSERT INTO {self._table} VALUES ({fresh}, 1) ON CONFLICT DO UPDATE SET n = n + 1"
        pairs = zip(columns, self._values("old."), strict=True)
        row = " AND ".join(f"{name} = {value}" for name, value in pairs)
        # A row of none goes, so that the tally is a function of what is tallied.
        take = [f"UPDATE {self._table} SET n = n - 1 WHERE {row}", f"DELETE FROM {self._table} WHERE {row} AND n = 0"]
        for event, actions in {"INSERT": [add], "DELETE": take, "UPDATE": [*take, add]}.items():
            trigger = quoted(f"tally {self._collection.name} on {event}")
            yield f"DROP TRIGGER IF EXISTS {trigger}"
            yield f"CREATE TRIGGER {trigger} AFTER {event} ON {source} BEGIN {'; '.join(actions)}; END"

    def counts(self, clauses: Sequence[Clause], owner: int) -> Counts | None:
        """Queries whose numbers add up to the total; None where only the resources themselves can tell."""
        whole = ["owner = ?"]
        parameters: list[object] = [owner]
        buckets: list[str] = []
        for clause in clauses:
            if clause.comparison in (EQUALS, ONE_OF) and clause.field in self._fields:
                values = [clause.value] if clause.comparison == EQUALS else list(clause.value)
                whole.append(f"{column(clause.field)} IN ({', '.join('?' * len(values))})")
                parameters += values
            elif clause.comparison in ORDERED and clause.field == self._by and _bounds(clause.value):
                bucket = clause.value[:_BUCKET]
                whole.append(f"bucket {ORDERED[clause.comparison][0]} ? AND typeof(bucket) = 'text'")
                parameters.append(bucket)
                buckets.append(bucket)
            else:
                return None
        every = (f"SELECT ifnull(sum(n), 0) FROM {self._table} WHERE {' AND '.join(whole)}", parameters)
        counted = []
        condition, values = self._collection.where(clauses)
        by = column(self._by)
        # `+` keeps SQLite from looking the clauses' own bounds up in the index, where the bucket's are narrower.
        condition = condition.replace(f"{by} ", f"+{by} ")
        for bucket in dict.fromkeys(buckets):
            within = f"SELECT count(*) FROM {self._collection.table} WHERE {condition} AND {by} >= ? AND {by} < ?"
            counted.append((within, [owner, *values, bucket, bucket + "\U0010ffff"]))
        return Counts(every, counted)

    def _values(self, row: str) -> list[str]:
        fields = [f"ifnull({row}{column(field)}, {_NULL})" for field in self._fields]
        value = f"{row}{column(self._by)}"
        text = f"WHEN 'text' THEN substr({value}, 1, {_BUCKET})"
        # Numbers sort before all text, as the empty bucket does.
        return [f"{row}owner", *fields, f"CASE typeof({value}) {text} WHEN 'null' THEN {_NULL} ELSE {literal('')} END"]


def _bounds(value: object) -> bool:
    """Whether a value lies in one bucket; a shorter text would be the head of many."""
    return isinstance(value, str) and len(value) >= _BUCKET
