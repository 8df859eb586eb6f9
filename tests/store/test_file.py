"""A store's file: whose it is, who may read it, and which ones are refused."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.server.world import open_sandbox
from smartcal_api.settings import Settings
from smartcal_api.store import Store, layout, open_store
from tests.e2e.server import run, serving
from tests.store.states import dump
from tests.wire import open_world


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


def refusal(contract: Contract, path: Path) -> str:
    """What a person reads: one line that names the file."""
    with pytest.raises(UsageError) as caught:
        open_store(contract, path)
    line = str(caught.value)
    assert line.startswith(f"{path}: ")
    assert "\n" not in line
    return line


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def filled(contract: Contract, path: Path) -> Store:
    return open_world(contract, store=open_store(contract, path)).sandbox.store


def test_opened_again_it_has_all_that_it_had(contract, path):
    store = filled(contract, path)
    before = dump(store)
    store.close()
    again = open_store(contract, path)
    assert dump(again) == before
    assert not again.is_empty()
    again.close()


def test_it_and_what_sqlite_puts_beside_it_are_readable_by_their_owner_alone(contract, path):
    before = os.umask(0)
    try:
        store = filled(contract, path)
        assert {each.name: oct(mode(each)) for each in path.parent.iterdir()} == dict.fromkeys(
            [each.name for each in path.parent.iterdir()], "0o600"
        )
        store.close()
    finally:
        os.umask(before)


def test_an_empty_file_is_fine_and_becomes_private_since_secrets_go_into_it(contract, path):
    path.touch(mode=0o644)
    filled(contract, path).close()
    assert mode(path) == 0o600
    assert not open_store(contract, path).is_empty()


def test_a_name_that_means_something_to_sqlite_is_a_file_all_the_same(contract, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in (":memory:", "file:a?mode=memory", "a b?c#d%20e.db", "ü.db"):
        filled(contract, Path(name)).close()
        assert Path(name).stat().st_size > 0
        assert not open_store(contract, Path(name)).is_empty()


def test_a_second_server_on_one_file_is_refused(contract, path):
    first = open_store(contract, path)
    assert "in use by another smartcal" in refusal(contract, path)
    first.close()
    open_store(contract, path).close()


def test_a_refused_second_open_takes_no_lock_away_from_the_first(contract, path):
    """POSIX drops all of a process's locks on a file when it closes any descriptor of it."""
    first = open_store(contract, path)
    refusal(contract, path)
    statement = f"import sqlite3; sqlite3.connect({str(path)!r}, timeout=0).execute('BEGIN IMMEDIATE')"
    other = subprocess.run([sys.executable, "-c", statement], capture_output=True, text=True, check=False)
    assert "database is locked" in other.stderr
    first.close()


def test_a_second_process_on_one_file_ends_with_exit_code_2_and_a_line(tmp_path):
    with serving(tmp_path, "--store", "store.db") as server:
        for arguments in (("serve", "--port", "0", "--store", "store.db"), ("store", "keys", "list", "store.db")):
            second = run(*arguments, folder=tmp_path)
            assert (second.returncode, second.stdout) == (2, "")
            assert second.stderr == (
                "smartcal: store.db: is in use by another smartcal; stop that one, or give --store another file.\n"
            )
        assert server.request("GET", "/api/v1/me", key=server.ready["keys"]["read"]).status == 200


