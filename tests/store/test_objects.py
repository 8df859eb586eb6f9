"""Law STORE 4: a database that isn't ours to the letter is refused before any statement of a stranger's runs."""

import re
import sqlite3
import zlib
from base64 import b64encode
from contextlib import closing
from pathlib import Path

import pytest

from smartcal_api.errors import UsageError
from smartcal_api.sandbox.image import Image
from smartcal_api.sandbox.restoring import state_of
from smartcal_api.sandbox.snapshots import packed, read_image
from smartcal_api.server.data import data_of
from smartcal_api.server.world import open_sandbox
from smartcal_api.settings import Settings
from smartcal_api.store import Collection, Store, open_memory, open_store, peek
from smartcal_api.store.layout import check
from tests.wire import open_world

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
HOSTILE = {
    "a trigger on any change": f"CREATE TRIGGER t BEFORE DELETE ON meta BEGIN SELECT ({ENDLESS}); END",
    "a trigger of a tally's name": 'CREATE TRIGGER "tally Booking on INSERT" AFTER INSERT ON "resources Booking" '
    f"BEGIN SELECT ({ENDLESS}); END",
    "a view in the place of a table": "ALTER TABLE meta RENAME TO m; "
    f"CREATE VIEW meta AS SELECT ({ENDLESS}) AS name, 1 AS value",
    "a view of its own": "CREATE VIEW v AS SELECT 1",
    "a table of its own": "CREATE TABLE theirs (a)",
    "a column that computes": 'ALTER TABLE "resources Event" ADD COLUMN "field x" AS (hex(zeroblob(1000000000)))',
    "a table that checks": "ALTER TABLE serials RENAME TO s; CREATE TABLE serials (kind TEXT PRIMARY KEY, "
    "next INTEGER NOT NULL CHECK (length(hex(zeroblob(1000000000))) > 0)) WITHOUT ROWID; DROP TABLE s",
    "an index that computes": 'CREATE INDEX "Event by x" ON "resources Event" (owner, length(document))',
    "an index of some": 'CREATE INDEX "Event by x" ON "resources Event" (owner) WHERE length(document) > 0',
    "a tally without its triggers": 'CREATE TABLE "tally Booking" (owner, "field status", bucket, n, '
    'PRIMARY KEY (owner, "field status", bucket)) WITHOUT ROWID',
    "a table that is missing": "DROP TABLE oauth_tickets",
    "a virtual table": "CREATE VIRTUAL TABLE f USING fts5(a)",
    "a text that is none": "PRAGMA writable_schema = 1; INSERT INTO sqlite_schema VALUES "
    "('table', 'a', 'a', 0, CAST(x'435245415445205441424C45ff' AS TEXT))",
}


def spoil(path: Path, statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(statements)


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_store_4_a_store_that_is_not_ours_to_the_letter_is_refused_before_any_of_it_runs(contract, tmp_path, hostile):
    path = tmp_path / "store.db"
    open_world(contract, store=open_store(contract, path)).sandbox.store.close()
    spoil(path, hostile)
    before = path.read_bytes()
    with pytest.raises(UsageError, match=f"^{re.escape(str(path))}: ") as caught:
        open_store(contract, path)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_store_4_so_is_a_bundle_or_a_snapshot(contract, tmp_path, hostile):
    path = tmp_path / "bundle.db"
    sandbox = open_world(contract).sandbox
    path.write_bytes(packed(Image(sandbox.store.image(), state_of(sandbox).write())))
    read_image(path)
    spoil(path, hostile)
    for read in (read_image, peek):
        with pytest.raises(UsageError, match=f"^{re.escape(str(path))}: "):
            read(path)
    with pytest.raises(UsageError), open_sandbox(contract, Settings(bundle=path)):
        raise AssertionError("it was opened")


def test_store_4_so_is_what_a_store_began_with_which_a_reset_leads_back_to(contract, tmp_path):
    path, data = tmp_path / "store.db", tmp_path / "data.yaml"
    data.write_text("Event: []\n")
    with open_sandbox(contract, Settings(store=path, data=data)) as sandbox:
        image, meta = data_of(sandbox.store), sandbox.store
        assert image is not None
        other = tmp_path / "image.db"
        other.write_bytes(image)
        spoil(other, HOSTILE["a trigger on any change"])
        meta.set_meta("began", b64encode(zlib.compress(other.read_bytes())).decode())
    with pytest.raises(UsageError, match="isn't as smartcal makes it"), open_sandbox(contract, Settings(store=path)):
        raise AssertionError("it was opened")


NAMES = ["plain", 'a"b', "it's", 'a, "field b"', "a) VIRTUAL", "zwei\nZeilen", "ü", ""]


@pytest.mark.parametrize("small", [0, 500])
def test_store_4_whatever_a_contract_calls_its_fields_what_we_make_of_it_is_ours(small):
    """Also by an edited contract, whose columns come in another order."""
    connection = open_memory()
    for fields in (NAMES[:3], NAMES):
        shapes = {
            name: Collection(
                name, order=(fields[0], "id"), equal=tuple(fields[1:4]), fields=tuple(fields), filtered=True
            )
            for name in NAMES
        }
        store = Store(connection, shapes, small=small)
        store.index()
        connection.execute("ANALYZE")
        connection.text_factory = str
        check(connection, Path("it"), instead="")
