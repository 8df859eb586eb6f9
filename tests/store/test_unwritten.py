"""Law STORE 3: what can't be written yet is seen whole, however much of it has been written."""

import json

import pytest

from smartcal_api.contract import Clause
from smartcal_api.errors import Unavailable
from smartcal_api.store import Collection, Row, Store, open_image, open_memory
from tests.store.failing import FULL, FailingConnection
from tests.store.states import dump

TASK = Collection("Task", order=("due", "id"), equal=("state",), fields=("due", "state"), filtered=True)
NUMBER = 250  # more than are written at once


def tasks(state: str) -> list[dict[str, str]]:
    return [{"id": f"t{each:03}", "due": f"2026-01-{each % 28 + 1:02}", "state": state} for each in range(NUMBER)]


def seen(store: Store) -> list[dict[str, str]]:
    return [json.loads(document) for _, document in store.all("Task")]


def test_store_3_a_store_that_fills_up_again_half_way_shows_all_and_loses_nothing():
    connection = FailingConnection(open_memory())
    store, right = (Store(each, {"Task": TASK}, small=0) for each in (connection, open_memory()))
    for each, state in ((store, "open"), (right, "done")):
        with each.transaction():
            each.load(Row("Task", 1, task) for task in tasks(state))
        each.index()
    done, asked = [Clause("state", "equals", "done")], {"owner": 1, "limit": 7, "offset": 100}
    assert store.page("Task", done, **asked)[1] == 0
    store.show("Task", tasks("done"))
    connection.arm(9, FULL)  # at the second of the three commits that it takes
    with pytest.raises(Unavailable):
        store.catch_up()
    assert connection.failed == "COMMIT"
    written = connection.real.execute("""SELECT count(*) FROM main."resources Task" WHERE "field state" = 'done'""")
    assert written.fetchall() == [(100,)]
    assert seen(store) == tasks("done")
    for clauses in ([], done, [Clause("state", "equals", "open")]):
        assert store.page("Task", clauses, **asked) == right.page("Task", clauses, **asked)
    assert store.get("Task", "t249", owner=1) == right.get("Task", "t249", owner=1)
    assert seen(Store(open_image(store.image()), {"Task": TASK})) == tasks("done"), "an image has it, too"
    with store.transaction():
        store.set_meta("another", "change")
    assert not store.behind
    for table in ("resources Task", "tally Task"):
        assert dump(store)[table] == dump(right)[table]


@pytest.mark.parametrize("change", ["delete", "put", "load"])
def test_store_3_a_change_is_made_to_what_is_seen_and_not_to_what_lies_over_it(change):
    store = Store(open_memory(), {"Task": TASK})
    store.load(Row("Task", 1, task) for task in tasks("open"))
    store.show("Task", tasks("done")[:2])
    newest = {"id": "t000", "due": "2027-01-01", "state": "new"}
    if change == "delete":
        assert store.delete("Task", "t000", owner=1)
    elif change == "put":
        store.put("Task", newest, owner=1)
    else:
        store.load([Row("Task", 1, newest)])
    first = [] if change == "delete" else [newest]
    assert seen(store) == [*first, tasks("done")[1], *tasks("open")[2:]]
    assert not store.behind