def test_a_file_of_another_version_is_refused_by_number(contract, path):
    filled(contract, path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {layout.FORMAT + 1}")
    line = refusal(contract, path)
    assert f"store format {layout.FORMAT + 1}" in line
    assert f"format {layout.FORMAT};" in line


def test_a_database_of_another_program_is_refused_and_left_as_it_is(contract, path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    before = path.read_bytes()
    path.chmod(0o644)
    assert "another program" in refusal(contract, path)
    assert (path.read_bytes(), mode(path)) == (before, 0o644)


@pytest.mark.parametrize(
    "content", [b"hello", b"\x00" * 5000, b"SQLite format 3\x00" + b"\xff" * 5000, os.urandom(9000)], ids=range(4)
)
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(contract, path, content):
    path.write_bytes(content)
    refusal(contract, path)
    assert path.read_bytes() == content


def test_store_4_a_file_that_was_cut_off_anywhere_is_refused_and_left_as_it_is(contract, path):
    filled(contract, path).close()
    whole = path.read_bytes()
    for size in (
        1,
        15,
        16,
        99,
        100,
        101,
        511,
        512,
        4095,
        4096,
        5000,
        len(whole) // 2,
        len(whole) - 512,
        len(whole) - 1,
    ):
        path.write_bytes(whole[:size])
        refusal(contract, path)
        assert path.read_bytes() == whole[:size]


def test_store_4_a_file_that_is_damaged_anywhere_is_refused_as_damaged_and_left_as_it_is(contract, path):
    filled(contract, path).close()
    whole = path.read_bytes()
    for start in range(0, len(whole), 4096):
        damaged = whole[:start] + b"\xff" * 4096 + whole[start + 4096 :]
        path.write_bytes(damaged)
        line = refusal(contract, path)
        assert "is damaged" in line if start else "is not a database" in line
        assert path.read_bytes() == damaged


def test_store_4_a_document_that_is_not_json_any_more_is_damage_too(contract, path):
    filled(contract, path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        (text,) = connection.execute("""SELECT document FROM "resources Event" LIMIT 1""").fetchone()
    path.write_bytes(path.read_bytes().replace(text.encode(), text.replace("{", "[", 1).encode()))
    line = refusal(contract, path)
    assert "is damaged (Event 'evt_" in line
    assert "is not JSON" in line


def test_places_where_no_file_can_be_are_refused_with_the_reason(contract, tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    assert "Is a directory" in refusal(contract, tmp_path / "folder")
    assert "No such file" in refusal(contract, tmp_path / "missing" / "store.db")
    assert "Not a directory" in refusal(contract, tmp_path / "file" / "store.db")
    assert "too long" in refusal(contract, tmp_path / ("x" * 300))
    assert "No such file" in refusal(contract, tmp_path / "link")
    assert "Is not a regular file" in refusal(contract, tmp_path / "pipe")


def test_a_file_that_may_not_be_written_is_refused(contract, path, monkeypatch):
    """Asked of the system and not tried, since the superuser, whom a container may run as, may write anything."""
    path.touch()
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "Permission denied" in refusal(contract, path)


@pytest.mark.parametrize("flag", [{"seed": 0}, {"events": 200}, {"bookings": 0}], ids=str)
def test_flags_for_a_new_store_are_refused_on_a_file_that_has_data(contract, path, flag):
    with open_sandbox(contract, Settings(store=path, seed=7, events=3, bookings=1)) as sandbox:
        before = dump(sandbox.store)
    with pytest.raises(UsageError, match="has data already"), open_sandbox(contract, Settings(store=path, **flag)):
        raise AssertionError("it was opened")
    after = open_store(contract, path)
    assert dump(after) == before
    after.close()


def test_a_file_remembers_its_seed_so_that_ids_go_on_from_it(contract, path):
    with open_sandbox(contract, Settings(store=path, seed=7, events=3, bookings=1)):
        pass
    with open_sandbox(contract, Settings(store=path)) as sandbox:
        assert sandbox.seed == 7


def test_a_refused_contract_or_data_set_leaves_the_file_free_for_the_next_try(contract, path):
    with pytest.raises(UsageError), open_sandbox(contract, Settings(store=path, events=1, bookings=1_000_000)):
        raise AssertionError("it was opened")
    with open_sandbox(contract, Settings(store=path, seed=3, events=5, bookings=2)) as sandbox:
        assert sandbox.store.count("Event") >= 5


def test_a_copy_is_a_store_of_its_own(contract, path):
    store = filled(contract, path)
    before = dump(store)
    store.close()
    other = path.with_name("copy.db")
    shutil.copy(path, other)
    first, second = open_store(contract, path), open_store(contract, other)
    with second.transaction():
        second.set_meta("mine", "alone")
    assert (first.meta("mine"), second.meta("mine")) == (None, "alone")
    assert dump(first) == before
    first.close()
    second.close()
