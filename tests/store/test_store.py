import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.contract import Clause, Contract
from smartcal_api.store import Collection, Row, Store, collections, open_memory, open_store, reading
from smartcal_api.store.remembered import weight
from tests.store.states import dump

TASK = Collection("Task", order=("due", "id"), equal=("state",), fields=("due", "state"))
NOTE = Collection("Note")


@pytest.fixture
def tasks() -> Store:
    store = Store(open_memory(), {"Task": TASK, "Note": NOTE}, small=-1)
    store.index()
    return store


def task(number: int, **members: object) -> dict[str, object]:
    return {"id": f"t{number:03d}", "due": f"2026-{number % 12 + 1:02d}", "state": "open"} | members


def fill(store: Store, count: int = 5, *, owner: int = 1) -> None:
    with store.transaction():
        store.load(Row("Task", owner, task(number)) for number in range(count))


def total(store: Store, *clauses: Clause, owner: int = 1) -> int:
    return store.page("Task", clauses, owner=owner, limit=1)[1]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(members=st.dictionaries(st.text(), JSON, max_size=5))
def test_any_document_comes_back_as_it_went_in(members):
    store = Store(open_memory(), {"Note": NOTE})
    document = members | {"id": "n1"}
    store.put("Note", document, owner=1)
    found = store.get("Note", "n1", owner=1)
    assert json.loads(found) == document
    assert list(json.loads(found)) == list(document)
    assert list(store.all("Note")) == [(1, found)]
    store.close()


def test_auth_4_a_document_of_another_owner_is_as_one_that_is_missing(tasks):
    fill(tasks, 2, owner=2)
    assert tasks.get("Task", "t000", owner=1) is None
    assert tasks.get("Task", "t999", owner=1) is None
    assert not tasks.delete("Task", "t000", owner=1)
    assert (total(tasks), total(tasks, owner=2)) == (0, 2)
    assert (tasks.owner_of("Task", "t000"), tasks.owner_of("Task", "t999")) == (2, None)


def test_a_document_is_put_in_the_place_of_the_one_with_its_id(tasks):
    fill(tasks)
    tasks.put("Task", task(1, state="done"), owner=1)
    assert (total(tasks), total(tasks, Clause("state", "equals", "done"))) == (5, 1)
    tasks.put("Note", {"text": "no id of its own"}, owner=1, identifier="n7")
    assert tasks.get("Note", "n7", owner=1) == b'{"text":"no id of its own"}'


def test_deleting_says_whether_there_was_something(tasks):
    fill(tasks)
    assert tasks.delete("Task", "t003", owner=1)
    assert not tasks.delete("Task", "t003", owner=1)
    assert total(tasks) == 4


def test_all_documents_are_read_in_batches_and_in_the_order_of_insertion(tasks):
    fill(tasks, 2_500)
    assert [json.loads(text)["id"] for _, text in tasks.all("Task")] == [f"t{n:03d}" for n in range(2_500)]


def test_documents_may_be_changed_while_all_of_them_are_read(tasks):
    """Adapting to an edited contract does so."""
    fill(tasks, 2_500)
    for owner, text in tasks.all("Task"):
        tasks.put("Task", json.loads(text) | {"state": "seen"}, owner=owner)
    assert total(tasks, Clause("state", "equals", "seen")) == 2_500


def test_empty_is_what_holds_nothing_in_the_collections_that_are_named(tasks):
    assert tasks.is_empty()
    tasks.put("Note", {"id": "n1"}, owner=1)
    assert not tasks.is_empty()
    assert tasks.is_empty("Task")
    assert not tasks.is_empty("Task", "Note")
    assert (tasks.count("Task"), tasks.count("Note")) == (0, 1)


CHANGES: dict[str, Callable[[Store], object]] = {
    "put": lambda store: store.put("Task", task(50), owner=1),
    "replace": lambda store: store.put("Task", task(1, state="done"), owner=1),
    "move": lambda store: store.put("Task", task(1), owner=2),
    "delete": lambda store: store.delete("Task", "t001", owner=1),
    "load": lambda store: store.load([Row("Task", 1, task(60)), Row("Task", 2, task(61))]),
    "look": lambda store: (total(store), total(store, Clause("state", "equals", "done")), total(store, owner=2)),
}


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(sorted(CHANGES)), st.sampled_from(["alone", "committed", "rolled back"])), max_size=12
    )
)
@settings(max_examples=60)
def test_page_2_what_is_remembered_of_a_collection_is_what_is_in_it(steps):
    store = Store(open_memory(), {"Task": TASK, "Note": NOTE})
    store.index()
    fill(store)
    for change, how in steps:
        before = dump(store)
        if how == "alone":
            CHANGES[change](store)
        else:
            try:
                with store.transaction():
                    CHANGES[change](store)
                    CHANGES["look"](store)  # what is counted inside must not outlive a rollback
                    if how == "rolled back":
                        raise InterruptedError
            except InterruptedError:
                assert dump(store) == before
        fresh = Store(store._connection, store.collections)
        for owner in (1, 2):
            for clauses in ((), (Clause("state", "equals", "done"),)):
                for limit in (1, 3):
                    asked = {"owner": owner, "limit": limit}
                    assert store.page("Task", clauses, **asked) == fresh.page("Task", clauses, **asked)
            for identifier in ("t001", "t050", "t060"):
                assert store.get("Task", identifier, owner=owner) == fresh.get("Task", identifier, owner=owner)
    store.close()


