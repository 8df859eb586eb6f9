"""Every list is found, ordered and counted by an index, whatever it is filtered by, whatever its fields are called."""

import json
import operator
import sqlite3
from itertools import combinations
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.contract import Clause, Contract
from smartcal_api.contract.filters import EQUALS, NOW, ONE_OF
from smartcal_api.store import Collection, Row, Store, collections, open_memory
from tests.wire import open_world

VALUES = {
    "status": "confirmed",
    "source": "google",
    "start_after": "2026-01-01T00:00:00Z",
    "start_before": "2027-01-01T00:00:00Z",
    "upcoming": True,
}


def filter_sets() -> dict[str, tuple[str, list[Clause]]]:
    """Every combination of the filters of every list of the contract, as (collection, clauses)."""
    found = {}
    for operation in Contract.read().operations.values():
        listing = operation.listing
        for size in range(len(listing.filters) + 1 if listing else 0):
            for chosen in combinations(listing.filters, size):
                name = " ".join([listing.collection, *(each.parameter for each in chosen)])
                clauses = [clause for each in chosen for clause in each.bind(VALUES[each.parameter])]
                found[name] = listing.collection, [at_an_instant(each) for each in clauses]
    return found


def at_an_instant(clause: Clause) -> Clause:
    return Clause(clause.field, clause.comparison, VALUES["start_after"]) if clause.value == NOW else clause


class Watched(NamedTuple):
    """A store with the default data set, and the queries that it runs."""

    store: Store
    connection: sqlite3.Connection
    statements: list[str]

    def queries(self, collection: str, clauses: list[Clause]) -> list[str]:
        self.store._forget_all()
        self.statements.clear()
        self.store.page(collection, clauses, owner=1, limit=20)
        return [each for each in self.statements if each.startswith("SELECT")]

    def plan(self, query: str) -> str:
        return "; ".join(row[3].decode() for row in self.connection.execute(f"EXPLAIN QUERY PLAN {query}"))

    def reads_the_table(self, query: str, table: str) -> bool:
        """Whether its program takes any column from the table itself: seeking there is put off until one does."""
        name = table[1:-1]
        found = self.connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        program = [(row[1].decode(), row[2], row[3]) for row in self.connection.execute(f"EXPLAIN {query}")]
        cursors = {cursor for operation, cursor, page in program if operation == "OpenRead" and page == found[0]}
        return any(operation == "Column" and cursor in cursors for operation, cursor, _ in program)


@pytest.fixture(scope="module", params=[0, 500], ids=["large", "small"])
def watched(request: pytest.FixtureRequest) -> Watched:
    connection, contract = open_memory(), Contract.read()
    found = Watched(Store(connection, collections(contract), small=request.param), connection, [])
    open_world(contract, store=found.store)
    connection.set_trace_callback(found.statements.append)
    return found


@pytest.mark.parametrize(("collection", "clauses"), filter_sets().values(), ids=filter_sets())
def test_any_combination_of_filters_is_counted_from_an_index_alone(watched, collection, clauses):
    count = watched.queries(collection, clauses)[0]
    assert "SEARCH" in watched.plan(count)
    assert not watched.reads_the_table(count, watched.store.collections[collection].table)


@pytest.mark.parametrize(("collection", "clauses"), filter_sets().values(), ids=filter_sets())
def test_any_combination_of_filters_is_ordered_by_an_index(watched, collection, clauses):
    for query in watched.queries(collection, clauses)[1:]:
        assert "SEARCH" in watched.plan(query)
        assert "INDEX" in watched.plan(query)
        assert "TEMP B-TREE" not in watched.plan(query)


def test_one_document_is_found_by_its_id(watched):
    for name in watched.store.collections:
        watched.statements.clear()
        watched.store.get(name, "evt_none", owner=1)
        assert "SEARCH" in watched.plan(watched.statements[-1])


def test_the_contract_decides_which_columns_and_indexes_there_are(contract):
    events = collections(contract)["Event"]
    assert (events.order, events.equal) == (("start_time", "id"), ("status", "source"))
    assert set(events.fields) == {"start_time", "status", "source"}
    assert len(dict(events.indexes())) == 4  # each set of the two equality filters
    assert not list(Collection("Account").indexes())


def test_many_equality_filters_get_an_index_each_and_not_one_for_each_set_of_them():
    names = tuple(f"field{number}" for number in range(10))
    indexes = dict(Collection("Many", order=("id",), equal=names, fields=names).indexes())
    assert len(indexes) == 11


