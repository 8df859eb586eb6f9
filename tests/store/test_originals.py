"""What a document was before an edit is kept beside what is seen of it (laws SRC 5, STORE 3, STORE 4)."""

import json
from pathlib import Path

import pytest

from smartcal_api.contract import Contract
from smartcal_api.store import Collection, Edit, Rewritten, Store, open_file, open_image, open_memory, open_store
from tests.store.failing import FULL, FailingConnection
from tests.store.states import dump

TASK = Collection("Task", order=("due", "id"), equal=("state",), fields=("due", "state"), filtered=True)
OWN = {"id": "t1", "due": "2026-01-01", "state": "open", "note": {"a": 1, "b": [True, {"c": 1}]}, "gone": "x"}
SEEN = {"id": "n1", "day": "2026-01-01", "state": "done", "note": {"a": 2, "b": [1, {"c": 1}]}}


def edited(store: Store) -> Store:
    """A store of one task, which is seen otherwise since an edit."""
    with store.transaction():
        store.put("Task", OWN, owner=1)
        rows = [Rewritten(each, "n1", json.dumps(SEEN).encode(), each.document) for each in store.stored("Task")]
        assert store.rewrite("Task", rows) == {"t1": "n1"}
        store.set_edits({"Task": Edit((("gone",),), {("day",): "due"})})
    return store


def originals(store: Store) -> list[object]:
    return [json.loads(each.original or each.document) for each in store.stored("Task")]


@pytest.mark.parametrize("shown", [False, True])
def test_src_5_a_change_is_made_to_the_original_too_and_to_nothing_else_of_it(shown: bool) -> None:
    store = edited(Store(open_memory(), {"Task": TASK}))
    changed = {"id": "n1", "day": "2027-02-02", "note": {"a": 2, "b": [1, {"c": 5}], "new": None}, "gone": "y"}
    if shown:
        store.show("Task", [changed])
        copy = Store(open_image(store.image()), {"Task": TASK})
        assert json.loads(copy.get("Task", "n1", owner=1) or b"") == {k: v for k, v in changed.items() if k != "gone"}
        store.catch_up()
        assert originals(copy) == originals(store)
    else:
        store.put("Task", changed, owner=1)
    expected = {"id": "t1", "due": "2027-02-02", "note": {"a": 1, "b": [True, {"c": 5}], "new": None}, "gone": "y"}
    assert originals(store) == [expected]
    assert (
        store.get("Task", "n1", owner=1)
        == json.dumps({k: v for k, v in changed.items() if k != "gone"}, separators=(",", ":")).encode()
    )


def test_store_3_a_change_of_both_that_fails_at_any_statement_changes_neither() -> None:
    connection = FailingConnection(open_memory())
    store = edited(Store(connection, {"Task": TASK}))
    before = dump(store)
    for change in (
        lambda: store.put("Task", SEEN | {"state": "new"}, owner=1),
        lambda: store.delete("Task", "n1", owner=1),
    ):
        failing = 0
        while True:
            connection.arm(failing, FULL)
            try:
                change()
            except Exception:
                connection.disarm()
                assert dump(store) == before
                failing += 1
            else:
                break
        assert failing > 2
        connection.disarm()
        assert dump(store) != before
        before = dump(store)
    assert dump(store)["originals"] == []


def test_store_4_a_file_from_before_there_were_originals_is_opened(contract: Contract, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    open_store(contract, path).close()
    connection = open_file(path)
    connection.execute("DROP TABLE originals")
    connection.execute("UPDATE meta SET value = 'older' WHERE name = 'tables'")
    connection.close()
    for _ in range(2):
        store = open_store(contract, path)
        assert dump(store)["originals"] == []
        store.close()