@pytest.mark.parametrize("length", [8, 8_000])
def test_guard_2_totals_are_remembered_within_a_bound_that_counts_what_was_asked(tasks, length):
    fill(tasks)
    kept = reading._COUNTED_BYTES // length
    for number in range(2 * reading._COUNTED_BYTES // (length + 320)):
        total(tasks, Clause("due", "after", f"{number:0{length}}"))
        assert len(tasks._totals) <= kept
    assert len(tasks._totals) > 0, "nothing is remembered"


def test_guard_2_documents_are_remembered_up_to_a_bounded_number_of_bytes(tasks):
    for number in range(3_000):
        tasks.put("Task", task(number) | {"note": "x" * 200}, owner=1)
    for number in range(3_000):
        tasks.get("Task", f"t{number:03}", owner=1)
        tasks.page("Task", owner=1, limit=20, offset=number)
        assert sum(map(weight, tasks._documents)) <= reading._REMEMBERED_BYTES
    assert tasks.get("Task", "t001", owner=1) is tasks.get("Task", "t001", owner=1), "nothing is remembered"


def test_a_list_that_is_answered_can_not_be_changed_by_who_asked(tasks):
    fill(tasks)
    assert isinstance(tasks.page("Task", owner=1, limit=2)[0], tuple)


def test_a_page_past_the_end_is_empty_and_knows_the_total(tasks):
    fill(tasks)
    assert tasks.page("Task", owner=1, limit=2, offset=4)[1] == 5
    assert tasks.page("Task", owner=1, limit=2, offset=5) == ((), 5)
    assert tasks.page("Task", owner=1, limit=2, offset=10**12) == ((), 5)


def test_serials_count_from_0_and_are_part_of_what_is_rolled_back(tasks):
    assert [tasks.serial("event") for _ in range(3)] == [0, 1, 2]
    with suppress(InterruptedError), tasks.transaction():
        assert tasks.serial("event") == 3
        raise InterruptedError
    assert (tasks.serial("event"), tasks.serial("booking")) == (3, 0)
    tasks.query("INSERT OR REPLACE INTO serials VALUES (?, ?)", ("event", 40))
    assert tasks.serial("event") == 40


def test_meta_is_none_where_nothing_was_set_and_the_last_value_after(tasks):
    assert tasks.meta("seed") is None
    tasks.set_meta("seed", "1")
    tasks.set_meta("seed", "-7 ü")
    assert tasks.meta("seed") == "-7 ü"


def test_an_edited_contract_finds_its_new_filters_in_documents_that_were_there(tasks):
    fill(tasks, 3)
    tasks.put("Task", task(7, room="r1"), owner=1)
    wider = Collection("Task", order=("due", "id"), equal=("state", "room"), fields=("due", "state", "room"))
    tasks.adopt({"Task": wider})
    tasks.index()
    assert total(tasks, Clause("room", "equals", "r1")) == 1
    assert total(tasks, Clause("room", "equals", "r2")) == 0
    assert total(tasks) == 4


def test_indexes_that_nothing_wants_any_more_are_dropped_and_the_others_kept(tasks):
    def names() -> set[str]:
        rows = tasks.query(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND sql NOT NULL AND tbl_name LIKE 'resources %'"
        )
        return {name.decode() for (name,) in rows}

    others = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name NOT LIKE 'resources %' ORDER BY name"
    kept = tasks.query(others)
    assert names() == dict(TASK.indexes()).keys()
    narrower = Collection("Task", order=("id",), fields=("due",))
    tasks.adopt({"Task": narrower})
    tasks.index()
    assert names() == dict(narrower.indexes()).keys()
    assert tasks.query(others) == kept, "those of tables that hold no resources are none of its business"
    before = tasks.query("PRAGMA schema_version")
    tasks.index()
    assert tasks.query("PRAGMA schema_version") == before, "nothing to do, so nothing is done"


def test_every_collection_of_the_contract_has_its_table(contract: Contract):
    store = open_store(contract)
    tables = {name.decode() for (name,) in store.query("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {f"resources {name}" for name in collections(contract)} <= tables
    assert store.is_empty()
