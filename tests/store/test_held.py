"""Law STORE 4: a file that is deleted, replaced or damaged under a server: nothing more is acknowledged."""

import os
import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.sandbox.snapshots import read_image
from smartcal_api.server.world import open_sandbox
from smartcal_api.settings import Settings
from smartcal_api.store import open_store
from tests.e2e.server import serving
from tests.store.states import dump
from tests.wire import World, open_world

HOOK = {"url": "https://example.com/hook", "events": ["booking.cancelled"]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


def wal(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def replaced(path: Path) -> None:
    other = path.with_name("other")
    shutil.copy(path, other)
    os.replace(other, path)


def overwritten(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)


def moved(path: Path) -> None:
    path.rename(path.with_name("elsewhere.db"))


CHANGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "deleted": (Path.unlink, "store.db was deleted"),
    "moved": (moved, "store.db was deleted"),
    "replaced": (replaced, "store.db was replaced"),
    "emptied": (lambda path: os.truncate(path, 0), "store.db was cut off"),
    "cut off": (lambda path: os.truncate(path, 1000), "store.db was cut off"),
    "grown": (lambda path: os.truncate(path, 1 << 20), "store.db was changed"),
    "overwritten": (overwritten, "store.db was changed"),
    "its WAL deleted": (lambda path: wal(path).unlink(), "store.db-wal was deleted"),
    "its WAL emptied": (lambda path: os.truncate(wal(path), 0), "store.db-wal was cut off"),
}


def create(world: World) -> tuple[int, str]:
    reply = world.post("/api/v1/webhooks", HOOK, key=world.key("admin"))
    return reply.status, reply.json.get("detail", "")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("checkpointed", [True, False], ids=["in the file", "in the WAL"])
def test_store_4_nothing_is_acknowledged_once_a_file_has_changed_and_no_start_seeds_over_it(
    contract: Contract, path: Path, change: tuple[Callable[[Path], None], str], checkpointed: bool
) -> None:
    world = open_world(contract, store=open_store(contract, path))
    assert create(world)[0] == 201
    if checkpointed:
        world.sandbox.store.close()
        world = open_world(contract, store=open_store(contract, path), data=False)
    before = dump(world.sandbox.store)
    change[0](path)
    for _ in range(2):
        status, detail = create(world)
        assert status == 503
        assert change[1] in detail
        assert "Nothing has changed" in detail
    with suppress(Exception):  # what was cut off can't always be read
        assert dump(world.sandbox.store) == before
    content = bytes_of(path)
    world.sandbox.store.close()
    if change is CHANGES["its WAL deleted"]:
        assert dump(open_store(contract, path)) == before, "its file is whole, and has got all that the WAL had"
        return
    assert bytes_of(path) == content, "closing it writes nothing into what may be another's"
    for _ in range(2):
        refused = pytest.raises(UsageError, match=f"^{path}: .*{path.name}-wal.kept")
        with refused, open_sandbox(contract, Settings(store=path)):
            raise AssertionError("it was opened")
    assert bytes_of(path) == content


def bytes_of(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def test_store_4_a_file_that_is_moved_back_is_written_to_again(contract, path):
    world = open_world(contract, store=open_store(contract, path))
    moved(path)
    assert create(world)[0] == 503
    path.with_name("elsewhere.db").rename(path)
    assert create(world)[0] == 201
    world.sandbox.store.close()


def test_store_4_a_copy_that_is_put_in_its_place_is_left_as_it_is(contract, path, tmp_path):
    other = tmp_path / "backup.db"
    with open_sandbox(contract, Settings(store=other, seed=7, events=3, bookings=1)) as sandbox:
        expected = dump(sandbox.store)
    world = open_world(contract, store=open_store(contract, path))
    shutil.copy(other, path)
    assert create(world)[0] == 503
    world.sandbox.store.close()
    kept = path.with_name("store.db-wal.kept")
    assert kept.stat().st_size > 0, "nothing is thrown away either"
    kept.unlink()
    again = open_store(contract, path)
    assert dump(again) == expected
    again.close()


def test_store_4_our_own_checkpoints_restores_and_rolled_back_changes_are_none_of_others(contract, path):
    world = open_world(contract, store=open_store(contract, path))
    store = world.sandbox.store
    store.set_meta("large", "x" * 5_000_000)  # beyond what SQLite lets a WAL grow to
    image = store.image()
    for number in range(3):
        with suppress(InterruptedError), store.transaction():
            store.set_meta("large", str(number) * 5_000_000)
            raise InterruptedError
        store.load_image(image)
        assert create(world)[0] == 201
    store.close()


def test_store_4_a_server_whose_store_was_deleted_reads_on_and_the_next_start_says_so(contract, tmp_path):
    with serving(tmp_path, "--store", "store.db") as server:
        (tmp_path / "store.db").unlink()
        key, body = server.ready["keys"]["admin"], b'{"url": "https://a.example/", "events": ["event.created"]}'
        assert server.request("GET", "/api/v1/events", key=key).status == 200
        refused = server.request("POST", "/api/v1/webhooks", key=key, body=body)
        assert (refused.status, refused.json["code"]) == (503, "unavailable")
        assert "store.db was deleted" in refused.json["detail"]
        saved = server.request("POST", "/_sandbox/sandboxes/default/snapshots", body=b'{"name": "saved"}')
        assert saved.status == 201, "as the refusal says"
        assert "Traceback" not in server.said()
        server.process.kill()
    assert read_image(tmp_path / "store.snapshot-saved.db").database
    for state in ("is missing", "is empty"):
        with pytest.raises(UsageError, match=f"store.db: {state}, but store.db-wal beside it has the last changes"):
            open_store(contract, tmp_path / "store.db")
        (tmp_path / "store.db").touch()


def test_store_4_a_file_that_sqlite_itself_makes_smaller_is_still_ours(contract: Contract, tmp_path: Path) -> None:
    path = tmp_path / "calendar.db"
    with closing(open_store(contract, path)) as store:
        store.query("PRAGMA wal_autocheckpoint = 1")  # each change is written into the file at once
        small = store.image()
        with store.transaction():
            store.set_meta("ballast", "x" * 4_000_000)
        large = path.stat().st_size
        store.load_image(small)
        for number in range(3):
            with store.transaction():
                store.set_meta("again", str(number))
        assert path.stat().st_size < large, "or this would be no test"
