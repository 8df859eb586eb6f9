"""Laws STORE 2 and 3 for what replaces a whole database: a restore or a reset of a file happens, or nothing does."""

import http.client
import resource
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import Random

from tests.e2e.server import Running, serving

CONTROL = "/_sandbox/sandboxes/default"


def marks(copy: sqlite3.Connection) -> int:
    """How many subscriptions there are, each of which stands for a change."""
    ((count,),) = copy.execute('SELECT count(*) FROM "resources Webhook"')
    ((secrets,),) = copy.execute("SELECT count(*) FROM webhook_secrets")
    assert count == secrets
    return count


@contextmanager
def copied(store: Path, folder: Path) -> Iterator[sqlite3.Connection]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for part in store.parent.glob(f"{store.name}*"):
        shutil.copy(part, folder)
    with closing(sqlite3.connect(folder / store.name)) as copy:
        yield copy


def subscribe(server: Running) -> None:
    body = b'{"url": "http://127.0.0.1:9/", "events": ["event.created"]}'
    answer = server.request("POST", "/api/v1/webhooks", key=server.ready["keys"]["admin"], body=body)
    assert answer.status == 201


def test_store_2_killed_while_it_restores_the_file_is_as_before_or_as_after(tmp_path: Path, kills: int) -> None:
    random, store = Random(3), tmp_path / "store.db"
    with serving(tmp_path, "--store", str(store), "--events", "3000") as server:
        assert server.request("POST", f"{CONTROL}/snapshots", body=b'{"name": "none"}').status == 201
    for _ in range(max(2, kills // 4)):
        with serving(tmp_path, "--store", str(store), "--rate-limits", "off") as server:
            assert server.request("POST", f"{CONTROL}/snapshots/none/restore", body=b"").status == 200
            for _ in range(3):
                subscribe(server)
            restoring = threading.Thread(target=restore_for_ever, args=(server,), daemon=True)
            restoring.start()
            restoring.join(random.random() / 5)  # not to wait for anything: any moment will do
            server.process.kill()
            server.process.wait()
            restoring.join(60)
        with copied(store, tmp_path / "copy") as copy:
            assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert marks(copy) in (0, 3)
    assert [each.name for each in tmp_path.glob("*snapshot*")] == ["store.snapshot-none.db"]


def restore_for_ever(server: Running) -> None:
    with suppress(OSError, http.client.HTTPException):
        while server.request("POST", f"{CONTROL}/snapshots/none/restore", body=b"").status == 200:
            pass


def test_store_3_a_full_disk_is_a_503_and_nothing_of_a_snapshot_or_a_restore_is_left(tmp_path: Path) -> None:
    with serving(tmp_path, "--store", "store.db", "--rate-limits", "off") as server:
        assert server.request("POST", f"{CONTROL}/snapshots", body=b'{"name": "a"}').status == 201
        subscribe(server)
        key = server.ready["keys"]["admin"]
        before = server.request("GET", "/api/v1/webhooks", key=key).body
        unlimited = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (64 * 1024, unlimited[1]))
        files = {each.name for each in tmp_path.iterdir()}
        for path, body in (("/snapshots", b'{"name": "b"}'), ("/snapshots/a/restore", b""), ("/reset", b"")):
            answer = server.request("POST", CONTROL + path, body=body)
            assert (answer.status, answer.json["code"]) == (503, "unavailable"), path
            assert server.request("GET", "/api/v1/webhooks", key=key).body == before
        assert server.request("GET", CONTROL).json["generation"] == 0
        assert {each.name for each in tmp_path.iterdir()} == files
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, unlimited)
        assert server.request("POST", f"{CONTROL}/snapshots/a/restore", body=b"").status == 200
        assert server.request("GET", "/api/v1/webhooks", key=key).json["data"] == []
        assert "Traceback" not in server.said()
