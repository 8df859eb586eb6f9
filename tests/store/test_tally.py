"""The tallies are the counts, after whatever was written, and whatever is asked (law PAGE 2)."""

from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.contract import Clause
from smartcal_api.store import Collection, Row, Store, open_memory

THINGS = Collection("Thing", order=("at", "id"), equal=("kind", "tone"), fields=("kind", "tone", "at"), filtered=True)
KINDS, TONES = ("a", "b", None), ("x", None)
DAYS = st.sampled_from(["2026-03-01", "2026-03-02", "2026-03-03", "2027-01-01"])
TIMES = st.builds("{}T{:02d}:00:00Z".format, DAYS, st.integers(0, 23))
AT = TIMES | st.none() | st.integers(-3, 3) | st.just("2026-03-02") | st.just("")
DOCUMENTS = st.builds(
    lambda number, kind, tone, at: {"id": str(number), "kind": kind, "tone": tone, "at": at},
    st.integers(0, 12),
    st.sampled_from(KINDS),
    st.sampled_from(TONES),
    AT,
)
CLAUSES = st.lists(
    st.builds(Clause, st.just("kind"), st.just("equals"), st.sampled_from(["a", "b", "c"]))
    | st.builds(Clause, st.just("kind"), st.just("one_of"), st.just(["a", "b"]))
    | st.builds(Clause, st.just("tone"), st.just("equals"), st.just("x"))
    | st.builds(
        Clause,
        st.just("at"),
        st.sampled_from(["at_or_after", "after", "before", "at_or_before"]),
        TIMES | st.just("2026"),
    ),
    max_size=4,
)


def opened(first: list[dict[str, Any]], *, small: int = 0) -> Store:
    store = Store(open_memory(), {"Thing": THINGS}, small=small)
    with store.transaction():
        store.load(Row("Thing", 1, document) for document in {each["id"]: each for each in first}.values())
    store.index()
    return store


def walked(store: Store, clauses: list[Clause], owner: int) -> int:
    where, parameters = THINGS.where(clauses)
    count: int = store.query(f"SELECT count(*) FROM {THINGS.table} WHERE {where}", (owner, *parameters))[0][0]
    return count


@given(
    first=st.lists(DOCUMENTS, max_size=10),
    later=st.lists(DOCUMENTS | st.integers(0, 12), max_size=20),
    small=st.integers(0, 13),
    data=st.data(),
)
def test_page_2_a_total_is_what_walking_over_the_list_would_count(
    first: Any, later: Any, small: int, data: Any
) -> None:
    store = opened(first, small=small)
    for step in later:
        with store.transaction():
            if isinstance(step, int):
                store.delete("Thing", str(step), owner=1)
            else:
                store.put("Thing", step, owner=1 + (step["tone"] is None))
    for _ in range(5):
        clauses, owner = data.draw(CLAUSES), data.draw(st.sampled_from([1, 2]))
        assert store.page("Thing", clauses, owner=owner, limit=1)[1] == walked(store, clauses, owner)


def test_page_2_a_total_is_not_counted_by_walking_where_the_tally_knows() -> None:
    store = opened([{"id": "1", "kind": "a", "tone": "x", "at": "2026-03-01T00:00:00Z"}])
    store.query(f"UPDATE {THINGS.table.replace('resources', 'tally')} SET n = 7")
    assert store.page("Thing", [Clause("kind", "equals", "a")], owner=1, limit=1)[1] == 7


def test_src_2_another_filter_has_a_tally_of_its_own() -> None:
    store = opened([{"id": "1", "kind": "a", "tone": "x", "at": "2026-03-01T00:00:00Z"}])
    store.adopt(
        {"Thing": Collection("Thing", order=("at", "id"), equal=("tone",), fields=("tone", "at"), filtered=True)}
    )
    store.index()
    with store.transaction():
        store.put("Thing", {"id": "2", "kind": "a", "tone": "x", "at": "2026-03-02T00:00:00Z"}, owner=1)
    assert store.page("Thing", [Clause("tone", "equals", "x")], owner=1, limit=1)[1] == 2
    assert store.page("Thing", [Clause("tone", "equals", "y")], owner=1, limit=1)[1] == 0


def thing(number: int) -> dict[str, Any]:
    return {"id": f"{number}", "kind": "a", "tone": "x", "at": f"2026-03-{number + 1:02d}T00:00:00Z"}


def made(store: Store) -> set[str]:
    """What the database has for `THINGS` beside its table, apart from what SQLite adds by itself."""
    rows = store.query("SELECT name FROM sqlite_master WHERE name LIKE '%Thing%' AND name NOT LIKE 'sqlite%'")
    return {row[0].decode() for row in rows} - {"resources Thing"}


@given(count=st.integers(0, 20), small=st.integers(0, 20), later=st.integers(0, 20), batch=st.integers(1, 20))
def test_a_collection_has_indexes_for_its_filters_and_a_tally_from_the_write_on_that_makes_it_large(
    count: int, small: int, later: int, batch: int
) -> None:
    store = opened([thing(number) for number in range(count)], small=small)
    few, all_of_them = {"Thing by at id"}, made(opened([], small=-1))
    for start in range(count, count + later, batch):
        assert made(store) == (few if start <= small else all_of_them)
        with store.transaction():
            store.load(Row("Thing", 1, thing(number)) for number in range(start, start + batch))
            assert made(store) == (few if start + batch <= small else all_of_them)
    store.close()


def test_a_small_collection_whose_resources_are_replaced_again_and_again_stays_small() -> None:
    store = opened([thing(1)], small=3)
    for _ in range(10):
        store.put("Thing", thing(1), owner=1)
    assert made(store) == {"Thing by at id"}


def test_store_3_what_a_collection_got_when_it_grew_goes_with_the_growth_and_comes_with_the_next() -> None:
    store = opened([thing(1)], small=1)
    with suppress(ZeroDivisionError), store.transaction():
        store.put("Thing", thing(2), owner=1)
        assert "tally Thing" in made(store)
        raise ZeroDivisionError
    assert made(store) == {"Thing by at id"}
    wanted = [Clause("kind", "equals", "a")]
    assert store.page("Thing", wanted, owner=1, limit=1)[1] == 1
    store.put("Thing", thing(2), owner=1)
    assert "tally Thing" in made(store)
    assert store.page("Thing", wanted, owner=1, limit=1)[1] == 2


def test_what_a_collection_got_once_it_keeps() -> None:
    store = opened([thing(number) for number in range(3)], small=2)
    large = made(store)
    for number in range(3):
        store.delete("Thing", str(number), owner=1)
    store.index()
    assert made(store) == large