def test_more_equality_filters_than_have_indexes_together_are_counted_from_an_index_alone_too():
    names = tuple(f"field{number}" for number in range(5))
    connection, statements = open_memory(), []
    shape = Collection("Many", order=("at", "id"), equal=names, fields=("at", *names))
    watched = Watched(Store(connection, {"Many": shape}, small=0), connection, statements)
    with watched.store.transaction():
        watched.store.load(Row("Many", 1, dict.fromkeys(names, "a") | {"at": "b", "id": str(i)}) for i in range(50))
    watched.store.index()
    connection.set_trace_callback(statements.append)
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            count, page = watched.queries("Many", [Clause(name, EQUALS, "a") for name in chosen])
            assert not watched.reads_the_table(count, shape.table)
            assert "TEMP B-TREE" not in watched.plan(page)


@pytest.mark.parametrize(
    "name", ["\\", "a\\b", "\n", "\x1f", "a.b", "a[0]", "$", "it's", " ", "ä", "\u2028", "\x7f"], ids=ascii
)
def test_a_field_is_found_whatever_its_name_is_written_in(name):
    store = Store(open_memory(), {"Odd": Collection("Odd", order=(name, "id"), equal=(name,), fields=(name,))})
    store.put("Odd", {"id": "1", name: "a"}, owner=1)
    store.index()
    assert store.page("Odd", [Clause(name, EQUALS, "a")], owner=1, limit=1)[1] == 1


# -- any shape, any names

# No quotation mark: SQLite's JSON paths have no way to write one before 3.45.
NAMES = st.text(st.characters(codec="utf-8", exclude_characters='\x00"'), min_size=1, max_size=6).filter(
    lambda name: name.lower() != "id"
)
COMPONENTS = st.from_regex(r"\A[A-Za-z0-9._-]{1,8}\Z")  # OpenAPI 3.1, section 4.8.7
TEXTS = st.sampled_from(["a", "b", "ä", "", "A", '"', "'"])
PYTHON = {
    EQUALS: operator.eq,
    ONE_OF: lambda value, wanted: value in wanted,
    "at_or_after": operator.ge,
    "after": operator.gt,
    "before": operator.lt,
    "at_or_before": operator.le,
}


@st.composite
def shapes(draw: st.DrawFn) -> tuple[Collection, list[dict[str, Any]], list[Clause]]:
    # SQLite's names differ in more than the case of ASCII letters.
    fields = draw(st.lists(NAMES, min_size=1, max_size=4, unique_by=str.lower))
    equal = [name for name in fields if draw(st.booleans())]
    shape = Collection(draw(COMPONENTS), order=(fields[0], "id"), equal=tuple(equal), fields=tuple(fields))
    documents = draw(st.lists(st.fixed_dictionaries(dict.fromkeys(fields, TEXTS)), max_size=12))
    ordered = [name for name in PYTHON if name not in (EQUALS, ONE_OF)]
    clause = st.one_of(
        st.builds(Clause, st.sampled_from(fields), st.just(EQUALS), TEXTS),
        st.builds(Clause, st.sampled_from(fields), st.just(ONE_OF), st.lists(TEXTS, min_size=1, max_size=3)),
        st.builds(Clause, st.sampled_from(fields), st.sampled_from(ordered), TEXTS),
    )
    return shape, documents, draw(st.lists(clause, max_size=3))


@given(shape=shapes(), limit=st.integers(1, 5), offset=st.integers(0, 12))
@settings(max_examples=80)
def test_filt_1_any_collection_selects_and_orders_as_plain_python_does(shape, limit, offset):
    collection, documents, clauses = shape
    store = Store(open_memory(), {collection.name: collection})
    documents = [each | {"id": f"{number:02d}"} for number, each in enumerate(documents)]
    with store.transaction():
        store.load(Row(collection.name, 1, each) for each in documents)
    store.index()
    chosen = [each for each in documents if all(PYTHON[c.comparison](each[c.field], c.value) for c in clauses)]
    chosen.sort(key=lambda each: (each[collection.order[0]].encode(), each["id"]))
    found, total = store.page(collection.name, clauses, owner=1, limit=limit, offset=offset)
    assert ([json.loads(each) for each in found], total) == (chosen[offset : offset + limit], len(chosen))
    assert store.page(collection.name, clauses, owner=2, limit=limit) == ((), 0)
    store.close()
